import type { MeterSample, SampleContext } from '../metering/sample.ts';
import { signedDoubts } from '../metering/signed-doubts.ts';
import type { JudgedMeterValue, VerifySignedValue } from '../metering/signed-values.ts';
import type { SessionRecord } from '../sessions/assemble-session.ts';
import type { Connector, Station } from '../stations/station.ts';
import { withMeasuredExtremes } from '../tariffs/measured-extremes.ts';
import { periodsOfSession } from '../tariffs/periods-of-session.ts';
import { choiceSentence } from '../tariffs/pin-tariff.ts';
import { unratedPeriods } from '../tariffs/rate-session.ts';
import type { Rating } from '../tariffs/rating.ts';
import type { PricedBy } from '../tariffs/tariff-assignment.ts';
import { unmeasuredDoubts } from '../tariffs/unmeasured.ts';
import type { Billing, Cdr, CdrPlace } from './cdr.ts';
import { counterpartyOf } from './counterparty.ts';
import { explainSession, signatureSentence } from './explain-session.ts';
import { spreadSentences } from './explain-spread.ts';
import { type PricingTerms, rateRecord } from './rate-record.ts';
import { summarisePeriods } from './summarise-periods.ts';

/** Where a session took place and how it is priced, with whatever is doubtful about either. */
export interface Circumstances extends PricingTerms {
  readonly station?: Station;
  readonly connector?: Connector;
  /** Why that tariff. */
  readonly pricedBy?: PricedBy;
  /** Of the place and its time zone. */
  readonly doubts: readonly string[];
  /** Why there is no tariff. */
  readonly obstacles: readonly string[];
}

/** What a CDR is made of. */
export interface CdrMaterial {
  readonly cdrId: string;
  readonly record: SessionRecord;
  readonly signed: readonly JudgedMeterValue[];
  readonly circumstances: Circumstances;
  readonly place: CdrPlace | undefined;
  /** Of a CDR without a price. */
  readonly currency: string;
  readonly createdAt: number;
}

/** Rates a session and writes down what it cost, from which readings, and what a person should look at first. */
export function composeCdr(made: CdrMaterial): Cdr {
  const { record, circumstances, signed, place } = made;
  const { tariff, timeZone } = circumstances;
  const rating = ratingOf(made);
  const reasons = reasonsOf(made, rating);
  const endedAt = Math.max(record.startedAt, record.endedAt ?? record.lastAt);
  const parkingTimeS = secondsOf(rating, 'PARKING');
  const { periods, sentences } = summarisePeriods(withMeasuredExtremes(rating.periods, record));
  const { begin, end } = record;
  return {
    cdrId: made.cdrId,
    sessionId: record.sessionId,
    stationId: record.stationId,
    connector: record.connector ?? connectorRef(circumstances),
    ...(place ? { place } : {}),
    transactionRef: record.transactionRef,
    ...(record.token ? { token: record.token } : {}),
    ...authorisationOf(record),
    ...(isPayable(record) && record.token ? { counterparty: counterpartyOf(record.token) } : {}),
    billing: billingOf(record, reasons),
    startedAt: record.startedAt,
    endedAt,
    ...(record.stopReason === undefined ? {} : { stopReason: record.stopReason }),
    timeZone,
    currency: rating.currency,
    energyWh: record.energyWh ?? 0,
    ...(begin ? { meterStartWh: begin.energyWh } : {}),
    ...(end ? { meterStopWh: end.energyWh } : {}),
    readings: { ...(begin ? { begin } : {}), ...(end ? { end } : {}) },
    basis: { entries: record.entryCount, samples: record.samples.length, lost: record.missingSeqNos.length },
    chargingTimeS: Math.round((endedAt - record.startedAt) / 1000) - parkingTimeS,
    parkingTimeS,
    ...(tariff ? { tariff } : {}),
    periods,
    lines: rating.lines,
    ...totalsOf(rating),
    ...(signed.length === 0 ? {} : { signed }),
    ...(reasons.length === 0 ? {} : { reviewReasons: reasons }),
    explanation: [...explanationOf(made, rating, reasons), ...sentences],
    createdAt: made.createdAt,
  };
}

