import type { StationLimits } from '../stations/station-limits.ts';
import {
  type ChargingProfile,
  type ChargingSchedule,
  hasOneDecimal,
  type InstalledProfile,
  type SchedulePeriod,
  secondsPerRecurrence,
} from './charging-profile.ts';

/** What is wrong with a profile, and where: the path of the member in the profile, or `['evseId']` beside it. */
export interface ProfileFault {
  readonly path: readonly (string | number)[];
  readonly problem: string;
}

/** What profiles are held to beside their own rules. */
export interface ProfileRules {
  readonly evseId: number;
  readonly limits: StationLimits;
  /** Sent along with a remote start: its session has no name yet. */
  readonly withStart?: boolean;
  /** Where a schedule that is not relative must say when it starts (2.0.1 K01.FR.40). */
  readonly startRequired?: boolean;
}

/**
 * The first rule that a profile breaks which we want to give a station (OCPP 1.6 §3.13 and §7.8, 2.0.1 K01);
 * `undefined` when it keeps them all.
 */
export function faultOfProfile(profile: ChargingProfile, rules: ProfileRules): ProfileFault | undefined {
  return (
    faultOfPurpose(profile, rules) ??
    faultOfStack(profile, rules) ??
    faultOfTimes(profile) ??
    faultOfSchedules(profile, rules)
  );
}

function fault(problem: string, ...path: (string | number)[]): ProfileFault {
  return { path, problem };
}

function faultOfPurpose(
  { purpose, kind, transactionRef }: ChargingProfile,
  { evseId, withStart = false }: ProfileRules,
): ProfileFault | undefined {
  if (purpose === 'EXTERNAL') return fault('is for others than the system to set', 'purpose');
  if (purpose === 'STATION_MAX') {
    if (evseId !== 0) return fault('must be 0: the profile limits the whole station', 'evseId');
    if (kind === 'RELATIVE')
      return fault('may not be relative: a station has no start to be relative to', 'kind');
  }
  if (purpose === 'TRANSACTION') {
    if (withStart && transactionRef !== undefined) {
      return fault('must be absent: the transaction is yet to start', 'transactionRef');
    }
    if (!withStart && evseId === 0) return fault('must name the EVSE of the transaction', 'evseId');
    if (!withStart && transactionRef === undefined) {
      return fault('is required: the profile is for one transaction', 'transactionRef');
    }
    return undefined;
  }
  if (withStart) return fault('must be that of one transaction', 'purpose');
  return transactionRef === undefined
    ? undefined
    : fault('belongs to profiles of transactions alone', 'transactionRef');
}

function faultOfStack({ stackLevel }: ChargingProfile, { limits }: ProfileRules): ProfileFault | undefined {
  const most = limits.profileStackLevel ?? Number.MAX_SAFE_INTEGER;
  if (stackLevel < 0) return fault('must not be negative', 'stackLevel');
  return stackLevel > most ? fault(`must be at most ${most} at this station`, 'stackLevel') : undefined;
}

function faultOfTimes({
  kind,
  recurrency,
  validFrom,
  validTo,
  purpose,
  schedules,
}: ChargingProfile): ProfileFault | undefined {
  if (kind === 'RECURRING' && recurrency === undefined) {
    return fault('is required of a recurring profile', 'recurrency');
  }
  if (kind !== 'RECURRING' && recurrency !== undefined) {
    return fault('belongs to recurring profiles alone', 'recurrency');
  }
  if (validFrom !== undefined && validTo !== undefined && validTo <= validFrom) {
    return fault('must be later than the start of validity', 'validTo');
  }
  if (schedules.length === 0) return fault('must not be empty', 'schedules');
  if (schedules.length > 3) return fault('may hold three at most', 'schedules');
  return schedules.length > 1 && purpose !== 'TRANSACTION'
    ? fault('may be several in the profile of a transaction alone', 'schedules')
    : undefined;
}

