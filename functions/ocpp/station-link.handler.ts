import { Metrics } from '@aws-lambda-powertools/metrics';
import type { APIGatewayProxyStructuredResultV2, APIGatewayProxyWebsocketEventV2, Context } from 'aws-lambda';
import { insideHosts, stationPki } from '#adapters/certificates/station-pki.ts';
import { digest } from '#adapters/crypto/digest.ts';
import { dynamoClient } from '#adapters/dynamodb/client.ts';
import { openStores, tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { forwardData } from '#adapters/http/forward-data.ts';
import { timersOf } from '#adapters/sqs/timers.ts';
import { confirmConnection } from '#core/security/confirm-connection.ts';
import { SessionHints } from '#core/sessions/session-hints.ts';
import { AcceptedConnections } from '#core/stations/accepted-connections.ts';
import { connectStation, disconnectStation } from '#core/stations/connect.ts';
import { noteSeen, SeenHints } from '#core/stations/note-seen.ts';
import { newId, systemClock } from '#platform/clock.ts';
import { setting, tableNames } from '#platform/config.ts';
import { door } from '#platform/lambda.ts';
import { logger, recordLogger } from '#platform/logger.ts';
import { decodeFrame, encodeError } from './frame.ts';
import { reportQuirks } from './quirk-report.ts';
import { type Received, receiveFrame } from './receive-frame.ts';
import type { OcppServices } from './services.ts';
import { readContext, type StationContext } from './station-context.ts';
import { writeStationLog } from './station-log-lines.ts';
import { loadVersion } from './versions.ts';

type LinkEvent = APIGatewayProxyWebsocketEventV2 & {
  requestContext: { authorizer?: Readonly<Record<string, unknown>> };
};
type Answer = APIGatewayProxyStructuredResultV2;

const tables = tableNames('registry', 'operations');
const client = dynamoClient();
const directory = tenantDirectory(client, tables);
const timersQueue = setting('TIMERS_QUEUE_URL');
const metrics = new Metrics({ namespace: 'OpenCsms' });
const inside = insideHosts(setting('INSIDE_HOSTS'));
const pki = stationPki({ clock: systemClock, insideHosts: inside });
const sessionHints = new SessionHints();
const seenHints = new SeenHints();
const acceptedConnections = new AcceptedConnections();

/**
 * Everything that happens on a station's connection: it opens, frames come in one at a time, it closes. A
 * frame's answer leaves as the route response. Whatever goes wrong, a station sees OCPP frames alone.
 */
export const handler = door(async (event: LinkEvent, context: Context): Promise<Answer> => {
  const { routeKey, connectionId } = event.requestContext;
  if (routeKey === '$connect') return connect(event);
  if (routeKey === '$disconnect') {
    const station = readContext(event.requestContext.authorizer);
    if (station.newcomer) return { statusCode: 200 };
    const { tenantId, stationId } = station;
    await disconnectStation(servicesOf(station), { stationId, connectionId });
    const place = { tenantId, stationId, connectionId };
    writeStationLog(recordLogger, place, { at: systemClock(), direction: 'LINK', decision: 'disconnected' });
    return { statusCode: 200 };
  }
  const withinMs = context.getRemainingTimeInMillis() - answeringMs;
  return inTime(takeFrame(event), withinMs, () => {
    const { connectionId } = event.requestContext;
    logger.error('a frame was not answered in time', { connectionId, withinMs });
    return lastResort(textOf(event));
  });
});

/** What it takes to answer in place of what takes too long: cut off, a function has API Gateway's own JSON sent. */
const answeringMs = 1_500;

/** What the work comes to, or what is said instead once the time is up; the work is then left to itself. */
async function inTime<T>(work: Promise<T>, withinMs: number, instead: () => T): Promise<T> {
  const { promise, resolve } = Promise.withResolvers<T>();
  const timer = setTimeout(() => resolve(instead()), withinMs);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}

/**
 * OCPP-J asks to complete the handshake without a subprotocol and close when no version fits; API Gateway can
 * only refuse the handshake, so such a station gets 400.
 */
async function connect({ requestContext }: LinkEvent): Promise<Answer> {
  const station = readContext(requestContext.authorizer);
  const { tenantId, stationId, protocol } = station;
  if (protocol === undefined) return { statusCode: 400 };
  const accepted = { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': protocol } };
  // Whoever knocks leaves no trace but what the inbox keeps.
  if (station.newcomer) return accepted;
  const { connectionId, connectedAt } = requestContext;
  const services = servicesOf(station);
  await connectStation(services, { stationId, connectionId, protocol, connectedAt });
  if (station.settles) await confirmConnection(services, stationId, { ...station, ...station.settles });
  const decision = `connected with ${protocol}`;
  const place = { tenantId, stationId, connectionId };
  writeStationLog(recordLogger, place, { at: connectedAt, direction: 'LINK', decision });
  return accepted;
}

function textOf({ body = '', isBase64Encoded }: LinkEvent): string {
  return isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
}

async function takeFrame(event: LinkEvent): Promise<Answer> {
  const text = textOf(event);
  try {
    const station = readContext(event.requestContext.authorizer);
    const answer = await answerFrame(station, event.requestContext.connectionId, text);
    return answer === undefined ? { statusCode: 200 } : { statusCode: 200, body: answer };
  } catch (error) {
    logger.error('a frame could not be taken in', asError(error));
    return lastResort(text);
  }
}

async function answerFrame(
  station: StationContext,
  connectionId: string,
  text: string,
): Promise<string | undefined> {
  const { tenantId, stationId, protocol, securityProfile } = station;
  if (protocol === undefined) throw new Error('a connection without a protocol is open');
  const services = servicesOf(station);
  const receivedAt = systemClock();
  const version = await loadVersion(protocol);
  const newcomer = station.newcomer && { ...station.newcomer, protocol, securityProfile };
  const received = await receiveFrame(version, text, {
    stationId,
    connectionId,
    receivedAt,
    services,
    ...(newcomer ? { newcomer } : {}),
  });
  report(received, station);
  if (newcomer) return received.answer;
  const place = { tenantId, stationId, connectionId };
  writeStationLog(recordLogger, place, logLine(text, received, receivedAt));
  await noteFrame(services, received, { stationId, connectionId });
  return received.answer;
}

/** A boot says itself when the station may be called; any other frame says that it may be now. */
async function noteFrame(
  services: OcppServices,
  { action, fault }: Received,
  seen: { stationId: string; connectionId: string },
): Promise<void> {
  if (action === 'BootNotification') {
    if (fault === undefined) seenHints.mark(seen.connectionId, services.clock());
    return;
  }
  try {
    await noteSeen(services, seenHints, seen);
  } catch (error) {
    logger.warn('a station could not be noted as seen', { ...seen, error: asError(error) });
  }
}

function logLine(frame: string, received: Received, receivedAt: number) {
  const { action, answer, fault, reason, settled, error, kind } = received;
  const refused = fault === undefined ? undefined : `${fault}: ${reason}`;
  const decision = refused ?? settled ?? (error === undefined ? 'answered' : 'answered, not worked on');
  return {
    at: receivedAt,
    direction: 'IN' as const,
    frame,
    decision: kind === 'blank' ? 'blank' : decision,
    latencyMs: systemClock() - receivedAt,
    ...(answer === undefined ? {} : { answer }),
    ...(action === undefined ? {} : { action }),
  };
}

function report(received: Received, station: StationContext): void {
  const { tenantId, stationId } = station;
  const { kind, action, fault, reason, settled, error } = received;
  reportQuirks({ logger, metrics }, received.quirks, station);
  if (error !== undefined) {
    logger.error('a frame was not worked on', { tenantId, stationId, kind, action, error: asError(error) });
  } else if (fault !== undefined || (settled !== undefined && settled !== 'settled')) {
    logger.warn('an odd frame', { tenantId, stationId, kind, action, fault, reason, settled });
  }
}

/** Both versions spell this code alike; answers and what cannot be read get none. */
function lastResort(text: string): Answer {
  const frame = decodeFrame(text);
  if (frame.kind !== 'call') return { statusCode: 200 };
  const body = encodeError(frame.messageId, 'InternalError', `${frame.action} could not be handled`);
  return { statusCode: 200, body };
}

function servicesOf({ tenantId, tenantSlug, policy }: StationContext): OcppServices {
  const stores = openStores({ client, tables, tenantId });
  return {
    ...stores,
    ...pki,
    tenantId,
    tenantSlug,
    policy,
    findTenant: () => directory.findTenant(tenantId),
    setTimer: timersOf(timersQueue, tenantId),
    forwardData: forwardData(tenantId, { insideHosts: inside }),
    clock: systemClock,
    newId,
    digest,
    sessionHints,
    acceptedConnections,
  };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
