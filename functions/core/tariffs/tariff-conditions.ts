import { decimal, toInteger } from './decimal.ts';
import type { LocalTime } from './local-time.ts';
import type { PriceComponentType, Tariff, TariffRestrictions, WeekDay } from './tariff.ts';

/** What the restrictions of a tariff are held against: one moment of a session. */
export interface Moment {
  readonly local: LocalTime;
  readonly elapsedMs: number;
  /** Energy of the session so far. */
  readonly energyMilliWh: number;
  /** What was not measured is held to be zero: it passes every upper border and no lower one. */
  readonly powerW: number;
  readonly currentA: number;
}

/** Which element and component of a tariff price a dimension. */
export interface ComponentPlace {
  readonly element: number;
  readonly component: number;
}

const weekDays: readonly WeekDay[] = [
  'SUNDAY',
  'MONDAY',
  'TUESDAY',
  'WEDNESDAY',
  'THURSDAY',
  'FRIDAY',
  'SATURDAY',
];

type Condition = (moment: Moment) => boolean;

/**
 * Chooses the price of one dimension at a moment: the first element that has a component of that type and whose
 * restrictions all hold (OCPI 2.2.1 mod_tariffs, TariffElement). Elements for reservations never price a session.
 */
export function componentChooser(
  tariff: Tariff,
): (type: PriceComponentType, moment: Moment) => ComponentPlace | undefined {
  const conditions = tariff.elements.map(({ restrictions }) => conditionsOf(restrictions ?? {}));
  const candidatesOf = (type: PriceComponentType) =>
    tariff.elements.flatMap(({ priceComponents }, element) => {
      const component = priceComponents.findIndex((candidate) => candidate.type === type);
      return component < 0 ? [] : [{ place: { element, component }, conditions: conditions[element] ?? [] }];
    });
  const candidates = {
    FLAT: candidatesOf('FLAT'),
    ENERGY: candidatesOf('ENERGY'),
    TIME: candidatesOf('TIME'),
    PARKING_TIME: candidatesOf('PARKING_TIME'),
  } satisfies Record<PriceComponentType, unknown>;
  return (type, moment) =>
    candidates[type].find((candidate) => candidate.conditions.every((holds) => holds(moment)))?.place;
}

function conditionsOf(restrictions: TariffRestrictions): readonly Condition[] {
  const { startTime, endTime, startDate, endDate, minDurationS, maxDurationS, daysOfWeek } = restrictions;
  const { minKwh, maxKwh, minPowerKw, maxPowerKw, minCurrentA, maxCurrentA, reservation } = restrictions;
  const conditions: Condition[] = [];
  if (reservation !== undefined) conditions.push(() => false);
  if (startTime !== undefined || endTime !== undefined) conditions.push(timeWindow(startTime, endTime));
  if (startDate !== undefined) conditions.push(({ local }) => local.date >= startDate);
  if (endDate !== undefined) conditions.push(({ local }) => local.date < endDate);
  if (daysOfWeek !== undefined && daysOfWeek.length > 0) {
    conditions.push(({ local }) => daysOfWeek.some((day) => weekDays[local.weekDay] === day));
  }
  if (minDurationS !== undefined) conditions.push(({ elapsedMs }) => elapsedMs >= minDurationS * 1000);
  if (maxDurationS !== undefined) conditions.push(({ elapsedMs }) => elapsedMs < maxDurationS * 1000);
  conditions.push(
    ...range((moment) => moment.energyMilliWh, minKwh && milliWhOf(minKwh), maxKwh && milliWhOf(maxKwh)),
    ...range((moment) => moment.powerW, minPowerKw && wattsOf(minPowerKw), maxPowerKw && wattsOf(maxPowerKw)),
    ...range(
      (moment) => moment.currentA,
      minCurrentA && Number(minCurrentA),
      maxCurrentA && Number(maxCurrentA),
    ),
  );
  return conditions;
}

/** From the lower border on, up to and without the upper one. */
function range(
  read: (moment: Moment) => number,
  least: number | '' | undefined,
  below: number | '' | undefined,
): readonly Condition[] {
  const conditions: Condition[] = [];
  if (typeof least === 'number') conditions.push((moment) => read(moment) >= least);
  if (typeof below === 'number') conditions.push((moment) => read(moment) < below);
  return conditions;
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
