import * as z from 'zod';
import { decimal, scaleByTen, toInteger } from '#core/tariffs/decimal.ts';
import type { SessionToQuote } from '#core/tariffs/quote-session.ts';
import type { ChargingPeriod, ReservedTime } from '#core/tariffs/rating.ts';
import { invalid, ocpiDateTime, ocpiNumber, pathOf, readShape } from './fields.ts';

/** As many as a session of a month with a period every two minutes. */
const mostPeriods = 22_000;
const hourMs = 3_600_000;
/** Whoever means more has mistyped a year, and every day of it would be looked at. */
const longestMs = 366 * 24 * hourMs;
/** Hours are written with three or four decimals: within this much of the clock they mean the clock. */
const toleranceMs = 1_800;

const readDimensions = [
  'ENERGY',
  'ENERGY_IMPORT',
  'ENERGY_EXPORT',
  'TIME',
  'PARKING_TIME',
  'RESERVATION_TIME',
  'CURRENT',
  'MIN_CURRENT',
  'MAX_CURRENT',
  'POWER',
  'MIN_POWER',
  'MAX_POWER',
] as const;
type ReadDimension = (typeof readDimensions)[number];
type Volumes = Partial<Record<ReadDimension, string>>;

const chargingPeriods = z
  .array(
    z.object({
      start_date_time: ocpiDateTime,
      dimensions: z.array(z.object({ type: z.string(), volume: ocpiNumber })),
    }),
  )
  .max(mostPeriods);

const session = z.object({
  start: ocpiDateTime.nullish(),
  end: ocpiDateTime.nullish(),
  reservation: z.object({ start: ocpiDateTime, end: ocpiDateTime, expired: z.boolean().nullish() }).nullish(),
  charging_periods: chargingPeriods.nullish(),
});

/** A period as it came, and when it ends: where the next begins. */
interface WirePeriod {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly volumes: Volumes;
  readonly path: string;
}

/**
 * A session in OCPI's words, `{ start, end, reservation: { start, end, expired }, charging_periods }`, to be priced.
 * Charging periods are those of OCPI 2.2.1 (mod_cdrs, ChargingPeriod) in any order. Each lasts until the next begins,
 * the last until the session ends; times of it that are stated neither as TIME nor as PARKING_TIME are `UNSTATED`. One
 * with nothing but RESERVATION_TIME is the reservation, when that is not given by itself. Nothing but a reservation is
 * one that expired. Throws `Validation` naming the member at fault by its path, below `at`.
 */
export function readOcpiSession(value: unknown, at = ''): SessionToQuote {
  const { start, end, reservation: given, charging_periods } = readShape(session, value, at);
  const wire = wirePeriods(charging_periods ?? [], end, at);
  const charging = wire.filter((period) => !isReservation(period));
  const reservation = given
    ? { startedAt: given.start, endedAt: given.end, expired: given.expired ?? charging.length === 0 }
    : reservedBy(wire.filter(isReservation), charging);
  if (!reservation && charging.length === 0) {
    throw invalid('a session has charging periods, or a reservation', pathOf(at, 'charging_periods'));
  }
  const [first] = charging;
  checkOrder({ start, reservation, first, at });
  const startedAt = Math.max(start ?? Number.NEGATIVE_INFINITY, reservation?.endedAt ?? 0);
  const hasGap = first !== undefined && start != null && startedAt < first.startedAt;
  if (hasGap && first.startedAt - startedAt > longestMs) {
    throw invalid('a session lasts a year at most', pathOf(at, 'start'));
  }
  const gap: readonly ChargingPeriod[] = hasGap
    ? [{ startedAt, endedAt: first.startedAt, energyWh: 0, activity: 'UNSTATED' }]
    : [];
  return {
    periods: [...gap, ...charging.flatMap(periodsFrom)],
    ...(reservation ? { reservation } : {}),
  };
}

