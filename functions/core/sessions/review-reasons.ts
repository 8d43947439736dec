import {
  type BillingReading,
  billableSamples,
  mostPlausibleWh,
  samplesOfSession,
} from '../metering/billing-readings.ts';
import { meterDoubts, rollOverHint } from '../metering/meter-doubts.ts';
import type { MeterSample } from '../metering/sample.ts';
import type { ChargingStateChange, GivenByHand } from './assemble-session.ts';
import type { Session, SessionEntry } from './session.ts';

/** What is known of a session, put in order. */
export interface SessionFindings {
  readonly session: Session;
  readonly facts: readonly SessionEntry[];
  readonly samples: readonly MeterSample[];
  readonly changes: readonly ChargingStateChange[];
  readonly readings: { readonly begin?: BillingReading; readonly end?: BillingReading };
  readonly energyWh: number | undefined;
  readonly startedAt: number;
  readonly maxPowerW: number;
  readonly startMissing: boolean;
  readonly given: GivenByHand;
}

const clockToleranceMs = 3_600_000;
/** Clocks that were never set count from 1970 or 2000. */
export const earliestBelievable = Date.UTC(2010, 0, 1);
/** Vehicles are left plugged in through a holiday, hardly longer. */
export const longestBelievableDays = 21;
export const dayMs = 86_400_000;

/**
 * Why a person must look before an ended session is billed, in sentences. Empty while it runs. Each is about its times or
 * about its energy: energy that is given by hand settles the latter alone, times the former as far as they are sound.
 */
export function reviewReasons(found: SessionFindings): readonly string[] {
  const { session, startedAt, given } = found;
  if (session.state !== 'ENDED') return [];
  const endedAt = session.endedAt ?? startedAt;
  return [
    ...timeReasons(found, endedAt),
    ...(given.energyWh === undefined ? energyReasons(found, endedAt) : []),
  ];
}

function timeReasons(found: SessionFindings, endedAt: number): readonly string[] {
  const { startedAt } = found;
  const reasons: string[] = [];
  if (found.startMissing) reasons.push('The start of the session never arrived.');
  reasons.push(...untoldEnd(found));
  if (endedAt < startedAt) reasons.push('The session ends before it starts.');
  if (startedAt < earliestBelievable || isAhead(found)) {
    reasons.push("The station's clock cannot have been right.");
  }
  const days = Math.floor((endedAt - startedAt) / dayMs);
  if (days >= longestBelievableDays) reasons.push(`The session is said to have lasted ${days} days.`);
  return reasons;
}

function untoldEnd({ session, given }: SessionFindings): readonly string[] {
  if (given.endedAt !== undefined) return [];
  const byCheck = 'The station never told the end; the session ends at the last that is known of it.';
  const superseded = 'The station never told the end; another session began at the connector.';
  return [
    ...(session.endedByCheck === true ? [byCheck] : []),
    ...(session.stopReason === 'SUPERSEDED' ? [superseded] : []),
  ];
}

function energyReasons(found: SessionFindings, endedAt: number): readonly string[] {
  const { session, facts, readings, changes, energyWh, startedAt, maxPowerW } = found;
  const { begin, end } = readings;
  const most = mostPlausibleWh(maxPowerW, endedAt - startedAt);
  if (!begin || !end) {
    if (!mayHaveCharged(facts)) return [];
    if (energyWh === undefined) return ['The meter gave too few readings to know the energy.'];
    return [`No register was read: ${energyWh} Wh were worked out from power.`];
  }
  if (energyWh === undefined) {
    const hint = rollOverHint(begin, end, most);
    const fall = `The meter fell from ${begin.energyWh} Wh to ${end.energyWh} Wh.`;
    return [hint === undefined ? fall : `${fall} ${hint}`];
  }
  const bounds = { startedAt, ...(session.endedAt === undefined ? {} : { endedAt }) };
  const samples = billableSamples(samplesOfSession({ samples: found.samples, ...bounds }));
  const charged = (from: number, until: number) => mayHaveChargedIn(changes, from, until);
  const trace = { startedAt, endedAt, begin, end, samples, maxPowerW, mayHaveCharged: charged };
  const excess = `The connector cannot have given ${energyWh} Wh in that time with ${maxPowerW} W.`;
  return [...(energyWh > most ? [excess] : []), ...meterDoubts(trace)];
}

/** Vehicles are plugged in and out without charging: then there is no energy to miss. */
function mayHaveCharged(facts: readonly SessionEntry[]): boolean {
  const states = new Set(facts.flatMap(({ chargingState }) => chargingState ?? []));
  return states.size === 0 || [...states].some((state) => state !== 'EV_CONNECTED' && state !== 'IDLE');
}

/** A station that tells no states may have charged at any time. */
function mayHaveChargedIn(changes: readonly ChargingStateChange[], from: number, until: number): boolean {
  if (changes.length === 0) return true;
  const before = changes.findLast(({ at }) => at <= from);
  const within = changes.filter(({ at }) => at > from && at < until);
  return [...(before ? [before] : []), ...within].some(({ state }) => state === 'CHARGING');
}

/**
 * Whatever is late may be true; what came to the system before it happened cannot be. Times that are given by hand came
 * from nowhere, and what lies outside of them plays no part.
 */
function isAhead({ session, facts, startedAt, given }: SessionFindings): boolean {
  const { endedAt, startReceivedAt, endReceivedAt } = session;
  const corrected = given.startedAt !== undefined || given.endedAt !== undefined;
  const plays = ({ at }: SessionEntry) => at >= startedAt && (endedAt === undefined || at <= endedAt);
  const told: readonly { at?: number | undefined; receivedAt?: number | undefined }[] = [
    ...(given.startedAt === undefined ? [{ at: startedAt, receivedAt: startReceivedAt }] : []),
    ...(given.endedAt === undefined ? [{ at: endedAt, receivedAt: endReceivedAt }] : []),
    ...(corrected ? facts.filter(plays) : facts),
  ];
  return told.some(
    ({ at, receivedAt }) =>
      at !== undefined && receivedAt !== undefined && at > receivedAt + clockToleranceMs,
  );
}
