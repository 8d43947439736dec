import { DomainError } from '../errors.ts';
import type { Clock, Digest, NewId } from '../ports.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import type { Connector, ConnectorRef, Station } from '../stations/station.ts';
import type { StationLiveStore, StationStore } from '../stations/station-store.ts';
import { foldTokenUid } from '../tokens/token.ts';
import type { TokenStore } from '../tokens/token-store.ts';
import type { Command, CommandRequest } from './command.ts';
import type { CommandStore } from './command-store.ts';

export interface RequestPorts {
  readonly stations: StationStore;
  readonly live: StationLiveStore;
  readonly sessions: SessionStore;
  readonly tokens: TokenStore;
  readonly commands: CommandStore;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly digest: Digest;
}

/** A caller's wish, in neutral parameters that mean the same on every station. */
export interface CommandWish {
  readonly stationId: string;
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** How long the station has to answer, from now. */
  readonly timeoutMs: number;
  /** What to do while the station is not connected. */
  readonly whenOffline: 'FAIL' | 'WAIT';
  readonly requestedBy?: string;
}

/**
 * Checks a wish and puts it into the station's queue, from where it is sent in its turn.
 *
 * Throws `NotFound` for an unknown station or session, `Validation` naming the parameter at fault,
 * `StationOffline` when nobody is there to take it, `NotSupported` for a command that is not built.
 */
export async function requestCommand(ports: RequestPorts, wish: CommandWish): Promise<Command> {
  const station = await ports.stations.findStation(wish.stationId);
  if (!station) throw new DomainError('NotFound', `station ${wish.stationId} is not known`, 'stationId');
  const commandId = ports.newId();
  const request = await requestOf(ports, station, wish, commandId);
  if (wish.whenOffline === 'FAIL') {
    const link = await ports.live.findLink(wish.stationId);
    if (link?.connectionId === undefined) {
      throw new DomainError('StationOffline', `station ${wish.stationId} is not connected`, 'stationId');
    }
  }
  const createdAt = ports.clock();
  const command: Command = {
    commandId,
    stationId: wish.stationId,
    name: wish.name,
    request,
    state: 'QUEUED',
    createdAt,
    deadlineAt: createdAt + wish.timeoutMs,
    ...(wish.requestedBy === undefined ? {} : { requestedBy: wish.requestedBy }),
  };
  await ports.commands.addCommand(command);
  return command;
}

async function requestOf(
  ports: RequestPorts,
  station: Station,
  wish: CommandWish,
  commandId: string,
): Promise<CommandRequest> {
  if (wish.name === 'START_TRANSACTION') return startRequest(ports, station, wish, commandId);
  if (wish.name === 'STOP_TRANSACTION') return stopRequest(ports, wish);
  throw new DomainError('NotSupported', `command ${wish.name} is not supported`, 'command');
}

async function startRequest(
  ports: RequestPorts,
  station: Station,
  wish: CommandWish,
  commandId: string,
): Promise<CommandRequest> {
  const uid =
    textParameter(wish, 'idToken') ?? textParameter(wish, 'authTokenId') ?? textParameter(wish, 'idTag');
  if (uid === undefined) throw invalid('idToken', 'is required: the token to charge with');
  const token = await ports.tokens.findToken(foldTokenUid(uid));
  const now = ports.clock();
  if (!token?.active) throw invalid('idToken', 'is not a token of this tenant');
  if (token.blocked) throw invalid('idToken', 'is blocked');
  if (token.expiresAt !== undefined && token.expiresAt <= now) throw invalid('idToken', 'has expired');
  return {
    kind: 'START_SESSION',
    connector: connectorParameter(station, wish),
    token: {
      uid: token.uid,
      tokenType: token.tokenType,
      ...(token.groupId === undefined ? {} : { groupId: token.groupId }),
    },
    remoteStartId: (Number.parseInt(ports.digest(commandId).slice(0, 8), 16) % 0x7fff_ffff) + 1,
  };
}

async function stopRequest(ports: RequestPorts, wish: CommandWish): Promise<CommandRequest> {
  const sessionId = textParameter(wish, 'sessionId');
  const transactionRef = textParameter(wish, 'transactionId');
  if (sessionId !== undefined) {
    const session = await ports.sessions.findSession(sessionId);
    if (session?.stationId !== wish.stationId) {
      throw new DomainError('NotFound', `no session ${sessionId} at this station`, 'parameters.sessionId');
    }
    return { kind: 'STOP_SESSION', sessionId, transactionRef: session.transactionRef };
  }
  if (transactionRef === undefined) throw invalid('transactionId', 'or sessionId is required');
  const open = await ports.sessions.listOpenSessions({ stationId: wish.stationId }, { limit: 100 });
  const session = open.items.find((candidate) => candidate.transactionRef === transactionRef);
  if (!session) {
    const message = `no open transaction ${transactionRef} at this station`;
    throw new DomainError('NotFound', message, 'parameters.transactionId');
  }
  return { kind: 'STOP_SESSION', sessionId: session.sessionId, transactionRef };
}

/** By station-wide number, or by EVSE and the number within it; the only connector when none is named. */
function connectorParameter(station: Station, wish: CommandWish): ConnectorRef {
  const number = wholeParameter(wish, 'connectorId');
  const evseId = wholeParameter(wish, 'evseId');
  const connector = pickConnector(station.connectors, number, evseId);
  if (!connector) {
    throw invalid(evseId === undefined ? 'connectorId' : 'evseId', 'names no connector of this station');
  }
  return { evseId: connector.evseId, connectorId: connector.connectorId };
}

function pickConnector(
  connectors: readonly Connector[],
  number: number | undefined,
  evseId: number | undefined,
): Connector | undefined {
  if (evseId !== undefined) {
    return connectors.find((one) => one.evseId === evseId && one.connectorId === (number ?? one.connectorId));
  }
  if (number !== undefined) return connectors[number - 1];
  return connectors.length === 1 ? connectors[0] : undefined;
}

function textParameter(wish: CommandWish, name: string): string | undefined {
  const value = wish.parameters[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (typeof value !== 'string' || value === '') throw invalid(name, 'must be a non-empty text');
  return value;
}

function wholeParameter(wish: CommandWish, name: string): number | undefined {
  const value = wish.parameters[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) {
    throw invalid(name, 'must be a whole number from 1');
  }
  return value;
}

function invalid(parameter: string, what: string): DomainError {
  return new DomainError('Validation', `parameter ${parameter} ${what}`, `parameters.${parameter}`);
}