function faultOfSchedules(profile: ChargingProfile, rules: ProfileRules): ProfileFault | undefined {
  for (const [index, schedule] of profile.schedules.entries()) {
    const found = faultOfSchedule(profile, schedule, rules);
    if (found) return fault(found.problem, 'schedules', index, ...found.path);
  }
  return undefined;
}

function faultOfSchedule(
  { kind, recurrency }: ChargingProfile,
  { unit, startAt, durationS, minRate, periods }: ChargingSchedule,
  { limits, startRequired = false }: ProfileRules,
): ProfileFault | undefined {
  const mustStart = kind === 'RECURRING' || (kind === 'ABSOLUTE' && startRequired);
  if (mustStart && startAt === undefined) return fault('is required: the profile is not relative', 'startAt');
  if (kind === 'RELATIVE' && startAt !== undefined) {
    return fault('must be absent: the profile begins with the transaction', 'startAt');
  }
  if (durationS !== undefined && durationS <= 0) return fault('must be positive', 'durationS');
  if (recurrency !== undefined && durationS !== undefined && durationS > secondsPerRecurrence[recurrency]) {
    return fault('may not be longer than the recurrence', 'durationS');
  }
  if (minRate !== undefined && (minRate < 0 || !hasOneDecimal(minRate))) {
    return fault('must be a number from 0 with at most one decimal', 'minRate');
  }
  const { rateUnits } = limits;
  if (rateUnits?.includes(unit) === false) {
    return fault(`must be ${rateUnits.join(' or ')} at this station`, 'unit');
  }
  const most = limits.periodsPerSchedule ?? Number.MAX_SAFE_INTEGER;
  if (periods.length === 0) return fault('must not be empty', 'periods');
  if (periods.length > most) return fault(`may be ${most} at most at this station`, 'periods');
  return faultOfPeriods(periods);
}

function faultOfPeriods(periods: readonly SchedulePeriod[]): ProfileFault | undefined {
  for (const [index, period] of periods.entries()) {
    const before = periods[index - 1];
    const at = (problem: string, member: string) => fault(problem, 'periods', index, member);
    if (before === undefined && period.startS !== 0) return at('must be 0 in the first period', 'startS');
    if (before !== undefined && period.startS <= before.startS) {
      return at('must be later than that of the period before', 'startS');
    }
    const { limit, phases, phaseToUse } = period;
    if (limit < 0 || !hasOneDecimal(limit)) {
      return at('must be a number from 0 with at most one decimal', 'limit');
    }
    if (phases !== undefined && ![1, 2, 3].includes(phases)) return at('must be 1, 2 or 3', 'phases');
    if (phaseToUse === undefined) continue;
    if (phases !== 1) return at('may be chosen for one phase alone', 'phaseToUse');
    if (![1, 2, 3].includes(phaseToUse)) return at('must be 1, 2 or 3', 'phaseToUse');
  }
  return undefined;
}

/** Whether the system set these for the same place, purpose, level and time (2.0.1 K01.FR.06, K01.FR.39). */
export function conflictingProfile(
  wanted: { evseId: number; profile: ChargingProfile },
  installed: readonly InstalledProfile[],
): InstalledProfile | undefined {
  const { evseId, profile } = wanted;
  return installed.find(
    (other) =>
      other.source === 'CSO' &&
      other.profile.profileId !== profile.profileId &&
      other.profile.purpose === profile.purpose &&
      other.profile.stackLevel === profile.stackLevel &&
      (profile.purpose === 'TRANSACTION'
        ? other.profile.transactionRef === profile.transactionRef
        : other.evseId === evseId && overlap(other.profile, profile)),
  );
}

function overlap(one: ChargingProfile, other: ChargingProfile): boolean {
  const { MIN_SAFE_INTEGER: never, MAX_SAFE_INTEGER: always } = Number;
  return (
    (one.validFrom ?? never) < (other.validTo ?? always) &&
    (other.validFrom ?? never) < (one.validTo ?? always)
  );
}
