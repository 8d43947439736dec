import type { SignedMeterValue } from '../metering/sample.ts';
import type { JudgedMeterValue, VerifySignedValue } from '../metering/signed-values.ts';
import type { Clock, Digest } from '../ports.ts';
import { assembleSession, type SessionRecord } from '../sessions/assemble-session.ts';
import type { Session } from '../sessions/session.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import type { Connector, Station } from '../stations/station.ts';
import type { StationStore } from '../stations/station-store.ts';
import { tariffObstacle } from '../tariffs/choose-tariff.ts';
import { isTimeZone } from '../tariffs/local-time.ts';
import { periodsOfSession } from '../tariffs/periods-of-session.ts';
import { rateSession, unratedPeriods } from '../tariffs/rate-session.ts';
import type { RatedTotals, Rating } from '../tariffs/rating.ts';
import type { Tariff } from '../tariffs/tariff.ts';
import type { TariffStore } from '../tariffs/tariff-store.ts';
import type { Tenant } from '../tenants/tenant.ts';
import type { Cdr } from './cdr.ts';
import { cdrIdOf } from './cdr-id.ts';
import type { CdrStore } from './cdr-store.ts';
import { counterpartyOf } from './counterparty.ts';
import { explainSession } from './explain-session.ts';

export interface IssueCdrPorts {
  readonly tenant: Pick<Tenant, 'tenantId' | 'currency' | 'timeZone' | 'defaultTariffId'>;
  readonly sessions: Pick<SessionStore, 'findSession' | 'listEntries'>;
  readonly stations: Pick<StationStore, 'findStation'>;
  readonly tariffs: Pick<TariffStore, 'findTariff'>;
  readonly cdrs: Pick<CdrStore, 'findCdr' | 'issueCdr'>;
  readonly verifySigned: VerifySignedValue;
  readonly clock: Clock;
  readonly digest: Digest;
}

export type IssueCdrResult =
  | { readonly outcome: 'issued' | 'exists'; readonly cdr: Cdr }
  | { readonly outcome: 'not-ended' | 'incomplete' | 'unknown-session' };

/** Where the session took place and how it is priced, with whatever is doubtful about either. */
export interface Circumstances {
  readonly connector?: Connector;
  readonly timeZone: string;
  readonly tariff?: Tariff;
  readonly doubts: readonly string[];
}

/**
 * Makes the CDR of an ended session, once: a repeat finds the first (`exists`).
 *
 * A session with known gaps in its events waits (`incomplete`) until `graceOver`. One that nobody accepted
 * authorised is `UNBILLED`; one with anything doubtful, the lack of a tariff among it, is for `REVIEW`, its
 * reasons in the explanation. The tariff is the connector's own or, when it names none, the tenant's default, as it
 * stands, if it was valid when the session started.
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
  const record = assembleSession(
    session,
    entries,
    connector?.maxPowerW === undefined ? {} : { maxPowerW: connector.maxPowerW },
  );
  if (!record.complete && !asked.graceOver) return { outcome: 'incomplete' };

  const signed = signedOf(record).map((value) => ({
    ...value,
    ...ports.verifySigned(value, connector?.meterPublicKey),
  }));
  const cdr = composeCdr({
    cdrId,
    record,
    signed,
    circumstances,
    currency: ports.tenant.currency,
    createdAt: ports.clock(),
  });
  if ((await ports.cdrs.issueCdr(cdr)) === 'issued') return { outcome: 'issued', cdr };
  return { outcome: 'exists', cdr: (await ports.cdrs.findCdr(cdrId)) ?? cdr };
}

/** Finds what a session is priced by. */
export async function findCircumstances(
  ports: Pick<IssueCdrPorts, 'tenant' | 'stations' | 'tariffs'>,
  session: Session,
): Promise<Circumstances> {
  const station = await ports.stations.findStation(session.stationId);
  const connector = station && connectorOf(station, session);
  const doubts: string[] = [];
  if (!station) doubts.push(`Station ${session.stationId} is not registered any more.`);
  else if (!connector) doubts.push('The connector is not known, nor is its price.');

  const wantedZone = station?.timeZone ?? ports.tenant.timeZone;
  const timeZone = isTimeZone(wantedZone) ? wantedZone : 'UTC';
  if (timeZone !== wantedZone) doubts.push(`Time zone ${wantedZone} is not known; prices are by UTC.`);

  const tariffId = connector?.tariffId ?? ports.tenant.defaultTariffId;
  const tariff = tariffId === undefined ? undefined : await ports.tariffs.findTariff(tariffId);
  const obstacle = tariff ? tariffObstacle(tariff, session.startedAt) : missingTariff(tariffId);
  if (obstacle !== undefined) doubts.push(obstacle);
  return {
    ...(connector ? { connector } : {}),
    timeZone,
    ...(tariff && obstacle === undefined ? { tariff } : {}),
    doubts,
  };
}

/** The session's connector; the only one there is when the session does not say. */
function connectorOf(station: Station, session: Session): Connector | undefined {
  const place = session.connector;
  if (!place) return station.connectors.length === 1 ? station.connectors[0] : undefined;
  return station.connectors.find(
    ({ evseId, connectorId }) => evseId === place.evseId && connectorId === place.connectorId,
  );
}

