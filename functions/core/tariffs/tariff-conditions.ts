import { decimal, toInteger } from './decimal.ts';
import { type Dimension, reservationDimensions, sessionDimensions, traits } from './dimensions.ts';
import type { LocalTime } from './local-time.ts';
import type { Tariff, TariffRestrictions, WeekDay } from './tariff.ts';

/** What the restrictions of a tariff are held against: one moment of a session. */
export interface Moment {
  readonly local: LocalTime;
  readonly elapsedMs: number;
  /** Energy of the session so far. */
  readonly energyMilliWh: number;
  /** What was not measured is held to be zero: it passes every upper border and no lower one. */
  readonly leastPowerW: number;
  readonly greatestPowerW: number;
  readonly leastCurrentA: number;
  readonly greatestCurrentA: number;
}

/** A session, a reservation that was used, one that expired: elements price one of the first two, and the last as well. */
export type Phase = 'SESSION' | 'RESERVATION' | 'EXPIRED_RESERVATION';

/** Which element and component of a tariff price a dimension. */
export interface ComponentPlace {
  readonly element: number;
  readonly component: number;
}

const daysFromSunday: readonly WeekDay[] = [
  'SUNDAY',
  'MONDAY',
  'TUESDAY',
  'WEDNESDAY',
  'THURSDAY',
  'FRIDAY',
  'SATURDAY',
];

type Condition = (moment: Moment) => boolean;

interface Candidate {
  readonly place: ComponentPlace;
  readonly conditions: readonly Condition[];
}

/**
 * Chooses the price of one dimension at a moment: the first element that has a component of that type and whose
 * restrictions all hold (OCPI 2.2.1 mod_tariffs, TariffElement). Elements for reservations never price a session, and
 * no others a reservation. The time of one that expired is priced by an element for expired ones wherever it stands
 * (ReservationRestrictionType).
 */
export function componentChooser(
  tariff: Tariff,
  phase: Phase,
): (dimension: Dimension, moment: Moment) => ComponentPlace | undefined {
  const candidates = new Map<Dimension, readonly Candidate[]>();
  const ofPhase = phase === 'SESSION' ? sessionDimensions : reservationDimensions;
  for (const dimension of ofPhase) candidates.set(dimension, candidatesOf(tariff, phase, dimension));
  return (dimension, moment) => {
    for (const { place, conditions } of candidates.get(dimension) ?? []) {
      if (holdAll(conditions, moment)) return place;
    }
    return undefined;
  };
}

function candidatesOf(tariff: Tariff, phase: Phase, dimension: Dimension): readonly Candidate[] {
  const found: (Candidate & { forExpired: boolean })[] = [];
  for (const [element, { priceComponents, restrictions = {} }] of tariff.elements.entries()) {
    const component = priceComponents.findIndex(({ type }) => type === traits[dimension].type);
    if (component < 0 || !isOfPhase(restrictions, phase)) continue;
    const forExpired = restrictions.reservation === 'RESERVATION_EXPIRES';
    found.push({ place: { element, component }, conditions: conditionsOf(restrictions), forExpired });
  }
  if (dimension !== 'RESERVATION_TIME') return found;
  return [...found.filter(({ forExpired }) => forExpired), ...found.filter(({ forExpired }) => !forExpired)];
}

function isOfPhase({ reservation }: TariffRestrictions, phase: Phase): boolean {
  if (phase === 'SESSION') return reservation === undefined;
  return reservation === 'RESERVATION' || (phase === 'EXPIRED_RESERVATION' && reservation !== undefined);
}

function holdAll(conditions: readonly Condition[], moment: Moment): boolean {
  for (const holds of conditions) if (!holds(moment)) return false;
  return true;
}

