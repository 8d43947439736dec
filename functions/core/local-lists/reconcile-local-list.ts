import type { AlertStore } from '../alerts/alert-store.ts';
import { raiseAlert } from '../alerts/raise-alert.ts';
import type { Command } from '../commands/command.ts';
import type { CommandStore } from '../commands/command-store.ts';
import { enqueueCommand } from '../commands/request-command.ts';
import { DomainError } from '../errors.ts';
import type { Clock, Digest, NewId } from '../ports.ts';
import { askForLimits } from '../stations/ask-for-limits.ts';
import type { Station } from '../stations/station.ts';
import type { StationLimitsStore } from '../stations/station-limits.ts';
import type { StationLiveStore, StationStore } from '../stations/station-store.ts';
import type { TenantPolicyStore } from '../tenants/tenant-policy.ts';
import type { Token } from '../tokens/token.ts';
import type { TokenStore } from '../tokens/token-store.ts';
import { chosenTokens, desiredEntries } from './desired-entries.ts';
import type {
  ChosenList,
  ListChoice,
  ListEntry,
  ListUpdate,
  LocalListStore,
  StationList,
} from './local-list.ts';
import { afterUpdate, nextUpdate } from './plan-update.ts';
import { changeList, listOf, noteListVersion } from './station-list.ts';

/** Entries that fit a message whatever is in them. */
const mostPerMessage = 80;
/** A station that is away this long is asked what it has when it boots. */
const updateWaitsMs = 7 * 86_400_000;
const askWaitsMs = 3_600_000;
const slackMs = 60_000;
/** After this many refusals in a row, only an operator or the station's next boot begins again. */
const mostFailures = 3;

export interface LocalListPorts {
  readonly localLists: LocalListStore;
  readonly tokens: TokenStore;
  readonly stations: StationStore;
  readonly live: StationLiveStore;
  readonly limits: StationLimitsStore;
  readonly policies: TenantPolicyStore;
  readonly commands: CommandStore;
  readonly alerts: AlertStore;
  readonly clock: Clock;
  readonly digest: Digest;
  readonly newId: NewId;
}

/**
 * Asks a station that booted which list it has, if it is to have one; its answer brings what it lacks (see
 * `followListAnswer`). A station may lose its list over a restart, so what it had before says little.
 */
export async function checkLocalList(
  ports: LocalListPorts,
  station: Pick<Station, 'stationId' | 'firmwareVersion'>,
): Promise<void> {
  const { stationId } = station;
  const chosen = await ports.localLists.findChoice(stationId);
  if (!chosen || (await listOf(ports, stationId)).unsupported) return;
  await changeList(ports, stationId, (list) => (list.failures === 0 ? undefined : { ...list, failures: 0 }));
  await askForLimits(ports, station);
  await enqueueCommand(ports, {
    stationId,
    name: 'GET_LOCAL_LIST_VERSION',
    request: { kind: 'GET_LOCAL_LIST_VERSION' },
    timeoutMs: askWaitsMs,
    whenOffline: 'WAIT',
  });
}

/**
 * Sends a station the next update of its list, if it lacks anything and none is under way. One at a time: an update
 * that follows one which was refused would be taken on a list that it was not made for. What is sent is kept first:
 * when its command did not come into the queue, whoever comes next makes it good.
 */
export async function continueLocalList(
  ports: LocalListPorts,
  stationId: string,
  tokensOf: (choice: ListChoice) => Promise<readonly Token[]> = (choice) => chosenTokens(ports, choice),
): Promise<void> {
  const [chosen, list] = await Promise.all([
    ports.localLists.findChoice(stationId),
    listOf(ports, stationId),
  ]);
  if (!chosen || list.unsupported || list.failures >= mostFailures) return;
  const { pending } = list;
  const isOpen = pending !== undefined && pending.until > ports.clock();
  if (isOpen && (await ports.commands.findCommand(stationId, pending.commandId, () => true))) return;
  const lost = isOpen ? pending : undefined;
  const update = await updateFor(ports, chosen, { list, tokensOf, ...(lost ? { lost } : {}) });
  if (!update) return;
  const commandId = lost?.commandId ?? (await reserveUpdate(ports, list, update.version));
  if (commandId === undefined) return;
  await enqueueCommand(
    // A second one under the same id changes nothing.
    { ...ports, newId: () => commandId },
    {
      stationId,
      name: 'SEND_LOCAL_LIST',
      request: { kind: 'SEND_LOCAL_LIST', ...update },
      timeoutMs: updateWaitsMs,
      whenOffline: 'WAIT',
    },
  );
}

