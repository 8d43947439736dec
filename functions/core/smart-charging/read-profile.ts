import { DomainError } from '../errors.ts';
import type { ChargingProfile, ChargingSchedule, SchedulePeriod } from './charging-profile.ts';

type Members = Readonly<Record<string, unknown>>;

/**
 * Reads a profile as callers write it: the members of `ChargingProfile`, moments as RFC 3339 text. Throws
 * `Validation` naming the member at fault below `path`. Its rules are checked elsewhere.
 */
export function readProfile(value: unknown, path: string): ChargingProfile {
  const members = membersOf(value, path);
  const recurrency = optional(members, 'recurrency', path, word(['DAILY', 'WEEKLY'] as const));
  const validFrom = optional(members, 'validFrom', path, moment);
  const validTo = optional(members, 'validTo', path, moment);
  const transactionRef = optional(members, 'transactionRef', path, text);
  return {
    profileId: required(members, 'profileId', path, whole),
    purpose: required(
      members,
      'purpose',
      path,
      word(['STATION_MAX', 'EVSE_DEFAULT', 'TRANSACTION', 'EXTERNAL'] as const),
    ),
    stackLevel: required(members, 'stackLevel', path, whole),
    kind: required(members, 'kind', path, word(['ABSOLUTE', 'RECURRING', 'RELATIVE'] as const)),
    ...(recurrency === undefined ? {} : { recurrency }),
    ...(validFrom === undefined ? {} : { validFrom }),
    ...(validTo === undefined ? {} : { validTo }),
    ...(transactionRef === undefined ? {} : { transactionRef }),
    schedules: listOf(members.schedules, `${path}.schedules`).map((schedule, index) =>
      readSchedule(schedule, `${path}.schedules.${index}`),
    ),
  };
}

function readSchedule(value: unknown, path: string): ChargingSchedule {
  const members = membersOf(value, path);
  const scheduleId = optional(members, 'scheduleId', path, whole);
  const startAt = optional(members, 'startAt', path, moment);
  const durationS = optional(members, 'durationS', path, whole);
  const minRate = optional(members, 'minRate', path, number);
  return {
    ...(scheduleId === undefined ? {} : { scheduleId }),
    unit: required(members, 'unit', path, word(['W', 'A'] as const)),
    ...(startAt === undefined ? {} : { startAt }),
    ...(durationS === undefined ? {} : { durationS }),
    periods: listOf(members.periods, `${path}.periods`).map((period, index) =>
      readPeriod(period, `${path}.periods.${index}`),
    ),
    ...(minRate === undefined ? {} : { minRate }),
  };
}

function readPeriod(value: unknown, path: string): SchedulePeriod {
  const members = membersOf(value, path);
  const phases = optional(members, 'phases', path, whole);
  const phaseToUse = optional(members, 'phaseToUse', path, whole);
  return {
    startS: required(members, 'startS', path, whole),
    limit: required(members, 'limit', path, number),
    ...(phases === undefined ? {} : { phases }),
    ...(phaseToUse === undefined ? {} : { phaseToUse }),
  };
}

/** Gives the value, or says what it must be. */
type Reader<Value> = (value: unknown) => { readonly value: Value } | { readonly must: string };

const whole: Reader<number> = (value) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0x7fff_ffff
    ? { value }
    : { must: 'be a whole number from 0' };

const number: Reader<number> = (value) =>
  typeof value === 'number' && Number.isFinite(value) ? { value } : { must: 'be a number' };

const text: Reader<string> = (value) =>
  typeof value === 'string' && value !== '' ? { value } : { must: 'be a non-empty text' };

const moment: Reader<number> = (value) => {
  const at =
    typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T.+(Z|[+-]\d{2}:\d{2})$/.test(value)
      ? Date.parse(value)
      : Number.NaN;
  return Number.isFinite(at) ? { value: at } : { must: 'be a moment such as 2030-01-31T12:00:00Z' };
};

function word<Word extends string>(words: readonly Word[]): Reader<Word> {
  return (value) => {
    const found = words.find((candidate) => candidate === value);
    return found === undefined ? { must: `be one of ${words.join(', ')}` } : { value: found };
  };
}

function required<Value>(members: Members, name: string, path: string, read: Reader<Value>): Value {
  const result = read(members[name]);
  if ('value' in result) return result.value;
  throw invalid(`${path}.${name}`, `must ${result.must}`);
}

function optional<Value>(
  members: Members,
  name: string,
  path: string,
  read: Reader<Value>,
): Value | undefined {
  const value = members[name];
  return value === undefined || value === null ? undefined : required(members, name, path, read);
}

function membersOf(value: unknown, path: string): Members {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members;
  throw invalid(path, 'must be an object');
}

function listOf(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw invalid(path, 'must be a list');
}

/** A refusal that names a member, as callers wrote it. */
export function invalid(path: string, problem: string): DomainError {
  return new DomainError('Validation', `${path} ${problem}`, path);
}