function wirePeriods(
  given: z.infer<typeof chargingPeriods>,
  end: number | null | undefined,
  at: string,
): readonly WirePeriod[] {
  const ordered = given
    .map((period, index) => ({ ...period, path: pathOf(at, `charging_periods.${index}`) }))
    .sort((a, b) => a.start_date_time - b.start_date_time);
  const last = ordered.at(-1);
  if (!last) return [];
  if (end == null) throw invalid('when the session ended', pathOf(at, 'end'));
  if (last.start_date_time > end) {
    throw invalid('a period starts before the session ends', `${last.path}.start_date_time`);
  }
  if (end - (ordered[0]?.start_date_time ?? end) > longestMs) {
    throw invalid('a session lasts a year at most', pathOf(at, 'end'));
  }
  return ordered.map(({ start_date_time, dimensions, path }, index) => ({
    startedAt: start_date_time,
    endedAt: ordered[index + 1]?.start_date_time ?? end,
    volumes: volumesFrom(dimensions, path),
    path,
  }));
}

function volumesFrom(dimensions: readonly { type: string; volume: string }[], path: string): Volumes {
  const volumes: Volumes = {};
  for (const [index, { type, volume }] of dimensions.entries()) {
    const known = readDimensions.find((name) => name === type);
    if (!known) continue;
    const place = `${path}.dimensions.${index}`;
    if (volumes[known] !== undefined) throw invalid(`a period states ${type} once`, `${place}.type`);
    if (known.endsWith('TIME') && decimal(volume).lt(0)) {
      throw invalid('a time is zero or more', `${place}.volume`);
    }
    volumes[known] = volume;
  }
  return volumes;
}

/** A period in which nothing happened but that the place was kept. */
function isReservation({ volumes, path }: WirePeriod): boolean {
  const { RESERVATION_TIME: reserved, ...others } = volumes;
  if (reserved === undefined) return false;
  const isUsed = (['ENERGY', 'TIME', 'PARKING_TIME'] as const).some(
    (name) => Number(others[name] ?? 0) !== 0,
  );
  if (!isUsed) return true;
  if (Number(reserved) === 0) return false;
  throw invalid('a period of a reservation has no energy, charging or parking', `${path}.dimensions`);
}

function reservedBy(
  reserved: readonly WirePeriod[],
  charging: readonly WirePeriod[],
): ReservedTime | undefined {
  const [first] = reserved;
  const last = reserved.at(-1);
  if (!first || !last) return undefined;
  const statedMs = millisecondsOf(last.volumes.RESERVATION_TIME ?? '0', `${last.path}.dimensions`);
  const endedAt = withinTolerance(statedMs, last) ? last.endedAt : last.startedAt + statedMs;
  return { startedAt: first.startedAt, endedAt, expired: charging.length === 0 };
}

function checkOrder(found: {
  start: number | null | undefined;
  reservation: ReservedTime | undefined;
  first: WirePeriod | undefined;
  at: string;
}): void {
  const { start, reservation, first, at } = found;
  if (reservation && reservation.endedAt < reservation.startedAt) {
    throw invalid('a reservation ends after it starts', pathOf(at, 'reservation.end'));
  }
  if (reservation && reservation.endedAt - reservation.startedAt > longestMs) {
    throw invalid('a reservation lasts a year at most', pathOf(at, 'reservation.end'));
  }
  if (!first) return;
  if (start != null && first.startedAt < start) {
    throw invalid('a period starts within the session', `${first.path}.start_date_time`);
  }
  if (reservation && reservation.endedAt > first.startedAt) {
    throw invalid('a reservation ends when charging begins', pathOf(at, 'reservation.end'));
  }
}

