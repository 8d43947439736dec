import type { JudgedMeterValue } from '../metering/signed-values.ts';
import type { SessionToken, StopReason } from '../sessions/session.ts';
import type { ConnectorRef } from '../stations/station.ts';
import type { RatedLine, RatedPeriod } from '../tariffs/rating.ts';
import type { Price, Tariff } from '../tariffs/tariff.ts';
import type { Counterparty } from './counterparty.ts';

/** One sentence of why the bill is what it is, for a person to read. */
export type Explanation = readonly string[];

/**
 * What a CDR is to its session: its first one; the credit that takes one back; or the one that takes a credited one's
 * place.
 */
export type CdrKind = 'ORIGINAL' | 'CREDIT' | 'REPLACEMENT';

/** Who pays: somebody; nobody, for nobody accepted authorised it or it was written off; not before a person looked. */
export type Billing = 'BILLABLE' | 'UNBILLED' | 'REVIEW';

/** What a person decided about a CDR that was for review. Kept beside the CDR, which stays as it was written. */
export interface CdrResolution {
  /** `CORRECTED`: credited, with or without a replacement. Neither this nor what was written off is billed. */
  readonly decision: 'RELEASED' | 'WRITTEN_OFF' | 'CORRECTED';
  readonly reason: string;
  readonly by: string;
  readonly at: number;
}

/** A charge detail record: what one session cost, for good. Never changed once written. Times in epoch milliseconds. */
export interface Cdr {
  /** Derived from the session, so a second attempt finds the first. */
  readonly cdrId: string;
  /** Absent: `ORIGINAL`. */
  readonly kind?: CdrKind;
  /** Of a credit: the CDR it takes back. */
  readonly creditOf?: string;
  /** Of a replacement: the credited CDR whose place it takes. */
  readonly replaces?: string;
  /** Who it is settled with: always there when it is billable. */
  readonly counterparty?: Counterparty;
  readonly sessionId: string;
  readonly stationId: string;
  readonly connector: ConnectorRef;
  readonly transactionRef: string;
  readonly token?: SessionToken;
  /** As it stands: of a CDR for review, what its resolution made of it. */
  readonly billing: Billing;
  /** Of a CDR that was for review: what became of that. */
  readonly resolution?: CdrResolution;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly stopReason?: StopReason;
  readonly timeZone: string;
  readonly currency: string;
  readonly energyWh: number;
  readonly meterStartWh?: number;
  readonly meterStopWh?: number;
  readonly chargingTimeS: number;
  readonly parkingTimeS: number;
  /** The tariff as it was when the session began; absent when none applied. */
  readonly tariff?: Tariff;
  readonly periods: readonly RatedPeriod[];
  readonly lines: readonly RatedLine[];
  readonly totalCost: Price;
  readonly totalEnergyCost?: Price;
  readonly totalTimeCost?: Price;
  readonly totalParkingCost?: Price;
  readonly totalFixedCost?: Price;
  /** The meter's own values of begin and end, each with whether its signature holds. */
  readonly signed?: readonly JudgedMeterValue[];
  readonly explanation: Explanation;
  readonly createdAt: number;
}
