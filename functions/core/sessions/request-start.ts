import type { Command } from '../commands/command.ts';
import { type CommandTerms, type RequestPorts, requestCommand } from '../commands/request-command.ts';
import { DomainError } from '../errors.ts';
import type { Connector, ConnectorStatus, Station } from '../stations/station.ts';
import { agreePrice, type PriceAgreementStore } from '../tariffs/agree-price.ts';
import type { TariffStore } from '../tariffs/tariff-store.ts';
import type { TenantPolicyStore } from '../tenants/tenant-policy.ts';
import { authorizeToken } from '../tokens/authorize-token.ts';
import { foldTokenUid, type Token } from '../tokens/token.ts';
import type { Session } from './session.ts';

export interface StartPorts extends RequestPorts {
  readonly tariffs: TariffStore;
  readonly agreements: PriceAgreementStore;
  readonly policies: TenantPolicyStore;
}

/** A charge that somebody wants to begin, the connector by its station-wide number. */
export interface StartWish {
  readonly stationId: string;
  readonly connectorId: number;
  readonly tokenUid: string;
  /** What the session is priced by, whatever is assigned; of a token's own when absent. */
  readonly tariffId?: string;
  readonly requestedBy: string;
}

/** A start that the station was asked for: how the session that follows is told from others. */
export interface AskedStart {
  readonly command: Command;
  readonly stationId: string;
  readonly evseId: number;
  readonly tokenUid: string;
  readonly remoteStartId: number;
  /** The sessions that ran there before, all but those that wait for a driver. */
  readonly former: ReadonlySet<string>;
}

/** A price is agreed for a session that follows at once, and for no later one. */
const agreementMs = 120_000;

/**
 * Asks a station to begin a charge, once nothing stands against it. Throws, naming the field of the wish: `NotFound`
 * for a station, token or tariff that is not there, `Validation` for a connector it does not have or a token that may
 * not charge there, `StationOffline`, `Conflict` for a connector that is in use or out of order. Asked once more
 * (`isRepeat`), it gives the start that was asked for, whatever has come of it.
 */
export async function requestStart(
  ports: StartPorts,
  wish: StartWish,
  terms: Omit<CommandTerms, 'whenOffline'>,
): Promise<AskedStart> {
  const station = await ports.stations.findStation(wish.stationId);
  if (!station) throw new DomainError('NotFound', `station ${wish.stationId} is not known`, 'stationId');
  const connector = station.connectors[wish.connectorId - 1];
  if (!connector) throw new DomainError('Validation', 'names no connector of this station', 'connectorId');
  const commandId = ports.newId();
  const made = ports.isRepeat ? await ports.commands.findCommand(wish.stationId, commandId) : undefined;
  if (made) return askedBefore(ports, made);
  const token = await chargingToken(ports, station, connector, wish.tokenUid);
  const former = await refuseOccupied(ports, station, connector);
  if (wish.tariffId !== undefined) {
    const { stationId, tariffId } = wish;
    const until = ports.clock() + agreementMs;
    await agreePrice(ports, { stationId, connector, tokenUid: token.uid, tariffId, until });
  }
  const ordered = { ...ports, newId: () => commandId };
  const command = await requestCommand(ordered, {
    ...terms,
    stationId: wish.stationId,
    name: 'START_TRANSACTION',
    parameters: { evseId: connector.evseId, connectorId: connector.connectorId, idToken: token.uid },
    whenOffline: 'FAIL',
    requestedBy: wish.requestedBy,
  });
  return askedStart(command, former);
}

function askedStart(command: Command, former: ReadonlySet<string>): AskedStart {
  const { request, stationId } = command;
  if (request.kind !== 'START_SESSION') throw new Error('a start became another request');
  const { connector, token, remoteStartId } = request;
  return { command, stationId, evseId: connector.evseId, tokenUid: token.uid, remoteStartId, former };
}

