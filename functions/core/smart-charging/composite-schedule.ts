import {
  type ChargingProfile,
  type ChargingSchedule,
  type ExternalLimit,
  fromTenths,
  type InstalledProfile,
  type ProfilePurpose,
  type RateUnit,
  type SchedulePeriod,
  secondsPerRecurrence,
  toTenths,
} from './charging-profile.ts';
import { type Electrics, inUnit } from './electrics.ts';

/** Which limits to put together: those of an EVSE, for a stretch of time in a unit. */
export interface CompositeQuestion {
  readonly evseId: number;
  /** Epoch milliseconds. */
  readonly startAt: number;
  readonly durationS: number;
  readonly unit: RateUnit;
}

/** What is known of the EVSE. */
export interface ChargingFacts {
  readonly profiles: readonly InstalledProfile[];
  readonly limits: readonly ExternalLimit[];
  readonly electrics: Electrics;
  /** The session that runs there. */
  readonly transaction?: { readonly transactionRef: string; readonly startedAt: number };
}

/** A stretch of a composite schedule, until the next one starts. Without a limit nobody limits it. */
export interface CompositePeriod {
  readonly startS: number;
  readonly limit?: number;
  readonly phases?: number;
}

/** A limit at a moment, in tenths of its unit. */
interface Limit {
  readonly tenths: number;
  readonly unit: RateUnit;
  readonly phases: number;
}

/**
 * The limits that hold at an EVSE over a stretch of time (1.6 §3.13.4, 2.0.1 K08), exact to the second and the tenth:
 * of each purpose the highest stack level that says something at the moment; the session's own profile in place of
 * the default; and the lowest of that, the station's maximum and what others limit. All times are UTC.
 *
 * Of a profile with several schedules, which the vehicle chooses from, the lowest counts. For EVSE 0 these are the
 * limits of the station as a whole.
 */
export function compositeSchedule(
  question: CompositeQuestion,
  facts: ChargingFacts,
): readonly CompositePeriod[] {
  const periods: CompositePeriod[] = [];
  for (const startS of changesWithin(question, facts)) {
    const limit = limitAt(question, facts, question.startAt + startS * 1000);
    const before = periods.at(-1);
    if (before && before.limit === limit.limit && before.phases === limit.phases) continue;
    periods.push({ startS, ...limit });
  }
  return periods;
}

/** The limit at one moment, in the question's unit; empty where nobody limits. */
export function limitAt(
  { evseId, unit, startAt }: Pick<CompositeQuestion, 'evseId' | 'unit' | 'startAt'>,
  facts: ChargingFacts,
  at: number,
): Omit<CompositePeriod, 'startS'> {
  const origin = facts.transaction?.startedAt ?? startAt;
  const own = leading(facts, evseId, 'TRANSACTION', { at, origin });
  const limits = [
    own ?? leading(facts, evseId, 'EVSE_DEFAULT', { at, origin }),
    leading(facts, evseId, 'STATION_MAX', { at, origin }),
    leading(facts, evseId, 'EXTERNAL', { at, origin }),
    ...facts.limits.filter(isAt(evseId)).map((limit) => lowest(externalLimits(limit, at), facts.electrics)),
  ].filter((limit) => limit !== undefined);
  const first = lowest(limits, facts.electrics, unit);
  if (!first) return {};
  const phases = Math.min(...limits.map((limit) => limit.phases));
  const tenths = inUnit(first.tenths, first.unit, unit, { ...facts.electrics, phases: first.phases });
  return { limit: fromTenths(tenths), phases };
}

interface Moment {
  readonly at: number;
  /** Where schedules without a start begin. */
  readonly origin: number;
}

/** What the highest level says that says something; an EVSE's own word goes before the one for all EVSEs. */
function leading(
  facts: ChargingFacts,
  evseId: number,
  purpose: ProfilePurpose,
  moment: Moment,
): Limit | undefined {
  const candidates = facts.profiles
    .filter(({ profile }) => profile.purpose === purpose)
    .filter((installed) => concerns(installed, evseId, facts))
    .toSorted((one, other) => other.profile.stackLevel - one.profile.stackLevel || other.evseId - one.evseId);
  for (const { profile } of candidates) {
    const limit = lowest(profileLimits(profile, moment, facts.electrics.phases), facts.electrics);
    if (limit) return limit;
  }
  return undefined;
}