/** A period by what was done in it, one after the other: charging, in which all energy flowed, parking, and the rest. */
function periodsFrom(wire: WirePeriod): readonly ChargingPeriod[] {
  const { startedAt, endedAt } = wire;
  const { chargingMs, parkingMs } = stretchesOf(wire);
  const stretches = [
    { activity: 'CHARGING', durationMs: chargingMs },
    { activity: 'PARKING', durationMs: parkingMs },
    { activity: 'UNSTATED', durationMs: endedAt - startedAt - chargingMs - parkingMs },
  ] as const;
  const lasting = stretches.filter(({ durationMs }) => durationMs > 0);
  let from = startedAt;
  return (lasting.length === 0 ? stretches.slice(2) : lasting).map(({ activity, durationMs }, index) => {
    const until = from + durationMs;
    const period: ChargingPeriod = {
      startedAt: from,
      endedAt: until,
      energyWh: index === 0 ? energyWhOf(wire) : 0,
      activity,
      ...strengthOf(wire.volumes),
    };
    from = until;
    return period;
  });
}

/** How long the vehicle charged and how long it stood there: by the clock, where the stated hours mean that. */
function stretchesOf(wire: WirePeriod): { chargingMs: number; parkingMs: number } {
  const path = `${wire.path}.dimensions`;
  const chargingMs = millisecondsOf(wire.volumes.TIME ?? '0', path);
  const parkingMs = millisecondsOf(wire.volumes.PARKING_TIME ?? '0', path);
  const durationMs = wire.endedAt - wire.startedAt;
  if (chargingMs + parkingMs > 0 && withinTolerance(chargingMs + parkingMs, wire)) {
    if (chargingMs === 0) return { chargingMs: 0, parkingMs: durationMs };
    const parkedMs = Math.min(parkingMs, durationMs);
    return { chargingMs: durationMs - parkedMs, parkingMs: parkedMs };
  }
  if (chargingMs + parkingMs > durationMs) {
    throw invalid('TIME and PARKING_TIME come to no more than the period lasts', path);
  }
  return { chargingMs, parkingMs };
}

function withinTolerance(statedMs: number, { startedAt, endedAt }: WirePeriod): boolean {
  return Math.abs(endedAt - startedAt - statedMs) <= toleranceMs;
}

function millisecondsOf(hours: string, path: string): number {
  const milliseconds = toInteger(decimal(hours).times(hourMs));
  if (milliseconds === undefined) throw invalid('a number of hours', path);
  return milliseconds;
}

/** In thousandths of a Wh: OCPI's kWh have four decimals, one less. */
function energyWhOf({ volumes, path }: WirePeriod): number {
  const { ENERGY, ENERGY_IMPORT = '0', ENERGY_EXPORT = '0' } = volumes;
  const kWh = ENERGY === undefined ? decimal(ENERGY_IMPORT).minus(decimal(ENERGY_EXPORT)) : decimal(ENERGY);
  const milliWh = toInteger(scaleByTen(kWh, 6));
  if (milliWh === undefined) throw invalid('an energy in kWh', `${path}.dimensions`);
  return milliWh / 1000;
}

/** Currents in A, all phases together; powers in W. */
function strengthOf({
  CURRENT,
  MIN_CURRENT,
  MAX_CURRENT,
  POWER,
  MIN_POWER,
  MAX_POWER,
}: Volumes): Partial<ChargingPeriod> {
  const watts = (kilowatts: string) => scaleByTen(decimal(kilowatts), 3).toNumber();
  return {
    ...(POWER === undefined ? {} : { averagePowerW: watts(POWER) }),
    ...(MIN_POWER === undefined ? {} : { minPowerW: watts(MIN_POWER) }),
    ...(MAX_POWER === undefined ? {} : { maxPowerW: watts(MAX_POWER) }),
    ...(CURRENT === undefined ? {} : { averageCurrentA: Number(CURRENT) }),
    ...(MIN_CURRENT === undefined ? {} : { minCurrentA: Number(MIN_CURRENT) }),
    ...(MAX_CURRENT === undefined ? {} : { maxCurrentA: Number(MAX_CURRENT) }),
  };
}
