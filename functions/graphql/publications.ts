import * as z from 'zod';
import type { Session } from '#core/sessions/session.ts';
import type { Station } from '#core/stations/station.ts';
import { type FieldRequest, readArguments, rfc3339 } from './field-request.ts';
import { Remembered } from './remembered.ts';
import type { GraphqlServices } from './services.ts';
import { metricsView } from './session-view.ts';

type View = Record<string, unknown>;

type Begin = Pick<Session, 'startedAt' | 'meterStartWh'>;
type Connectors = readonly Pick<Station['connectors'][number], 'evseId' | 'connectorId'>[];

/** What spares a read for every reading and every word of a connector. */
export interface PublicationMemory {
  /** Of sessions, by tenant and id: what is known of a begin stays as it is. */
  readonly begins: Remembered<Begin>;
  /** Of stations, by tenant and id, in the order of their numbers: another order is told some minutes late. */
  readonly connectors: Remembered<Connectors>;
}

/** For one warm function: a few megabytes at most. */
export function publicationMemory(): PublicationMemory {
  return {
    begins: new Remembered({ most: 5_000, forMs: 3_600_000 }),
    connectors: new Remembered({ most: 2_000, forMs: 300_000 }),
  };
}

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

/** `Mutation.publishSessionMetrics`: what a reading says of its session, whose begin is read once. */
export async function publishSessionMetrics(
  { arguments: args }: FieldRequest,
  services: Pick<GraphqlServices, 'tenantId' | 'sessions' | 'clock' | 'memory'>,
): Promise<View> {
  const { tenantId, sessionId, at, ...figures } = readArguments(metered, args);
  const begin = await beginOf(services, sessionId);
  const told = Object.entries(figures).filter(([, value]) => value != null);
  const sample = { at, context: 'PERIODIC' as const, ...Object.fromEntries(told) };
  const from = { ...(begin ?? { startedAt: at }), sessionId };
  return { tenantId, ...metricsView(from, { samples: [sample] }, at) };
}

async function beginOf(
  { tenantId, sessions, clock, memory }: Pick<GraphqlServices, 'tenantId' | 'sessions' | 'clock' | 'memory'>,
  sessionId: string,
): Promise<Begin | undefined> {
  const name = `${tenantId}/${sessionId}`;
  const known = memory.begins.recall(name, clock());
  if (known) return known;
  const found = await sessions.findSession(sessionId);
  const { startedAt, meterStartWh, partial = false } = found ?? { startedAt: 0 };
  // What is still missing of the begin may yet arrive.
  if (meterStartWh === undefined || partial) return found;
  const begin = { startedAt, meterStartWh };
  memory.begins.keep(name, begin, clock());
  return begin;
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
  services: Pick<GraphqlServices, 'tenantId' | 'stations' | 'clock' | 'memory'>,
): Promise<View | null> {
  const { tenantId, stationId, connector, at } = readArguments(reported, args);
  const { evseId, status, errorCode } = connector;
  const number = await numberOf(services, stationId, connector);
  if (number === undefined) return null;
  return { tenantId, stationId, connectorId: number, evseId, status, errorCode, timestamp: rfc3339(at) };
}

/** The number people call a connector by; one that is not remembered is looked for in the station as it is now. */
async function numberOf(
  { tenantId, stations, clock, memory }: Pick<GraphqlServices, 'tenantId' | 'stations' | 'clock' | 'memory'>,
  stationId: string,
  { evseId, connectorId }: Connectors[number],
): Promise<number | undefined> {
  const placeIn = (connectors: Connectors = []) =>
    connectors.findIndex((known) => known.evseId === evseId && known.connectorId === connectorId);
  const name = `${tenantId}/${stationId}`;
  const remembered = placeIn(memory.connectors.recall(name, clock()));
  if (remembered >= 0) return remembered + 1;
  const [station] = await stations.findStations([stationId]);
  const place = placeIn(station?.connectors);
  if (!station || place < 0) return undefined;
  const connectors = station.connectors.map((one) => ({
    evseId: one.evseId,
    connectorId: one.connectorId,
  }));
  memory.connectors.keep(name, connectors, clock());
  return place + 1;
}
