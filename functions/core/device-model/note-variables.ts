import { type AlertPorts, raiseAlert } from '../alerts/raise-alert.ts';
import {
  type Component,
  type ComponentRef,
  componentKey,
  type ToldVariable,
  type Variable,
  variableKey,
} from './device-model.ts';
import type { DeviceModelStore } from './device-model-store.ts';
import { mergeVariable } from './merge-variable.ts';

export interface DeviceModelPorts extends AlertPorts {
  readonly deviceModel: DeviceModelStore;
}

/** Characters of one component: an item of the database holds 400 kB, and a character up to three bytes. */
const mostCharacters = 120_000;

const mostAttempts = 10;

/**
 * Keeps what a station told of variables at a moment (our clock). Safe to repeat, in any order. A component that
 * grows beyond what can be kept stays as it was, and an operator hears of it.
 */
export async function noteVariables(
  ports: DeviceModelPorts,
  { stationId, told, at }: { stationId: string; told: readonly ToldVariable[]; at: number },
): Promise<void> {
  const byComponent = Map.groupBy(told, ({ component }) => componentKey(component));
  for (const group of byComponent.values()) {
    const [first] = group;
    if (first) {
      await changeVariables(ports, stationId, first.component, (known) =>
        group
          .map((one) => ({ told: one, key: variableKey(one.variable) }))
          .reduce(
            (changed, { told: one, key }) =>
              changed.set(key, mergeVariable(changed.get(key) ?? known.get(key), one, at)),
            new Map<string, Variable>(),
          ),
      );
    }
  }
}

/**
 * Changes variables of a component: `change` gets what is known, by `variableKey`, and gives what is to be kept
 * instead; it runs again when somebody else was faster.
 */
export async function changeVariables(
  ports: DeviceModelPorts,
  stationId: string,
  ref: ComponentRef,
  change: (known: ReadonlyMap<string, Variable>) => ReadonlyMap<string, Variable>,
): Promise<void> {
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const before = await ports.deviceModel.findComponent(stationId, ref);
    const known = new Map((before?.variables ?? []).map((variable) => [variableKey(variable), variable]));
    const changed = change(known);
    if (changed.size === 0) return;
    const component: Component = {
      ...ref,
      variables: [...new Map([...known, ...changed]).values()],
      revision: (before?.revision ?? 0) + 1,
    };
    if (JSON.stringify(component.variables).length > mostCharacters) {
      await tellTooLarge(ports, stationId, ref);
      return;
    }
    if ((await ports.deviceModel.saveVariables(stationId, component, new Set(changed.keys()))) === 'saved')
      return;
  }
  throw new Error(`component ${componentKey(ref)} of ${stationId} changes too often`);
}

async function tellTooLarge(ports: AlertPorts, stationId: string, ref: ComponentRef): Promise<void> {
  await raiseAlert(ports, {
    category: 'SYSTEM_ERROR',
    severity: 'LOW',
    kind: 'DEVICE_MODEL_TOO_LARGE',
    subject: componentKey(ref),
    stationId,
    message: `component ${ref.name} says more than can be kept: it stays as it was`,
  });
}
