import * as z from 'zod';
import { type FieldRequest, readArguments, rfc3339 } from './field-request.ts';
import type { GraphqlServices } from './services.ts';
import { metricsView } from './session-view.ts';

type View = Record<string, unknown>;

const figure = z.number().nullish();
const metered = z.object({
  tenantId: z.string(),
  sessionId: z.string(),
  at: z.number(),
  energyWh: figure,
  powerW: figure,
  currentA: figure,
  voltageV: figure,
  temperatureC: figure,
});

/** `Mutation.publishSessionMetrics`: what a reading says of its session. One read: the begin is with the session. */
export async function publishSessionMetrics(
  { arguments: args }: FieldRequest,
  services: Pick<GraphqlServices, 'sessions'>,
): Promise<View> {
  const { tenantId, sessionId, at, ...figures } = readArguments(metered, args);
  const found = await services.sessions.findSession(sessionId);
  const told = Object.entries(figures).filter(([, value]) => value != null);
  const sample = { at, context: 'PERIODIC' as const, ...Object.fromEntries(told) };
  return { tenantId, sessionId, ...metricsView(found ?? { startedAt: at }, { samples: [sample] }, at) };
}

const reported = z.object({
  tenantId: z.string(),
  stationId: z.string(),
  connector: z.object({
    evseId: z.int(),
    connectorId: z.int(),
    status: z.string(),
    errorCode: z.string().nullish(),
  }),
  at: z.number(),
});

/**
 * `Mutation.publishConnectorStatus`: a connector's word, with the number people call it by. Null, which reaches no
 * subscriber, for a connector that nobody registered.
 */
export async function publishConnectorStatus(
  { arguments: args }: FieldRequest,
  services: Pick<GraphqlServices, 'stations'>,
): Promise<View | null> {
  const { tenantId, stationId, connector, at } = readArguments(reported, args);
  const { evseId, status, errorCode } = connector;
  const station = await services.stations.findStation(stationId);
  const index = station?.connectors.findIndex(
    (known) => known.evseId === evseId && known.connectorId === connector.connectorId,
  );
  if (index === undefined || index < 0) return null;
  return { tenantId, stationId, connectorId: index + 1, evseId, status, errorCode, timestamp: rfc3339(at) };
}
