import type { Page, PageRequest } from '../ports.ts';
import { type Component, type Variable, variableKey } from './device-model.ts';
import type { MonitorStore } from './monitor-store.ts';
import { changeVariables, type DeviceModelPorts } from './note-variables.ts';
import type { Report } from './report.ts';

/**
 * Marks as gone what a complete inventory did not name: of a full one everything, of one of the configuration what
 * can be set, of one of the monitors every monitor. Other reports say nothing about what they leave out.
 */
export async function forgetUnreported(
  ports: DeviceModelPorts & { readonly monitors: MonitorStore },
  report: Report,
): Promise<void> {
  if (report.topic === 'MONITORS') {
    if (report.scope === 'FULL') await forgetMonitors(ports, report);
    return;
  }
  if (report.scope !== 'FULL' && report.scope !== 'CONFIGURATION') return;
  const { stationId, scope, requestedAt } = report;
  const isMissing = (variable: Variable) =>
    variable.goneAt === undefined &&
    variable.reportedAt < requestedAt &&
    (scope === 'FULL' || variable.attributes.some(({ mutability }) => mutability === 'READ_WRITE'));
  const components = eachOf<Component>((page) => ports.deviceModel.listComponents(stationId, {}, page));
  for await (const component of components) {
    if (!component.variables.some(isMissing)) continue;
    const { variables: _, revision: __, ...ref } = component;
    await changeVariables(ports, stationId, ref, (known) => {
      const missing = [...known.values()].filter(isMissing);
      return new Map(missing.map((one) => [variableKey(one), { ...one, goneAt: requestedAt }]));
    });
  }
}

async function forgetMonitors(
  ports: { readonly monitors: MonitorStore },
  { stationId, requestedAt }: Report,
): Promise<void> {
  for await (const { monitorId, reportedAt } of eachOf((page) =>
    ports.monitors.listMonitors(stationId, page),
  )) {
    if (reportedAt < requestedAt) await ports.monitors.removeMonitor(stationId, monitorId, requestedAt);
  }
}

/** All items of a list, page by page. */
export async function* eachOf<Item>(
  list: (page: PageRequest) => Promise<Page<Item>>,
): AsyncGenerator<Item, void> {
  let cursor: string | undefined;
  do {
    const page = await list({ limit: 100, ...(cursor === undefined ? {} : { cursor }) });
    yield* page.items;
    ({ cursor } = page);
  } while (cursor !== undefined);
}