/** The connector was free then: what runs there has begun since. */
async function askedBefore(ports: StartPorts, command: Command): Promise<AskedStart> {
  const open = await openSessionsAt(ports.sessions, command.stationId);
  const former = open.filter(
    ({ connector, startedAt }) => connector === undefined && startedAt < command.createdAt,
  );
  return askedStart(command, new Set(former.map(({ sessionId }) => sessionId)));
}

/** The session that an asked start led to; `undefined` while there is none. */
export async function findStarted(
  { sessions }: Pick<StartPorts, 'sessions'>,
  { stationId, evseId, tokenUid, remoteStartId, former }: AskedStart,
): Promise<Session | undefined> {
  const open = await openSessionsAt(sessions, stationId);
  return open.find((session) => {
    if (former.has(session.sessionId)) return false;
    if (session.remoteStartId !== undefined) return session.remoteStartId === remoteStartId;
    const isThere = session.connector === undefined || session.connector.evseId === evseId;
    return isThere && session.token?.uid === tokenUid;
  });
}

async function chargingToken(
  ports: StartPorts,
  { stationId }: Station,
  { evseId }: Connector,
  uid: string,
): Promise<Token> {
  const token = await ports.tokens.findToken(foldTokenUid(uid));
  if (!token) throw new DomainError('NotFound', 'the token is not known', 'authTokenId');
  const policy = await ports.policies.findPolicy();
  const { tokenType } = token;
  const question = { uid: token.uid, tokenType, purpose: 'START', stationId, evseId } as const;
  const { status, evseIds } = await authorizeToken({ ...ports, policy }, question);
  if (status !== 'ACCEPTED' || evseIds?.includes(evseId) === false) {
    throw new DomainError('Validation', `the token may not charge there: ${status}`, 'authTokenId');
  }
  return token;
}

/** What a driver finds in use or out of order. Whether a reserved one is the driver's is for the station to say. */
const obstacles: Readonly<Partial<Record<ConnectorStatus, string>>> = {
  CHARGING: 'in use',
  SUSPENDED_EV: 'in use',
  SUSPENDED_EVSE: 'in use',
  UNAVAILABLE: 'out of service',
  FAULTED: 'out of order',
};

async function refuseOccupied(
  ports: StartPorts,
  { stationId }: Station,
  { evseId, connectorId }: Connector,
): Promise<ReadonlySet<string>> {
  const [link, live, open] = await Promise.all([
    ports.live.findLink(stationId),
    ports.live.findConnector(stationId, { evseId, connectorId }),
    openSessionsAt(ports.sessions, stationId),
  ]);
  if (link?.connectionId === undefined) {
    throw new DomainError('StationOffline', `station ${stationId} is not connected`, 'stationId');
  }
  const former = open.filter((session) => !isWaiting(session));
  const waiting = new Set(open.filter(isWaiting).map(({ sessionId }) => sessionId));
  const occupant = live?.sessionId === undefined || waiting.has(live.sessionId) ? undefined : live.sessionId;
  const running = occupant ?? former.find(({ connector }) => connector?.evseId === evseId)?.sessionId;
  if (running !== undefined) {
    throw new DomainError('Conflict', `session ${running} runs at this connector`, 'connectorId');
  }
  const obstacle = live && obstacles[live.status];
  if (obstacle) throw new DomainError('Conflict', `the connector is ${obstacle}`, 'connectorId');
  return new Set(former.map(({ sessionId }) => sessionId));
}

/** A cable that was plugged in first: the start that is asked for gives its session a driver (2.0.1 F01). */
function isWaiting({ token, startKey }: Session): boolean {
  return token === undefined && startKey === undefined;
}

async function openSessionsAt(
  sessions: StartPorts['sessions'],
  stationId: string,
): Promise<readonly Session[]> {
  return (await sessions.listOpenSessions({ stationId }, { limit: 100 })).items;
}
