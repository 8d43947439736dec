import type { Command, CommandRequest } from '../commands/command.ts';
import { enqueueCommand } from '../commands/request-command.ts';
import type { Attempts, Setting, SettingAttempt } from '../device-model/configuration.ts';
import type { Station } from '../stations/station.ts';
import { type ConfigurationPorts, factsOf } from './configuration-facts.ts';
import { attemptAtThis, patienceMs, planSetting, type SettingFacts } from './plan-configuration.ts';
import type { ReconcilePorts } from './reconcilers.ts';

/** A station that lost its connection meanwhile gets it when it is back. */
const waitMs = 24 * 3_600_000;

const mostRounds = 5;

/** What reconciling the configuration works with. */
export type ConfigurationWork = ConfigurationPorts & Pick<ReconcilePorts, 'stations' | 'limits' | 'newId'>;

/**
 * Brings a station to its desired configuration: settings known to be different are sent, those that may have been
 * lost with a restart are read first. Safe to repeat and to run twice at once: what is under way is not sent again,
 * nor what the station refused, nor for a day what it took three times without having it after a restart.
 */
export async function reconcileConfiguration(ports: ConfigurationWork, station: Station): Promise<void> {
  await reconcile(ports, station, undefined);
}

/** Goes on where a restarted station was asked for settings, once the asking has ended. */
export async function reconcileAfterRead(ports: ConfigurationWork, command: Command): Promise<void> {
  const { request, state, stationId } = command;
  if (request.kind !== 'READ_SETTINGS' || request.reconciles !== true) return;
  if (state !== 'ACCEPTED' && state !== 'REJECTED') return;
  const station = await ports.stations.findStation(stationId);
  if (station) await reconcile(ports, station, new Set(request.keys));
}

/** With `told`, the station has just been asked for these, and nothing else is looked at. */
async function reconcile(
  ports: ConfigurationWork,
  station: Station,
  told: ReadonlySet<string> | undefined,
): Promise<void> {
  for (let round = 0; round < mostRounds; round += 1) {
    const { facts, attempts, asked } = await factsOf(ports, station);
    const relevant = facts.filter(({ desired }) => told?.has(desired.key) ?? true);
    const planned = (step: 'read' | 'write') =>
      relevant.filter((one) => planSetting(one, told !== undefined) === step);
    const reads = planned('read').filter(({ desired }) => !asked.has(desired.key));
    const sent = await send(ports, station, { writes: planned('write'), reads, attempts });
    if (sent === 'sent') return;
  }
  throw new Error(`the configuration of ${station.stationId} changes too often`);
}

interface Errand {
  readonly commandId: string;
  readonly request: CommandRequest;
}

/** What is sent is kept first: whoever plans at the same time finds it, and a process that dies is made good. */
async function send(
  ports: ConfigurationWork,
  station: Station,
  work: { writes: readonly SettingFacts[]; reads: readonly SettingFacts[]; attempts: Attempts },
): Promise<'sent' | 'changed-meanwhile'> {
  const { stationId } = station;
  const writes = await errandsOf(ports, station, work.writes, (settings) => ({
    kind: 'CHANGE_SETTINGS',
    settings,
  }));
  const reads = await errandsOf(ports, station, work.reads, (settings) => ({
    kind: 'READ_SETTINGS',
    keys: settings.map(({ key }) => key),
    reconciles: true,
  }));
  if (writes.length + reads.length === 0) return 'sent';
  const saved = await ports.configuration.saveAttempts(stationId, after(ports, work, { writes, reads }));
  if (saved === 'changed-meanwhile') return saved;
  for (const { commandId, request } of [...writes, ...reads]) {
    const name = request.kind === 'READ_SETTINGS' ? 'GET_CONFIGURATION' : 'CHANGE_CONFIGURATION';
    const asked = { stationId, name, request, timeoutMs: waitMs, whenOffline: 'WAIT' } as const;
    await enqueueCommand({ ...ports, newId: () => commandId }, asked);
  }
  return 'sent';
}

async function errandsOf(
  ports: ConfigurationWork,
  { stationId, protocol }: Station,
  facts: readonly SettingFacts[],
  ask: (settings: readonly Setting[]) => CommandRequest,
): Promise<readonly Errand[]> {
  if (facts.length === 0) return [];
  const request = ask(facts.map(({ desired: { key, value } }) => ({ key, value })));
  const pieces = await ports.calls.prepareRequest(protocol, request, () =>
    ports.limits.findLimits(stationId),
  );
  return pieces.map((piece) => ({ request: piece, commandId: ports.newId() }));
}

function after(
  ports: ConfigurationWork,
  work: { writes: readonly SettingFacts[]; reads: readonly SettingFacts[]; attempts: Attempts },
  { writes, reads }: { writes: readonly Errand[]; reads: readonly Errand[] },
): Attempts {
  const { byKey, reading, revision } = work.attempts;
  const tried = writes.flatMap(({ request, commandId }) =>
    (request.kind === 'CHANGE_SETTINGS' ? request.settings : []).flatMap(({ key }) =>
      work.writes
        .filter(({ desired }) => desired.key === key)
        .map((facts) => [key, attemptOf(ports.clock(), facts, commandId)] as const),
    ),
  );
  const [first] = work.reads;
  const asked =
    first === undefined
      ? reading
      : {
          bootedAt: first.bootedAt,
          keys: work.reads.map(({ desired }) => desired.key),
          commandIds: reads.map(({ commandId }) => commandId),
          at: ports.clock(),
        };
  return {
    byKey: new Map([...byKey, ...tried]),
    ...(asked === undefined ? {} : { reading: asked }),
    revision: revision + 1,
  };
}

function attemptOf(at: number, facts: SettingFacts, commandId: string): SettingAttempt {
  const { desired, firmwareVersion } = facts;
  const before = attemptAtThis(facts);
  const isNew = before === undefined || at - before.at >= patienceMs;
  const answered = before?.answer === undefined ? 0 : 1;
  return {
    key: desired.key,
    value: desired.value,
    commandId,
    at,
    tries: isNew ? 1 : before.tries + answered,
    ...(firmwareVersion === undefined ? {} : { firmwareVersion }),
  };
}
