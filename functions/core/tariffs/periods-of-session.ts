import { samplesOfSession } from '../metering/billing-readings.ts';
import type { MeterSample } from '../metering/sample.ts';
import type { SessionRecord } from '../sessions/assemble-session.ts';
import type { ChargingState } from '../sessions/session.ts';
import type { ChargingPeriod } from './rating.ts';

type Activity = ChargingPeriod['activity'];

/**
 * Parking time is the time in which the vehicle does not ask for power (OCPI 2.2.1 mod_cdrs, CdrDimensionType), so
 * a vehicle that the station keeps waiting is not parking.
 */
const activityOf: Readonly<Record<ChargingState, Activity>> = {
  CHARGING: 'CHARGING',
  SUSPENDED_EVSE: 'CHARGING',
  SUSPENDED_EV: 'PARKING',
  EV_CONNECTED: 'PARKING',
  IDLE: 'PARKING',
};

/** A point of the energy curve: a reading, or the session's start or end. What the register had counted of this session by then. */
interface EnergyPoint {
  readonly at: number;
  readonly energyWh: number;
}

/**
 * The periods of a session, at least one, without gaps: one border at each sample and each change between charging
 * and parking. Their energies add up to the session's, which is taken as zero while it is not known. Between two
 * readings energy flows evenly over the time in which the vehicle charged.
 *
 * A running session is cut off at the latest moment known. A station that tells no charging states charges all the
 * time.
 */
export function periodsOfSession(record: SessionRecord): readonly ChargingPeriod[] {
  const startedAt = record.startedAt;
  const endedAt = endOf(record);
  const inside = (at: number) => at > startedAt && at < endedAt;
  const samples = samplesOfSession(record);
  const activities = activityChanges(record);
  const borders = new Set([
    startedAt,
    ...samples.map(({ at }) => at).filter(inside),
    ...activities.map(({ at }) => at).filter(inside),
    endedAt,
  ]);
  const times = [...borders].sort((a, b) => a - b);
  const curve = energyCurve(record);
  const measured = firstByTime(samples);
  const energyAt = energyReader(curve, activities);
  if (times.length === 1) {
    const energyWh = record.energyWh ?? 0;
    return [{ startedAt, endedAt, energyWh, activity: activityAt(activities, startedAt) }];
  }
  const energies = times.map(energyAt);
  return times.slice(1).map((until, index): ChargingPeriod => {
    const from = times[index] ?? startedAt;
    const energyWh = (energies[index + 1] ?? 0) - (energies[index] ?? 0);
    const powerW = mean(measured.get(from)?.powerW, measured.get(until)?.powerW);
    const averageCurrentA = mean(totalCurrentOf(measured.get(from)), totalCurrentOf(measured.get(until)));
    return {
      startedAt: from,
      endedAt: until,
      energyWh,
      activity: activityAt(activities, from),
      averagePowerW: Math.round(powerW ?? (energyWh * 3_600_000) / (until - from)),
      ...(averageCurrentA === undefined ? {} : { averageCurrentA }),
    };
  });
}

function endOf({ startedAt, endedAt, lastAt }: SessionRecord): number {
  return Math.max(startedAt, endedAt ?? lastAt);
}

/**
 * Where the vehicle turns from charging to parking and back, once a moment: of several words of one moment the last
 * counts. Before the first word it does what that says.
 */
function activityChanges(record: SessionRecord): readonly { at: number; activity: Activity }[] {
  const changes: { at: number; activity: Activity }[] = [];
  for (const { at, state } of record.chargingStates) {
    const activity = activityOf[state];
    if (changes.at(-1)?.at === at) changes.pop();
    if (changes.at(-1)?.activity !== activity) changes.push({ at, activity });
  }
  return changes;
}

function activityAt(changes: readonly { at: number; activity: Activity }[], at: number): Activity {
  const next = firstIndex(changes, at);
  const holds = changes[next]?.at === at ? changes[next] : changes[next - 1];
  return holds?.activity ?? changes[0]?.activity ?? 'CHARGING';
}

/**
 * How the energy of a session grew, clock-aligned readings among the others. Begins at zero, ends at the session's energy
 * and never falls: readings that do not fit in are left out.
 */
export function energyCurve(record: SessionRecord): readonly EnergyPoint[] {
  const { begin, end, startedAt } = record;
  const endedAt = endOf(record);
  const total = record.energyWh ?? 0;
  const points: EnergyPoint[] = [{ at: startedAt, energyWh: 0 }];
  if (begin && end && total > 0) {
    if (begin.at > startedAt && begin.at < endedAt) points.push({ at: begin.at, energyWh: 0 });
    for (const { at, energyWh } of samplesOfSession(record)) {
      const counted = (energyWh ?? -1) - begin.energyWh;
      const last = points.at(-1);
      const fits = last && at > last.at && at < end.at && counted >= last.energyWh && counted <= total;
      if (energyWh !== undefined && fits) points.push({ at, energyWh: counted });
    }
    if (end.at < endedAt && end.at > (points.at(-1)?.at ?? startedAt))
      points.push({ at: end.at, energyWh: total });
  }
  points.push({ at: endedAt, energyWh: total });
  return points;
}

/** Reads the curve anywhere, in whole Wh: a meter knows no more. */
function energyReader(
  curve: readonly EnergyPoint[],
  activities: readonly { at: number; activity: Activity }[],
): (at: number) => number {
  return (at) => {
    const next = firstIndex(curve, at);
    const after = curve[next];
    const before = curve[next - 1];
    if (!after) return curve.at(-1)?.energyWh ?? 0;
    if (!before || after.at === at) return after.energyWh;
    const whole = chargingMs(activities, before.at, after.at);
    const share =
      whole > 0
        ? chargingMs(activities, before.at, at) / whole
        : (at - before.at) / Math.max(1, after.at - before.at);
    return before.energyWh + Math.round((after.energyWh - before.energyWh) * share);
  };
}

/** The place of the first of these, which are in order, that is not before the moment. */
function firstIndex(points: readonly { readonly at: number }[], at: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((points[middle]?.at ?? at) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function chargingMs(
  activities: readonly { at: number; activity: Activity }[],
  from: number,
  until: number,
): number {
  const borders = [from, ...activities.map(({ at }) => at).filter((at) => at > from && at < until), until];
  let charging = 0;
  for (const [index, start] of borders.slice(0, -1).entries()) {
    const end = borders[index + 1] ?? until;
    if (activityAt(activities, start) === 'CHARGING') charging += end - start;
  }
  return charging;
}

/** Of several samples of one moment each figure is the first that is given. */
function firstByTime(samples: readonly MeterSample[]): ReadonlyMap<number, MeterSample> {
  const byTime = new Map<number, MeterSample>();
  for (const sample of samples) byTime.set(sample.at, { ...sample, ...byTime.get(sample.at) });
  return byTime;
}

/** The current of all phases, where it is told; else that of the most loaded one. */
export function totalCurrentOf(sample: MeterSample | undefined): number | undefined {
  return sample?.totalCurrentA ?? sample?.currentA;
}

function mean(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : (a + b) / 2;
}
