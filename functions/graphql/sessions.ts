import * as z from 'zod';
import { DomainError } from '#core/errors.ts';
import type { Session } from '#core/sessions/session.ts';
import { type FieldRequest, readArguments } from './field-request.ts';
import { inLanes } from './lanes.ts';
import { checkSessions, maySee, ownerOf } from './own-data.ts';
import { pageRequest, pageView, pagingShape, plainList } from './paging.ts';
import type { GraphqlServices } from './services.ts';
import { listSessions, sessionFilter } from './session-filter.ts';
import { meterValueViews, metricsView, sessionView } from './session-view.ts';

type View = Record<string, unknown>;

/** `Query.session`: null when the tenant, or the driver who asks, has no such session. */
export async function session(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<View | null> {
  const { id } = readArguments(z.object({ id: z.string() }), args);
  const found = await services.sessions.findSession(id);
  return found && maySee(caller, found) ? sessionView(found) : null;
}

const sessionList = z.object({ filter: sessionFilter, ...pagingShape });

/** `Query.sessions`: the latest sessions, newest first, one page. */
export async function sessions(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<View[]> {
  const { filter } = readArguments(sessionList, args);
  const owner = ownerOf(caller);
  const found = await plainList('sessionsPage', (page) => listSessions(services, filter, page, owner));
  return found.map(sessionView);
}

/** `Query.sessionsPage`. */
export async function sessionsPage(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const read = readArguments(sessionList, args);
  const page = await listSessions(services, read.filter, pageRequest(read), ownerOf(caller));
  return pageView(page, sessionView);
}

/** `Query.activeSessionsCount`. */
export async function activeSessionsCount(_: FieldRequest, services: GraphqlServices): Promise<number> {
  return services.sessions.countOpenSessions();
}

/** `Query.realTimeMetrics`: null when the tenant, or the driver who asks, has no such session. */
export async function realTimeMetrics(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<View | null> {
  const { sessionId } = readArguments(z.object({ sessionId: z.string() }), args);
  const found = await services.sessions.findSession(sessionId);
  return found && maySee(caller, found) ? metricsOf(services, found) : null;
}

/** `Subscription.sessionUpdates`: what to filter by, once it is clear that the caller may follow these sessions. */
export async function followSessions(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const { sessionIds } = readArguments(z.object({ sessionIds: z.array(z.string()).max(50).nullish() }), args);
  await checkSessions(caller, sessionIds, services);
  return { tenantId: services.tenantId };
}

/** `Subscription.sessionMetrics`: refused for a session that the tenant, or the driver who asks, does not have. */
export async function followMetrics(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const { sessionId } = readArguments(z.object({ sessionId: z.string() }), args);
  const found = await services.sessions.findSession(sessionId);
  if (!found || !maySee(caller, found))
    throw new DomainError('NotFound', `session ${sessionId} is not known`, 'sessionId');
  return { tenantId: services.tenantId };
}

async function metricsOf(services: GraphqlServices, found: Session): Promise<View> {
  const latest = await services.sessions.findLatestEntry(found.sessionId);
  const own = latest?.stationId === found.stationId ? latest : undefined;
  return metricsView(found, own, services.clock());
}

/** `ChargingSession.realTimeMetrics`, many at once. */
export async function metricsOfSessions(
  requests: readonly FieldRequest[],
  services: GraphqlServices,
): Promise<(View | null)[]> {
  const found = await services.sessions.findSessions([...new Set(requests.map(sessionIdOf))]);
  const views = await inLanes(found, async (one) => [one.sessionId, await metricsOf(services, one)] as const);
  const bySession = new Map(views);
  return requests.map((request) => bySession.get(sessionIdOf(request)) ?? null);
}

/** What one answer holds of readings: about 800 kB, for AppSync may refuse more than a megabyte. */
const mostReadings = 4_000;

/**
 * `ChargingSession.meterValues`, many at once: those of its own station, whoever else named its number. Of each session
 * the latest, as many as its share of the answer.
 */
export async function meterValuesOfSessions(
  requests: readonly FieldRequest[],
  services: GraphqlServices,
): Promise<View[][]> {
  const share = Math.floor(mostReadings / requests.length);
  return inLanes(requests, async (request) => {
    const entries = await services.sessions.listLatestEntries(sessionIdOf(request), share);
    const own = entries.filter(({ stationId }) => stationId === request.source?.stationId);
    return meterValueViews(own).slice(-share);
  });
}

/** `ChargingStation.activeSessions`, many at once. */
export async function activeSessionsOfStations(
  requests: readonly FieldRequest[],
  services: GraphqlServices,
): Promise<View[][]> {
  const ids = requests.map(({ source }) => String(source?.stationId));
  const open = await services.sessions.listOpenSessionsOf([...new Set(ids)]);
  return ids.map((id) => (open.get(id) ?? []).map(sessionView));
}

/** `Connector.currentSession`, many at once. */
export async function sessionsOfConnectors(
  requests: readonly FieldRequest[],
  services: GraphqlServices,
): Promise<(View | null)[]> {
  const ids = requests.map(({ source }) => source?.sessionId);
  const known = ids.filter((id): id is string => typeof id === 'string');
  const found = await services.sessions.findSessions([...new Set(known)]);
  const bySession = new Map(found.map((one) => [one.sessionId, sessionView(one)]));
  return ids.map((id) => (typeof id === 'string' ? (bySession.get(id) ?? null) : null));
}

function sessionIdOf({ source }: FieldRequest): string {
  return String(source?.sessionId);
}