type PendingUpdate = NonNullable<StationList['pending']>;

/** What a station lacks, as much as one message holds; under the version of the update that was lost, if one was. */
async function updateFor(
  ports: LocalListPorts,
  chosen: ChosenList,
  {
    list,
    lost,
    tokensOf,
  }: {
    list: StationList;
    lost?: PendingUpdate;
    tokensOf: (choice: ListChoice) => Promise<readonly Token[]>;
  },
): Promise<ListUpdate | undefined> {
  const desired = await entriesFor(ports, chosen, tokensOf);
  if (!desired) return undefined;
  const { localListEntriesPerMessage = mostPerMessage, localListMessageBytes: bytes } =
    await ports.limits.findLimits(chosen.stationId);
  const before = lost ? { ...list, lastVersion: lost.version - 1 } : list;
  const entries = Math.min(mostPerMessage, localListEntriesPerMessage);
  return nextUpdate(ports.digest, before, desired, { entries, ...(bytes === undefined ? {} : { bytes }) });
}

/** Keeps that an update is under way. Gives its command's id; `undefined` when somebody else was faster. */
async function reserveUpdate(
  ports: LocalListPorts,
  list: StationList,
  version: number,
): Promise<string | undefined> {
  const commandId = ports.newId();
  const pending = { version, commandId, until: ports.clock() + updateWaitsMs + slackMs };
  const reserved: StationList = { ...list, pending, lastVersion: version, revision: list.revision + 1 };
  return (await ports.localLists.saveList(reserved)) === 'saved' ? commandId : undefined;
}

/** What the station should have; `undefined`, and an operator is told, where that is more than it holds. */
async function entriesFor(
  ports: LocalListPorts,
  { stationId, choice }: ChosenList,
  tokensOf: (choice: ListChoice) => Promise<readonly Token[]>,
): Promise<readonly ListEntry[] | undefined> {
  const [station, limits, policy] = await Promise.all([
    ports.stations.findStation(stationId),
    ports.limits.findLimits(stationId),
    ports.policies.findPolicy(),
  ]);
  if (!station) return undefined;
  try {
    return desiredEntries({ ...ports, policy }, station, await tokensOf(choice), limits.localListEntries);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    await warn(ports, stationId, 'local-list-too-long', error.message);
    return undefined;
  }
}

/** After the end of an update: keeps what the station has now, and sends what it still lacks. Safe to repeat. */
export async function followListUpdate(ports: LocalListPorts, command: Command): Promise<void> {
  const { stationId, request, state, sentAt } = command;
  if (request.kind !== 'SEND_LOCAL_LIST') return;
  const confirmedAt = ports.clock();
  let failures = 0;
  await changeList(ports, stationId, ({ pending, content, ...list }) => {
    if (pending?.version !== request.version) return undefined;
    const has = content ? { content } : {};
    // It never left: the station has what it had.
    if (sentAt === undefined) return { ...list, ...has };
    if (state === 'ACCEPTED') {
      return { ...list, confirmedAt, failures: 0, content: afterUpdate(ports.digest, content, request) };
    }
    if (knowsNoLists(command)) return { ...list, unsupported: true };
    failures = list.failures + 1;
    return { ...list, failures };
  });
  if (failures >= mostFailures) {
    const message = `station ${stationId} refused its local list ${failures} times in a row`;
    await warn(ports, stationId, 'local-list-refused', message);
  }
  if (sentAt !== undefined) await continueLocalList(ports, stationId);
}

/** After a station said which list it has, or said nothing: sends what it lacks. */
export async function followListAnswer(ports: LocalListPorts, command: Command): Promise<void> {
  if (command.sentAt === undefined) return;
  if (knowsNoLists(command)) await noteListVersion(ports, command.stationId, undefined);
  await continueLocalList(ports, command.stationId);
}

/** It answered that it does not know what was asked of it. */
function knowsNoLists({ failure }: Command): boolean {
  return failure?.code === 'NotSupported' || failure?.code === 'NotImplemented';
}

async function warn(ports: LocalListPorts, stationId: string, kind: string, message: string): Promise<void> {
  await raiseAlert(ports, {
    category: 'SYSTEM_ERROR',
    severity: 'MEDIUM',
    kind,
    subject: stationId,
    message,
    stationId,
  });
}
