import type { ChargingPeriod, ReservedTime } from '#core/tariffs/rating.ts';
import type { PriceComponentType, Tariff, TariffRestrictions } from '#core/tariffs/tariff.ts';
import { minuteMs } from './periods.ts';

/** A sum as a fraction of whole numbers: of prices in thousandths, Wh, seconds and VAT in tenths of a percent. */
export interface ExactSum {
  readonly exclVat: bigint;
  readonly inclVat: bigint;
  readonly denominator: bigint;
}

/** What holds in one minute. */
interface Minute {
  readonly at: number;
  readonly elapsedS: number;
  readonly energyWh: number;
  readonly powerW: number;
  readonly currentA: number;
  readonly kind: ChargingPeriod['activity'] | 'RESERVED';
  readonly addedWh: number;
}

const denominator = 18_000_000_000n;

/**
 * What a session costs, worked out without any of the engine's ways: minute by minute, in whole numbers. For periods
 * that begin and end on whole minutes, take the same whole Wh each minute, and cross limits of energy between minutes.
 */
export function naivePrice(
  periods: readonly ChargingPeriod[],
  tariff: Tariff,
  timeZone: string,
  reservation?: ReservedTime,
): ExactSum {
  const volumes = new Map<string, { type: PriceComponentType; group: string; volume: number }>();
  const lastKeys = new Map<string, string>();
  for (const minute of [...reservedMinutes(reservation), ...sessionMinutes(periods)]) {
    for (const [type, volume] of volumesOf(minute)) {
      if (volume === 0) continue;
      const place = firstFit(tariff, type, { minute, timeZone, expired: reservation?.expired ?? false });
      if (!place) continue;
      const group = `${minute.kind === 'RESERVED'}${type}`;
      const known = volumes.get(place) ?? { type, group, volume: 0 };
      volumes.set(place, { ...known, volume: type === 'FLAT' ? 1 : known.volume + volume });
      if (type === 'FLAT') continue;
      lastKeys.set(`${minute.kind === 'RESERVED'}${type === 'ENERGY'}`, place);
    }
  }
  for (const key of lastKeys.values()) roundUp(tariff, volumes, key);
  let exclVat = 0n;
  let inclVat = 0n;
  for (const [key, { type, volume }] of volumes) {
    const { price, vat = '0' } = componentAt(tariff, key);
    const units = { FLAT: 18_000_000n, ENERGY: 18_000n, TIME: 5_000n, PARKING_TIME: 5_000n }[type];
    const worth = BigInt(Math.round(Number(price) * 1000)) * BigInt(volume) * units;
    exclVat += worth;
    inclVat += (worth * BigInt(1000 + Math.round(Number(vat) * 10))) / 1000n;
  }
  return { exclVat, inclVat, denominator };
}

function roundUp(
  tariff: Tariff,
  volumes: Map<string, { type: PriceComponentType; group: string; volume: number }>,
  key: string,
): void {
  const last = volumes.get(key);
  const { stepSize } = componentAt(tariff, key);
  if (!last || stepSize === 0) return;
  let total = 0;
  for (const { group, volume } of volumes.values()) if (group === last.group) total += volume;
  while (total % stepSize !== 0) {
    total += 1;
    last.volume += 1;
  }
}

function componentAt(tariff: Tariff, key: string) {
  const [element = 0, component = 0] = key.split('/').map(Number);
  const found = tariff.elements[element]?.priceComponents[component];
  if (!found) throw new Error(`no component ${key}`);
  return found;
}

function* sessionMinutes(periods: readonly ChargingPeriod[]): Generator<Minute> {
  const startedAt = periods[0]?.startedAt ?? 0;
  let energyWh = 0;
  for (const period of periods) {
    const minutes = (period.endedAt - period.startedAt) / minuteMs;
    const addedWh = period.energyWh / minutes;
    for (let index = 0; index < minutes; index += 1) {
      const at = period.startedAt + index * minuteMs;
      yield {
        at,
        elapsedS: (at - startedAt) / 1000,
        energyWh,
        powerW: period.averagePowerW ?? 0,
        currentA: period.averageCurrentA ?? 0,
        kind: period.activity,
        addedWh,
      };
      energyWh += addedWh;
    }
  }
}