function missingTariff(tariffId: string | undefined): string {
  return tariffId === undefined
    ? 'Neither the connector nor the tenant names a tariff.'
    : `Tariff ${tariffId} does not exist.`;
}

function composeCdr(made: {
  cdrId: string;
  record: SessionRecord;
  signed: readonly JudgedMeterValue[];
  circumstances: Circumstances;
  currency: string;
  createdAt: number;
}): Cdr {
  const { record, circumstances, signed } = made;
  const { tariff, timeZone, doubts } = circumstances;
  const periods = periodsOfSession(record);
  const rating: Rating = tariff
    ? rateSession(periods, tariff, timeZone)
    : {
        currency: made.currency,
        periods: unratedPeriods(periods),
        lines: [],
        totalCost: { exclVat: '0' },
        explanation: ['Nothing could be priced.'],
      };
  const reasons = [...record.reviewReasons, ...doubts, ...signed.flatMap(doubtOf)];
  const endedAt = Math.max(record.startedAt, record.endedAt ?? record.lastAt);
  const parkingTimeS = secondsOf(rating, 'PARKING');
  return {
    cdrId: made.cdrId,
    sessionId: record.sessionId,
    stationId: record.stationId,
    connector: record.connector ?? circumstances.connector ?? { evseId: 0, connectorId: 0 },
    transactionRef: record.transactionRef,
    ...(record.token ? { token: record.token } : {}),
    ...(isAccepted(record) && record.token ? { counterparty: counterpartyOf(record.token) } : {}),
    billing: billingOf(record, reasons),
    startedAt: record.startedAt,
    endedAt,
    ...(record.stopReason === undefined ? {} : { stopReason: record.stopReason }),
    timeZone,
    currency: rating.currency,
    energyWh: record.energyWh ?? 0,
    ...(record.begin ? { meterStartWh: record.begin.energyWh } : {}),
    ...(record.end ? { meterStopWh: record.end.energyWh } : {}),
    chargingTimeS: Math.round((endedAt - record.startedAt) / 1000) - parkingTimeS,
    parkingTimeS,
    ...(tariff ? { tariff } : {}),
    periods: rating.periods,
    lines: rating.lines,
    ...totalsOf(rating),
    ...(signed.length === 0 ? {} : { signed }),
    explanation: [
      ...explainSession(record),
      ...signed.map(({ verdict, reason }) => signatureSentence(verdict, reason)),
      ...rating.explanation,
      ...(tariff && tariff.updatedAt > record.startedAt
        ? ['The tariff was changed after the session started; it is applied as it stands now.']
        : []),
      ...(isAccepted(record) ? [] : ['No accepted token authorised the session: no driver is billed.']),
      ...reasons.map((reason) => `To be reviewed: ${reason}`),
    ],
    createdAt: made.createdAt,
  };
}

function billingOf(record: SessionRecord, reasons: readonly string[]): Cdr['billing'] {
  if (!isAccepted(record)) return 'UNBILLED';
  return reasons.length > 0 ? 'REVIEW' : 'BILLABLE';
}

function isAccepted(record: SessionRecord): boolean {
  return record.token?.status === 'ACCEPTED';
}

function totalsOf(rating: Rating): RatedTotals {
  const { totalCost, totalEnergyCost, totalTimeCost, totalParkingCost, totalFixedCost } = rating;
  return {
    totalCost,
    ...(totalEnergyCost ? { totalEnergyCost } : {}),
    ...(totalTimeCost ? { totalTimeCost } : {}),
    ...(totalParkingCost ? { totalParkingCost } : {}),
    ...(totalFixedCost ? { totalFixedCost } : {}),
  };
}

function secondsOf(rating: Rating, activity: 'CHARGING' | 'PARKING'): number {
  const durations = rating.periods
    .filter((period) => period.activity === activity)
    .map(({ startedAt, endedAt }) => endedAt - startedAt);
  return Math.round(durations.reduce((sum, duration) => sum + duration, 0) / 1000);
}

/** A meter that does not stand by what its station says leaves the bill to a person. */
function doubtOf({ verdict, reason = '' }: JudgedMeterValue): readonly string[] {
  return verdict === 'INVALID' ? [`The signature of a meter value does not hold: ${reason}.`] : [];
}

function signatureSentence(verdict: JudgedMeterValue['verdict'], reason: string | undefined): string {
  return verdict === 'VALID'
    ? 'A signed meter value was verified with the registered key of the meter.'
    : `A signed meter value was not verified: ${reason ?? 'no reason is known'}.`;
}

/** What a driver verifies a bill with: the signed values of begin and end, else the first and the last there are. */
function signedOf(record: SessionRecord): readonly SignedMeterValue[] {
  const signed = record.samples.filter((sample) => sample.signed);
  const borders = signed.filter(({ context }) => context === 'BEGIN' || context === 'END');
  const chosen = borders.length > 0 ? borders : [...signed.slice(0, 1), ...signed.slice(1).slice(-1)];
  const byText = new Map(chosen.flatMap((sample) => sample.signed ?? []).map((value) => [value.data, value]));
  return [...byText.values()];
}