function conditionsOf(restrictions: TariffRestrictions): readonly Condition[] {
  const { startTime, endTime, startDate, endDate, minDurationS, maxDurationS, daysOfWeek } = restrictions;
  const conditions: Condition[] = [];
  if (startTime !== undefined || endTime !== undefined) conditions.push(timeWindow(startTime, endTime));
  if (startDate !== undefined) conditions.push(({ local }) => local.date >= startDate);
  if (endDate !== undefined) conditions.push(({ local }) => local.date < endDate);
  if (daysOfWeek !== undefined && daysOfWeek.length > 0) {
    conditions.push(({ local }) => daysOfWeek.some((day) => daysFromSunday[local.weekDay] === day));
  }
  if (minDurationS !== undefined) conditions.push(({ elapsedMs }) => elapsedMs >= minDurationS * 1000);
  if (maxDurationS !== undefined) conditions.push(({ elapsedMs }) => elapsedMs < maxDurationS * 1000);
  return [...conditions, ...quantityConditions(restrictions)];
}

/** From the lower border on, up to and without the upper one. */
function quantityConditions(restrictions: TariffRestrictions): readonly Condition[] {
  const { minKwh, maxKwh, minPowerKw, maxPowerKw, minCurrentA, maxCurrentA } = restrictions;
  const conditions: Condition[] = [];
  const where = (border: string | undefined, condition: (border: string) => Condition) => {
    if (border !== undefined) conditions.push(condition(border));
  };
  where(minKwh, (border) => atLeast(milliWhOf(border), ({ energyMilliWh }) => energyMilliWh));
  where(maxKwh, (border) => below(milliWhOf(border), ({ energyMilliWh }) => energyMilliWh));
  where(minPowerKw, (border) => atLeast(wattsOf(border), ({ leastPowerW }) => leastPowerW));
  where(maxPowerKw, (border) => below(wattsOf(border), ({ greatestPowerW }) => greatestPowerW));
  where(minCurrentA, (border) => atLeast(Number(border), ({ leastCurrentA }) => leastCurrentA));
  where(maxCurrentA, (border) => below(Number(border), ({ greatestCurrentA }) => greatestCurrentA));
  return conditions;
}

function atLeast(border: number, read: (moment: Moment) => number): Condition {
  return (moment) => read(moment) >= border;
}

function below(border: number, read: (moment: Moment) => number): Condition {
  return (moment) => read(moment) < border;
}

/** From start on, without the end; over midnight when the end is not after the start; all day when they are equal. */
function timeWindow(startTime = '00:00', endTime = '00:00'): Condition {
  const start = minuteOf(startTime);
  const end = minuteOf(endTime);
  if (start < end) return ({ local }) => local.minuteOfDay >= start && local.minuteOfDay < end;
  return ({ local }) => local.minuteOfDay >= start || local.minuteOfDay < end;
}

/** Where prices may change: minutes of the local day, time since the start, energy so far. */
export interface PriceBorders {
  /** Empty when nothing depends on the wall clock. */
  readonly minutesOfDay: readonly number[];
  readonly elapsedMs: readonly number[];
  readonly energyMilliWh: readonly number[];
}

export function priceBorders(tariff: Tariff): PriceBorders {
  const all = tariff.elements.flatMap(({ restrictions }) => (restrictions ? [restrictions] : []));
  const times = all.flatMap(({ startTime, endTime }) => [startTime, endTime]).filter(isGiven);
  const byDay = all.some(
    ({ startDate, endDate, daysOfWeek }) =>
      startDate !== undefined || endDate !== undefined || daysOfWeek !== undefined,
  );
  const durations = all.flatMap(({ minDurationS, maxDurationS }) => [minDurationS, maxDurationS]);
  const energies = all.flatMap(({ minKwh, maxKwh }) => [minKwh, maxKwh]);
  return {
    minutesOfDay: [...new Set([...times.map(minuteOf), ...(times.length > 0 || byDay ? [0] : [])])],
    elapsedMs: durations.filter(isGiven).map((seconds) => seconds * 1000),
    energyMilliWh: energies.filter(isGiven).map(milliWhOf),
  };
}

function minuteOf(time: string): number {
  const [hours, minutes] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}

function milliWhOf(kwh: string): number {
  return toInteger(decimal(kwh).times(1_000_000)) ?? Number.MAX_SAFE_INTEGER;
}

function wattsOf(kilowatts: string): number {
  return decimal(kilowatts).times(1000).toNumber();
}

function isGiven<Value>(value: Value | undefined): value is Value {
  return value !== undefined;
}