function* reservedMinutes(reservation: ReservedTime | undefined): Generator<Minute> {
  if (!reservation) return;
  const still = { energyWh: 0, powerW: 0, currentA: 0, kind: 'RESERVED', addedWh: 0 } as const;
  for (let at = reservation.startedAt; at < reservation.endedAt; at += minuteMs) {
    yield { at, elapsedS: (at - reservation.startedAt) / 1000, ...still };
  }
}

function volumesOf({ kind, addedWh }: Minute): readonly (readonly [PriceComponentType, number])[] {
  if (kind === 'RESERVED') {
    return [
      ['FLAT', 1],
      ['TIME', 60],
    ];
  }
  return [
    ['FLAT', 1],
    ['ENERGY', addedWh],
    ['TIME', kind === 'CHARGING' ? 60 : 0],
    ['PARKING_TIME', kind === 'PARKING' ? 60 : 0],
  ];
}

function firstFit(
  tariff: Tariff,
  type: PriceComponentType,
  { minute, timeZone, expired }: { minute: Minute; timeZone: string; expired: boolean },
): string | undefined {
  const places = tariff.elements.flatMap(({ priceComponents, restrictions = {} }, element) => {
    const component = priceComponents.findIndex((candidate) => candidate.type === type);
    const { reservation } = restrictions;
    const isOurs =
      minute.kind === 'RESERVED'
        ? reservation === 'RESERVATION' || (expired && reservation !== undefined)
        : reservation === undefined;
    return component >= 0 && isOurs && holds(restrictions, minute, timeZone)
      ? [{ key: `${element}/${component}`, reservation }]
      : [];
  });
  const forExpired = places.find(({ reservation }) => reservation === 'RESERVATION_EXPIRES');
  return (type === 'TIME' && forExpired ? forExpired : places[0])?.key;
}

function holds(given: TariffRestrictions, minute: Minute, timeZone: string): boolean {
  const { time, date, day } = wallClock(minute.at, timeZone);
  const { startTime: from = '00:00', endTime: until = '00:00' } = given;
  const isWithin =
    given.startTime === undefined && given.endTime === undefined
      ? true
      : from < until
        ? time >= from && time < until
        : time >= from || time < until;
  return (
    isWithin &&
    date >= (given.startDate ?? '') &&
    date < (given.endDate ?? '9') &&
    (given.daysOfWeek ?? [day]).some((one) => one === day) &&
    minute.elapsedS >= (given.minDurationS ?? 0) &&
    minute.elapsedS < (given.maxDurationS ?? Number.POSITIVE_INFINITY) &&
    minute.energyWh >= Number(given.minKwh ?? 0) * 1000 &&
    minute.energyWh < Number(given.maxKwh ?? Number.POSITIVE_INFINITY) * 1000 &&
    minute.powerW >= Number(given.minPowerKw ?? 0) * 1000 &&
    minute.powerW < Number(given.maxPowerKw ?? Number.POSITIVE_INFINITY) * 1000 &&
    minute.currentA >= Number(given.minCurrentA ?? 0) &&
    minute.currentA < Number(given.maxCurrentA ?? Number.POSITIVE_INFINITY)
  );
}

const seen = new Map<string, { time: string; date: string; day: string }>();
const clocks = new Map<string, Intl.DateTimeFormat>();

/** Asked of the runtime for every single minute, and remembered. */
function wallClock(at: number, timeZone: string): { time: string; date: string; day: string } {
  const key = `${timeZone}${at}`;
  const known = seen.get(key);
  if (known) return known;
  const clock =
    clocks.get(timeZone) ??
    new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  clocks.set(timeZone, clock);
  const [date = '', time = ''] = clock.format(at).split(' ');
  const day = new Date(`${date}T00:00:00Z`).toLocaleDateString('en', { weekday: 'long', timeZone: 'UTC' });
  const told = { time, date, day: day.toUpperCase() };
  seen.set(key, told);
  return told;
}
