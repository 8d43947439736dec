import type { VerifySignedValue } from '../metering/signed-values.ts';
import type { Clock } from '../ports.ts';
import type { Reservation } from '../reservations/reservation.ts';
import type { ReservationStore } from '../reservations/reservation-store.ts';
import { assembleSession } from '../sessions/assemble-session.ts';
import { connectorOfSession } from '../sessions/connector-of-session.ts';
import type { Session } from '../sessions/session.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import type { Connector } from '../stations/station.ts';
import type { StationStore } from '../stations/station-store.ts';
import { isTimeZone } from '../tariffs/local-time.ts';
import { type PricingPorts, tariffOfSession } from '../tariffs/pin-tariff.ts';
import type { Tenant } from '../tenants/tenant.ts';
import type { Cdr } from './cdr.ts';
import { cdrIdOf } from './cdr-id.ts';
import { findPlace, type PlacePorts } from './cdr-place.ts';
import type { CdrStore } from './cdr-store.ts';
import { type Circumstances, composeCdr, judgedValues } from './compose-cdr.ts';

export interface IssueCdrPorts extends PlacePorts {
  readonly tenant: Pick<Tenant, 'tenantId' | 'currency' | 'timeZone' | 'defaultTariffId'>;
  readonly sessions: Pick<SessionStore, 'findSession' | 'listEntries'>;
  readonly stations: Pick<StationStore, 'findStation'>;
  readonly reservations: Pick<ReservationStore, 'findReservation'>;
  readonly tariffs: PricingPorts['tariffs'];
  readonly assignments: PricingPorts['assignments'];
  readonly agreements: PricingPorts['agreements'];
  readonly cdrs: Pick<CdrStore, 'findCdr' | 'issueCdr'>;
  readonly verifySigned: VerifySignedValue;
  readonly clock: Clock;
}

export type IssueCdrResult =
  | { readonly outcome: 'issued' | 'exists'; readonly cdr: Cdr }
  | { readonly outcome: 'not-ended' | 'incomplete' | 'unknown-session' };

/** What is read to find what a session is priced by. */
export type CircumstancePorts = Pick<
  IssueCdrPorts,
  'tenant' | 'stations' | 'reservations' | 'tariffs' | 'assignments' | 'agreements'
>;

/**
 * Makes the CDR of an ended session, once: a repeat finds the first (`exists`).
 *
 * A session with known gaps in its events waits (`incomplete`) until `graceOver`. One that nobody accepted
 * authorised is `UNBILLED`; one with anything doubtful, the lack of a tariff among it, is for `REVIEW`, its
 * reasons in the explanation. The tariff is the one that was pinned for the session or would have been: the closest
 * that was in force when it started, as it stood then; the time zone is pinned with it.
 */
export async function issueCdr(
  ports: IssueCdrPorts,
  asked: { readonly sessionId: string; readonly graceOver: boolean },
): Promise<IssueCdrResult> {
  const session = await ports.sessions.findSession(asked.sessionId);
  if (!session) return { outcome: 'unknown-session' };
  if (session.state !== 'ENDED') return { outcome: 'not-ended' };
  const cdrId = cdrIdOf(ports.digest, ports.tenant.tenantId, session.sessionId);
  const known = session.cdrId === undefined ? undefined : await ports.cdrs.findCdr(session.cdrId);
  if (known) return { outcome: 'exists', cdr: known };

  const [entries, circumstances] = await Promise.all([
    ports.sessions.listEntries(session.sessionId),
    findCircumstances(ports, session),
  ]);
  const { connector } = circumstances;
  const record = assembleSession(session, entries, powerOf(connector));
  if (!record.complete && !asked.graceOver) return { outcome: 'incomplete' };

  const cdr = composeCdr({
    cdrId,
    record,
    signed: judgedValues(record, ports.verifySigned, connector?.meterPublicKey),
    circumstances,
    place: await findPlace(ports, circumstances),
    currency: ports.tenant.currency,
    createdAt: ports.clock(),
  });
  if ((await ports.cdrs.issueCdr(cdr)) === 'issued') return { outcome: 'issued', cdr };
  return { outcome: 'exists', cdr: (await ports.cdrs.findCdr(cdrId)) ?? cdr };
}

/**
 * Finds what a session is priced by. Another start that is `given` by hand chooses the tariff anew, as it stood then;
 * a price that was agreed for the session stays.
 */
export async function findCircumstances(
  ports: CircumstancePorts,
  session: Session,
  given: { readonly startedAt?: number } = {},
): Promise<Circumstances> {
  const station = await ports.stations.findStation(session.stationId);
  const connector = station && connectorOfSession(station, session);
  const doubts: string[] = [];
  if (!station) doubts.push(`Station ${session.stationId} is not registered any more.`);
  else if (!connector) doubts.push('The connector is not known, nor is its price.');

  const wantedZone = session.tariffPin?.timeZone ?? station?.timeZone ?? ports.tenant.timeZone;
  const timeZone = isTimeZone(wantedZone) ? wantedZone : 'UTC';
  if (timeZone !== wantedZone) doubts.push(`Time zone ${wantedZone} is not known; prices are by UTC.`);

  const [price, reservation] = await Promise.all([
    tariffOfSession(ports, startedAnew(session, given), connector),
    reservationOf(ports, session),
  ]);
  return {
    ...(connector ? { connector } : {}),
    ...(station ? { station } : {}),
    timeZone,
    ...(reservation ? { reservation } : {}),
    ...(price.tariff ? { tariff: price.tariff, pricedBy: price.by } : {}),
    doubts,
    obstacles: price.tariff ? [] : price.obstacles,
  };
}

function startedAnew(session: Session, { startedAt }: { readonly startedAt?: number }): Session {
  if (startedAt === undefined || session.tariffPin?.by === 'AGREED') return session;
  const { tariffPin: _, ...unpinned } = session;
  return { ...unpinned, startedAt };
}

/** The reservation that became this session's, and no other's. */
async function reservationOf(
  { reservations }: Pick<IssueCdrPorts, 'reservations'>,
  { sessionId, stationId, reservationId: number }: Session,
): Promise<Reservation | undefined> {
  if (number === undefined) return undefined;
  const reservation = await reservations.findReservation(stationId, number);
  return reservation?.sessionId === sessionId ? reservation : undefined;
}

/** What the plausibility of readings is measured by. */
export function powerOf(connector: Connector | undefined): { maxPowerW?: number } {
  return connector?.maxPowerW === undefined ? {} : { maxPowerW: connector.maxPowerW };
}
