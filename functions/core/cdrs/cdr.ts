import type { BillingReading } from '../metering/billing-readings.ts';
import type { JudgedMeterValue } from '../metering/signed-values.ts';
import type { SessionToken, StopReason } from '../sessions/session.ts';
import type { ConnectorRef } from '../stations/station.ts';
import type { LimitEffect, RatedLine, RatedPeriod, UnpricedQuantity } from '../tariffs/rating.ts';
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

/** Why a CDR waits for a person: it is held back until somebody decides, or events came that it does not know. */
export type CdrReview = 'HELD' | 'LATE_EVENTS';

/** Where a session took place, as its owner described it. Absent is not known. */
export interface CdrPlace {
  readonly locationId?: string;
  readonly name?: string;
  readonly address?: string;
  readonly city?: string;
  readonly postalCode?: string;
  /** ISO 3166-1 alpha-2. */
  readonly countryCode?: string;
  readonly coordinates?: { readonly latitude: number; readonly longitude: number };
  /** What roaming partners call the EVSE. */
  readonly evseUid?: string;
  readonly connectorType?: string;
  readonly maxPowerW?: number;
  readonly phases?: number;
}

/** Why and by whom a CDR was credited or replaced, and what of the replacement somebody decided. */
export interface Correction {
  readonly reason: string;
  readonly by: string;
  /** The energy was given by hand. */
  readonly energyWh?: number;
  /** The times were given by hand. */
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** The tariff was chosen by hand. */
  readonly tariffId?: string;
}

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
  /** As it was described when the CDR was made; absent for a station that nobody knew any more. */
  readonly place?: CdrPlace;
  readonly transactionRef: string;
  readonly token?: SessionToken;
  /** How the token was accepted: by what was known of it, by asking its issuer, or by a start that was asked for. */
  readonly authMethod?: 'WHITELIST' | 'AUTH_REQUEST' | 'COMMAND';
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
  /** The readings that the energy was taken from, and why these. */
  readonly readings?: { readonly begin?: BillingReading; readonly end?: BillingReading };
  /** How much was known: entries and samples of the session, and its events that never arrived. */
  readonly basis?: { readonly entries: number; readonly samples: number; readonly lost: number };
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
  readonly totalReservationCost?: Price;
  /** Limits of the tariff that took the place of a sum. */
  readonly limits?: readonly LimitEffect[];
  /** What was measured and nothing priced. */
  readonly unpriced?: readonly UnpricedQuantity[];
  /** Each line is rounded once, half up, to so many decimals. */
  readonly decimals?: number;
  /** The meter's own values of begin and end, each with whether its signature holds. */
  readonly signed?: readonly JudgedMeterValue[];
  /** Why a person must look. */
  readonly reviewReasons?: readonly string[];
  /** Of a credit and of a replacement: who asked for it, and why. */
  readonly correction?: Correction;
  readonly explanation: Explanation;
  readonly createdAt: number;
}