function concerns(
  { evseId: where, profile }: InstalledProfile,
  evseId: number,
  facts: ChargingFacts,
): boolean {
  switch (profile.purpose) {
    case 'TRANSACTION':
      return where === evseId && profile.transactionRef === facts.transaction?.transactionRef;
    case 'EVSE_DEFAULT':
      return evseId !== 0 && (where === evseId || where === 0);
    default:
      return where === 0 || where === evseId;
  }
}

function isAt(evseId: number) {
  return (limit: ExternalLimit) => limit.evseId === 0 || limit.evseId === evseId;
}

function profileLimits(profile: ChargingProfile, moment: Moment, phases: number): readonly Limit[] {
  const { validFrom = moment.at, validTo = Number.MAX_SAFE_INTEGER } = profile;
  if (moment.at < validFrom || moment.at >= validTo) return [];
  return profile.schedules.flatMap((schedule) => scheduleLimit(schedule, profile, moment, phases));
}

function externalLimits({ schedules, notedAt }: ExternalLimit, at: number): readonly Limit[] {
  return schedules.flatMap((schedule) =>
    scheduleLimit(schedule, { kind: 'ABSOLUTE' }, { at, origin: notedAt }, 3),
  );
}

function scheduleLimit(
  schedule: ChargingSchedule,
  { kind, recurrency }: Pick<ChargingProfile, 'kind' | 'recurrency'>,
  { at, origin }: Moment,
  usualPhases: number,
): readonly Limit[] {
  const start = kind === 'RELATIVE' ? origin : (schedule.startAt ?? origin);
  const sinceStartS = (at - start) / 1000;
  if (sinceStartS < 0) return [];
  const offsetS = recurrency === undefined ? sinceStartS : sinceStartS % secondsPerRecurrence[recurrency];
  if (schedule.durationS !== undefined && offsetS >= schedule.durationS) return [];
  const period = schedule.periods.findLast(({ startS }) => startS <= offsetS);
  return period ? [limitOf(period, schedule.unit, usualPhases)] : [];
}

function limitOf({ limit, phases }: SchedulePeriod, unit: RateUnit, usualPhases: number): Limit {
  return { tenths: toTenths(limit), unit, phases: phases ?? usualPhases };
}

function lowest(
  limits: readonly Limit[],
  electrics: Electrics,
  unit: RateUnit = limits[0]?.unit ?? 'A',
): Limit | undefined {
  const rate = ({ tenths, unit: from, phases }: Limit) =>
    inUnit(tenths, from, unit, { ...electrics, phases });
  return limits.toSorted((one, other) => rate(one) - rate(other))[0];
}

/** The seconds at which some limit begins, changes or ends, in their order; the first is 0. */
function changesWithin(
  { startAt, durationS }: CompositeQuestion,
  { profiles, limits, transaction }: ChargingFacts,
): readonly number[] {
  const origin = transaction?.startedAt ?? startAt;
  const endAt = startAt + durationS * 1000;
  const moments: number[] = [];
  for (const { profile } of profiles) {
    moments.push(profile.validFrom ?? startAt, profile.validTo ?? startAt);
    for (const schedule of profile.schedules) {
      const start = profile.kind === 'RELATIVE' ? origin : (schedule.startAt ?? origin);
      moments.push(...changesOf(schedule, start, profile.recurrency, { startAt, endAt }));
    }
  }
  for (const { schedules, notedAt } of limits) {
    for (const schedule of schedules) {
      moments.push(...changesOf(schedule, schedule.startAt ?? notedAt, undefined, { startAt, endAt }));
    }
  }
  const seconds = moments
    .filter((at) => at > startAt && at < endAt)
    .map((at) => Math.ceil((at - startAt) / 1000))
    .filter((second) => second < durationS);
  return [...new Set([0, ...seconds])].sort((one, other) => one - other);
}

function changesOf(
  { periods, durationS }: ChargingSchedule,
  start: number,
  recurrency: ChargingProfile['recurrency'],
  { startAt, endAt }: { startAt: number; endAt: number },
): readonly number[] {
  const offsets = [...periods.map(({ startS }) => startS), ...(durationS === undefined ? [] : [durationS])];
  if (recurrency === undefined) return offsets.map((offset) => start + offset * 1000);
  const everyMs = secondsPerRecurrence[recurrency] * 1000;
  const changes: number[] = [];
  for (let from = Math.max(0, Math.floor((startAt - start) / everyMs)); ; from += 1) {
    const begin = start + from * everyMs;
    if (begin >= endAt) return changes;
    changes.push(
      ...offsets.filter((offset) => offset * 1000 <= everyMs).map((offset) => begin + offset * 1000),
    );
  }
}
