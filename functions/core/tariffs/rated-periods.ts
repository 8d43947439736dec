import type { PiecePrices, PricedPiece } from './bill-volumes.ts';
import { dimensions, traits } from './dimensions.ts';
import type { ChargingPeriod, RatedPeriod } from './rating.ts';
import type { Stretch } from './split-periods.ts';
import type { PriceComponentType } from './tariff.ts';

/** A stretch of a period, as it goes into a rated one. */
interface PeriodPart {
  readonly period: Stretch;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly energyMilliWh: number;
}

/** A period under construction: what neighbours that are priced alike come to together. */
interface OpenPeriod {
  readonly first: Stretch;
  readonly startedAt: number;
  endedAt: number;
  energyMilliWh: number;
  /** Current times time, over the time in which it is known. */
  currentAMs: number;
  currentMs: number;
  extremes: Extremes;
  readonly prices: PiecePrices;
}

type Extremes = Pick<Stretch, 'minPowerW' | 'maxPowerW' | 'minCurrentA' | 'maxCurrentA'>;

/** Joins neighbours that are priced alike: samples alone make no periods of a bill. */
export function ratedPeriods(pieces: readonly PricedPiece[]): readonly RatedPeriod[] {
  return mergeParts(pieces.map(({ piece, prices }) => ({ part: piece, prices })));
}

/** The periods of a session that no tariff prices. */
export function unratedPeriods(periods: readonly ChargingPeriod[]): readonly RatedPeriod[] {
  const prices: PiecePrices = {};
  return mergeParts(
    periods.map((period) => ({
      part: { ...period, period, energyMilliWh: Math.round(period.energyWh * 1000) },
      prices,
    })),
  );
}

function mergeParts(parts: readonly { part: PeriodPart; prices: PiecePrices }[]): readonly RatedPeriod[] {
  const merged: OpenPeriod[] = [];
  let last: OpenPeriod | undefined;
  for (const { part, prices } of parts) {
    if (last && isAlike(last, part, prices)) {
      addPart(last, part);
      continue;
    }
    last = openPeriod(part, prices);
    merged.push(last);
  }
  return merged.map(closePeriod);
}

function isAlike(open: OpenPeriod, part: PeriodPart, prices: PiecePrices): boolean {
  if (open.first.activity !== part.period.activity || open.endedAt !== part.startedAt) return false;
  if (open.prices === prices) return true;
  return dimensions.every((dimension) => open.prices[dimension]?.element === prices[dimension]?.element);
}

function openPeriod(part: PeriodPart, prices: PiecePrices): OpenPeriod {
  const { period, startedAt } = part;
  const open = {
    first: period,
    startedAt,
    endedAt: startedAt,
    energyMilliWh: 0,
    currentAMs: 0,
    currentMs: 0,
    extremes: {},
    prices,
  };
  addPart(open, part);
  return open;
}

function addPart(open: OpenPeriod, { period, startedAt, endedAt, energyMilliWh }: PeriodPart): void {
  open.endedAt = endedAt;
  open.energyMilliWh += energyMilliWh;
  if (period.averageCurrentA !== undefined) {
    open.currentAMs += period.averageCurrentA * (endedAt - startedAt);
    open.currentMs += endedAt - startedAt;
  }
  open.extremes = widened(open.extremes, period);
}

function widened(known: Extremes, period: Extremes): Extremes {
  const { minPowerW, maxPowerW, minCurrentA, maxCurrentA } = period;
  if ((minPowerW ?? maxPowerW ?? minCurrentA ?? maxCurrentA) === undefined) return known;
  const extremes: { -readonly [Name in keyof Extremes]: Extremes[Name] } = { ...known };
  for (const name of ['minPowerW', 'minCurrentA'] as const) {
    const value = period[name];
    if (value !== undefined) extremes[name] = Math.min(value, known[name] ?? value);
  }
  for (const name of ['maxPowerW', 'maxCurrentA'] as const) {
    const value = period[name];
    if (value !== undefined) extremes[name] = Math.max(value, known[name] ?? value);
  }
  return extremes;
}

/** What a bill says of power follows from its energy and its time. */
function closePeriod(open: OpenPeriod): RatedPeriod {
  const { first, startedAt, endedAt, prices, currentAMs, currentMs } = open;
  const durationMs = endedAt - startedAt;
  const energyWh = open.energyMilliWh / 1000;
  const averagePowerW =
    durationMs === 0 ? first.averagePowerW : Math.round((energyWh * 3_600_000) / durationMs);
  const averageCurrentA =
    currentMs === 0 ? first.averageCurrentA : Math.round((currentAMs / currentMs) * 1000) / 1000;
  const elements: Partial<Record<PriceComponentType, number>> = {};
  for (const dimension of dimensions) {
    const place = prices[dimension];
    if (place) elements[traits[dimension].type] = place.element;
  }
  return {
    startedAt,
    endedAt,
    energyWh,
    activity: first.activity,
    ...(averagePowerW === undefined ? {} : { averagePowerW }),
    ...(averageCurrentA === undefined ? {} : { averageCurrentA }),
    ...open.extremes,
    elements,
  };
}
