import { DomainError } from '../errors.ts';
import type { NewId } from '../ports.ts';
import type { ChargingStore } from '../smart-charging/charging-store.ts';
import { knownStation } from '../stations/known-station.ts';
import type { Station } from '../stations/station.ts';
import type { StationLimitsStore } from '../stations/station-limits.ts';
import type { StationLiveStore, StationStore } from '../stations/station-store.ts';
import { findStartingToken } from '../tokens/starting-token.ts';
import type { CallDesk, CalledStation } from './call-desk.ts';
import type { Command, CommandRequest } from './command.ts';
import type { CommandStore } from './command-store.ts';
import { preparations } from './preparations.ts';
import { type WishPorts, wishReaders } from './wishes.ts';

export interface RequestPorts extends WishPorts {
  readonly stations: StationStore;
  readonly live: StationLiveStore;
  readonly limits: StationLimitsStore;
  readonly commands: CommandStore;
  readonly charging: ChargingStore;
  readonly calls: CallDesk;
  /** Makes a text unreadable for all but whoever sends it to this very station. */
  readonly sealSecret: (stationId: string, text: string) => Promise<string>;
  readonly newId: NewId;
  /** Asked once more with the ids of a former time: what that one put into the queue is not put there again. */
  readonly isRepeat?: boolean;
}

/** When a command is due, and who wants it. */
export interface CommandTerms {
  /** How long it may wait to be sent, from now. */
  readonly timeoutMs: number;
  /** How long the station has to answer once it is sent; half a minute when absent. */
  readonly answerMs?: number;
  /** What to do while the station is not connected. */
  readonly whenOffline: 'FAIL' | 'WAIT';
  readonly requestedBy?: string;
}

/** A caller's wish: neutral parameters that mean the same on every station, or a call in the station's own words. */
export interface CommandWish extends CommandTerms {
  readonly stationId: string;
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/**
 * Checks a wish and puts it into the station's queue, from where it is sent in its turn: as several commands, which
 * name each other (`partIds`), where the station does not take it in one. Gives the first.
 *
 * Throws `NotFound` for an unknown station or session, `Validation` naming the parameter at fault,
 * `StationOffline` when nobody is there to take it, `NotSupported` for what the station's protocol does not have,
 * `TooLarge` for what fits no message.
 */
export async function requestCommand(ports: RequestPorts, wish: CommandWish): Promise<Command> {
  const station = await stationOf(ports, wish.stationId);
  const commandId = ports.newId();
  const made = ports.isRepeat ? await ports.commands.findCommand(wish.stationId, commandId) : undefined;
  // Of one in several parts, some may be missing; those that are there stay as they are.
  if (made && made.partIds === undefined) return made;
  const requests = await requestsOf(ports, station, wish, commandId);
  await refuseOffline(ports, wish);
  const ids = requests.map((_, index) => (index === 0 ? commandId : ports.newId()));
  const parts = requests.length > 1 ? { partIds: ids } : {};
  const commands = requests.map((request, index) =>
    newCommand(ports.clock(), { ...wish, commandId: ids[index] ?? commandId, request, ...parts }),
  );
  for (const command of commands) {
    await preparations[command.request.kind]?.(ports, command);
    await ports.commands.addCommand(command);
  }
  const [first] = commands;
  if (!first) throw new DomainError('Validation', `command ${wish.name} asks for nothing`, 'parameters');
  return first;
}

/** Puts a request that the system itself makes into a station's queue. Throws `StationOffline` if it may not wait. */
export async function enqueueCommand(
  ports: Pick<RequestPorts, 'commands' | 'live' | 'clock' | 'newId'>,
  asked: CommandTerms & { stationId: string; name: string; request: CommandRequest },
): Promise<Command> {
  await refuseOffline(ports, asked);
  const command = newCommand(ports.clock(), { ...asked, commandId: ports.newId() });
  await ports.commands.addCommand(command);
  return command;
}

/** A look that may be behind, for half the price, unless it finds nothing. */
async function stationOf(ports: Pick<RequestPorts, 'stations'>, stationId: string): Promise<Station> {
  const [seen] = await ports.stations.findStations([stationId]);
  return seen ?? knownStation(ports, stationId);
}

async function requestsOf(
  ports: RequestPorts,
  station: Station,
  { name, parameters }: CommandWish,
  commandId: string,
): Promise<readonly CommandRequest[]> {
  const read = wishReaders[name];
  if (read) {
    const request = await read(ports, { station, parameters, commandId });
    const findLimits = () => ports.limits.findLimits(station.stationId);
    return ports.calls.prepareRequest(station.protocol, request, findLimits);
  }
  return ports.calls.prepareCall(station.protocol, { name, parameters }, await calledStation(ports, station));
}

async function calledStation(
  ports: RequestPorts,
  { stationId, securityProfile }: Station,
): Promise<CalledStation> {
  return {
    limits: await ports.limits.findLimits(stationId),
    installed: async () => (await ports.charging.findCharging(stationId)).profiles,
    objectionTo: async (tokenUid) => {
      const found = await findStartingToken(ports, tokenUid);
      return 'objection' in found ? found.objection : undefined;
    },
    securityProfile,
    seal: (text) => ports.sealSecret(stationId, text),
  };
}

async function refuseOffline(
  ports: Pick<RequestPorts, 'live'>,
  { stationId, whenOffline }: { stationId: string; whenOffline: 'FAIL' | 'WAIT' },
): Promise<void> {
  if (whenOffline === 'WAIT') return;
  // Whoever sends it looks again: a connection that is gone since costs no more than the wait for it.
  const [seen] = await ports.live.findLinks([stationId]);
  if (seen?.connectionId !== undefined) return;
  const link = await ports.live.findLink(stationId);
  if (link?.connectionId === undefined) {
    throw new DomainError('StationOffline', `station ${stationId} is not connected`, 'stationId');
  }
}

function newCommand(
  createdAt: number,
  asked: CommandTerms & {
    commandId: string;
    stationId: string;
    name: string;
    request: CommandRequest;
    partIds?: readonly string[];
  },
): Command {
  const { commandId, stationId, name, request, partIds, answerMs, requestedBy, timeoutMs } = asked;
  return {
    commandId,
    stationId,
    name,
    request,
    state: 'QUEUED',
    createdAt,
    deadlineAt: createdAt + timeoutMs,
    ...(answerMs === undefined ? {} : { answerMs }),
    ...(partIds === undefined ? {} : { partIds }),
    ...(requestedBy === undefined ? {} : { requestedBy }),
  };
}
