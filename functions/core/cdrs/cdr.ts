import type { JudgedMeterValue } from '../metering/signed-values.ts';
import type { SessionToken, StopReason } from '../sessions/session.ts';
import type { ConnectorRef } from '../stations/station.ts';
import type { RatedLine, RatedPeriod } from '../tariffs/rating.ts';
import type { Price, Tariff } from '../tariffs/tariff.ts';

/** One sentence of why the bill is what it is, for a person to read. */
export type Explanation = readonly string[];

/** A charge detail record: what one session cost, for good. Never changed once written. Times in epoch milliseconds. */
export interface Cdr {
  /** Derived from the session, so a second attempt finds the first. */
  readonly cdrId: string;
  readonly sessionId: string;
  readonly stationId: string;
  readonly connector: ConnectorRef;
  readonly transactionRef: string;
  readonly token?: SessionToken;
  /** `UNBILLED`: nobody authorised it, so no driver pays; `REVIEW`: a person must look before it is billed. */
  readonly billing: 'BILLABLE' | 'UNBILLED' | 'REVIEW';
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