/** The signed values that a driver verifies the bill with, each with what its meter's registered key says of it. */
export function judgedValues(
  record: SessionRecord,
  verifySigned: VerifySignedValue,
  meterPublicKey: string | undefined,
): readonly JudgedMeterValue[] {
  const byText = new Map<string, JudgedMeterValue>();
  for (const { context, signed = [] } of signedSamples(record)) {
    for (const value of signed) {
      const verdict = verifySigned(value, meterPublicKey);
      byText.set(value.data, { ...value, ...verdict, nature: natureOf(context) });
    }
  }
  return [...byText.values()];
}

function ratingOf({ record, circumstances, currency }: CdrMaterial): Rating {
  const rating = rateRecord(record, circumstances);
  if (rating) return rating;
  return {
    currency,
    periods: unratedPeriods(periodsOfSession(record)),
    lines: [],
    totalCost: { exclVat: '0' },
    explanation: ['Nothing could be priced.'],
  };
}

function reasonsOf({ record, circumstances, signed }: CdrMaterial, rating: Rating): readonly string[] {
  const { tariff, doubts, obstacles } = circumstances;
  return [
    ...record.reviewReasons,
    ...tokenDoubts(record),
    ...doubts,
    ...obstacles,
    ...(tariff ? unmeasuredDoubts(tariff, rating.periods) : []),
    ...signed.flatMap(doubtOf),
    ...signedDoubts(signed, record),
  ];
}

function explanationOf(made: CdrMaterial, rating: Rating, reasons: readonly string[]): Cdr['explanation'] {
  const { record, circumstances, signed } = made;
  const { tariff, pricedBy } = circumstances;
  return [
    ...explainSession(record),
    ...signed.map(signatureSentence),
    ...rating.explanation,
    ...spreadSentences(record, rating.periods),
    ...(tariff && pricedBy ? [choiceSentence(tariff, pricedBy)] : []),
    ...(isPayable(record) ? [] : ['No accepted token authorised the session: no driver is billed.']),
    ...reasons.map((reason) => `To be reviewed: ${reason}`),
  ];
}

function connectorRef({ connector }: Circumstances): Cdr['connector'] {
  const { evseId = 0, connectorId = 0 } = connector ?? {};
  return { evseId, connectorId };
}

/** How the driver was let in: by what the station or the system knew of the token, or by somebody asking for the start. */
function authorisationOf({ token, remoteStartId }: SessionRecord): Pick<Cdr, 'authMethod'> {
  if (!token) return {};
  return { authMethod: remoteStartId === undefined ? 'WHITELIST' : 'COMMAND' };
}

function billingOf(record: SessionRecord, reasons: readonly string[]): Billing {
  if (!isPayable(record)) return 'UNBILLED';
  return reasons.length > 0 ? 'REVIEW' : 'BILLABLE';
}

/** Somebody pays, if only once a person has said so. */
function isPayable({ token }: SessionRecord): boolean {
  return token?.status === 'ACCEPTED' || token?.refusedSince === true;
}

function tokenDoubts({ token }: SessionRecord): readonly string[] {
  if (token?.refusedSince !== true) return [];
  return [`The token is ${token.status}, which may have come about only after the session started.`];
}

/** Sums, and what had an effect on them. */
function totalsOf(rating: Rating): Omit<Rating, 'currency' | 'periods' | 'lines' | 'explanation'> {
  const { totalCost, totalEnergyCost, totalTimeCost, totalParkingCost, totalFixedCost } = rating;
  const { totalReservationCost, limits, unpriced, decimals } = rating;
  return {
    totalCost,
    ...(totalEnergyCost ? { totalEnergyCost } : {}),
    ...(totalTimeCost ? { totalTimeCost } : {}),
    ...(totalParkingCost ? { totalParkingCost } : {}),
    ...(totalFixedCost ? { totalFixedCost } : {}),
    ...(totalReservationCost ? { totalReservationCost } : {}),
    ...(limits ? { limits } : {}),
    ...(unpriced ? { unpriced } : {}),
    ...(decimals === undefined ? {} : { decimals }),
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

/** Those of begin and end, else the first and the last there are. */
function signedSamples(record: SessionRecord): readonly MeterSample[] {
  const signed = record.samples.filter((sample) => sample.signed);
  const borders = signed.filter(({ context }) => context === 'BEGIN' || context === 'END');
  return borders.length > 0 ? borders : [...signed.slice(0, 1), ...signed.slice(1).slice(-1)];
}

function natureOf(context: SampleContext): NonNullable<JudgedMeterValue['nature']> {
  if (context === 'BEGIN') return 'START';
  return context === 'END' ? 'END' : 'INTERMEDIATE';
}
