import * as z from 'zod';
import type { Session } from '#core/sessions/session.ts';
import type { Station } from '#core/stations/station.ts';
import { stationStatus } from '#core/stations/station-status.ts';
import type { Tenant } from '#core/tenants/tenant.ts';
import { Remembered } from '#platform/remembered.ts';
import { type FieldRequest, readArguments, rfc3339 } from './field-request.ts';
import type { GraphqlServices } from './services.ts';

type View = Record<string, unknown>;

/** What readings of a session are counted from. */
export type SessionBegin = Pick<Session, 'startedAt' | 'meterStartWh'>;
type Connectors = readonly Pick<Station['connectors'][number], 'evseId' | 'connectorId'>[];

/** What spares a read for every reading and every word of a connector. */
export interface PublicationMemory {
  /** Of sessions, by tenant and id: what is known of a begin stays as it is. */
  readonly begins: Remembered<SessionBegin>;
  /** Of stations, by tenant and id, in the order of their numbers: another order is told some minutes late. */
  readonly connectors: Remembered<Connectors>;
  /** When sessions were rated last, by tenant and id. */
  readonly ratings: Remembered<number>;
  /** By id: what an owner sets is told some minutes late. */
  readonly tenants: Remembered<Tenant>;
}

/** For one warm function: a few megabytes at most. */
export function publicationMemory(): PublicationMemory {
  return {
    begins: new Remembered({ most: 5_000, forMs: 3_600_000 }),
    connectors: new Remembered({ most: 2_000, forMs: 300_000 }),
    ratings: new Remembered({ most: 5_000, forMs: 6 * 3_600_000 }),
    tenants: new Remembered({ most: 1_000, forMs: 300_000 }),
  };
}

const connected = z.object({ tenantId: z.string(), stationId: z.string(), at: z.number() });

/**
 * `Mutation.publishStationStatus` of a station that connected: what it is, by what its connectors last said. Whoever
 * reconnects need not say it again.
 */
export async function publishStationStatus(
  { arguments: args }: FieldRequest,
  { live }: Pick<GraphqlServices, 'live'>,
): Promise<View> {
  const { tenantId, stationId, at } = readArguments(connected, args);
  const { connectors, link } = await live.findLive(stationId);
  const online = link.connectionId !== undefined;
  return {
    tenantId,
    stationId,
    status: stationStatus(connectors, online),
    timestamp: rfc3339(at),
    details: { online },
  };
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
