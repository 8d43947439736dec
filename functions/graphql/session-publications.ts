import * as z from 'zod';
import type { Session } from '#core/sessions/session.ts';
import { type FieldRequest, readArguments, rfc3339 } from './field-request.ts';
import type { SessionBegin } from './publications.ts';
import { publishedCost } from './published-cost.ts';
import type { GraphqlServices } from './services.ts';
import { metricsView, sessionStatus } from './session-view.ts';

type View = Record<string, unknown>;
type Services = Pick<GraphqlServices, 'tenantId' | 'sessions' | 'clock' | 'memory'>;

const figure = z.number().nullish();
const figures = {
  energyWh: figure,
  powerW: figure,
  currentA: figure,
  voltageV: figure,
  temperatureC: figure,
};
const metered = z.object({ tenantId: z.string(), sessionId: z.string(), at: z.number(), ...figures });

/**
 * `Mutation.publishSessionMetrics`: what a reading says of its session, whose begin is read once, and from time to time
 * what the session costs so far.
 */
export async function publishSessionMetrics(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const reading = readArguments(metered, args);
  const { tenantId, sessionId, at } = reading;
  const begin = (await beginOf(services, sessionId)) ?? { startedAt: at };
  const estimatedCost = await publishedCost(services, { sessionId, begin });
  return { tenantId, ...readingView({ ...begin, sessionId }, reading), estimatedCost };
}

const happened = z.enum(['STARTED', 'IDENTIFIED', 'METERED', 'ENDED']);
const told = metered.extend({ event: happened });

/**
 * `Mutation.publishSessionUpdate`: the start of a session, whose it is, a reading or the end. Events come in any order
 * and readings even after the end, so the session itself says how far it is. Null, which reaches no subscriber, where there is none.
 */
export async function publishSessionUpdate(
  { arguments: args }: FieldRequest,
  services: Services,
): Promise<View | null> {
  const { event, ...reading } = readArguments(told, args);
  const { tenantId, sessionId, at } = reading;
  const session = await readSession(services, sessionId);
  if (!session) return null;
  return {
    tenantId,
    stationId: session.stationId,
    sessionId,
    status: statusAt(event, session),
    realTimeMetrics: event === 'METERED' ? readingView(beginIn(session), reading) : null,
    timestamp: rfc3339(at),
  };
}

const crossed = z.object({
  event: happened,
  tenantId: z.string(),
  partnerId: z.string(),
  sessionId: z.string(),
  at: z.number(),
});

/** `Mutation.publishCrossNetworkSession`: the start or the end of a session of a partner's driver; null as above. */
export async function publishCrossNetworkSession(
  { arguments: args }: FieldRequest,
  services: Services,
): Promise<View | null> {
  const { event, tenantId, partnerId, sessionId, at } = readArguments(crossed, args);
  const session = await readSession(services, sessionId);
  if (!session) return null;
  return { tenantId, partnerId, sessionId, status: statusAt(event, session), timestamp: rfc3339(at) };
}

/** A start tells of a session that runs, however late it is told. */
function statusAt(event: z.infer<typeof happened>, session: Session): string {
  return sessionStatus(event === 'STARTED' ? { ...session, state: 'ACTIVE' } : session);
}

function readingView(
  begin: SessionBegin & { readonly sessionId?: string },
  { tenantId: _, sessionId: __, at, ...given }: z.infer<typeof metered>,
): View {
  const known = Object.entries(given).filter(([, value]) => value != null);
  const sample = { at, context: 'PERIODIC' as const, ...Object.fromEntries(known) };
  return metricsView(begin, { samples: [sample] }, at);
}

async function beginOf(services: Services, sessionId: string): Promise<SessionBegin | undefined> {
  const { tenantId, clock, memory } = services;
  const known = memory.begins.recall(`${tenantId}/${sessionId}`, clock());
  if (known) return known;
  const found = await readSession(services, sessionId);
  return found && beginIn(found);
}

/** Reads a session, and keeps its begin unless some of it may yet arrive. */
async function readSession(
  { tenantId, sessions, clock, memory }: Services,
  sessionId: string,
): Promise<Session | undefined> {
  const found = await sessions.findSession(sessionId);
  if (found?.meterStartWh !== undefined && found.partial !== true) {
    memory.begins.keep(`${tenantId}/${sessionId}`, beginIn(found), clock());
  }
  return found;
}

function beginIn({ startedAt, meterStartWh }: Session): SessionBegin {
  return { startedAt, ...(meterStartWh === undefined ? {} : { meterStartWh }) };
}
