import { DomainError } from '#core/errors.ts';
import type {
  ChargingProfile,
  ChargingSchedule,
  LimitSource,
  ProfileKind,
  RateUnit,
  SchedulePeriod,
} from '#core/smart-charging/charging-profile.ts';
import type { CompositePeriod } from '#core/smart-charging/composite-schedule.ts';
import type { ProfileFault } from '#core/smart-charging/profile-faults.ts';

/** A schedule as every version writes it; some members are of single versions. */
interface WireSchedule {
  readonly id?: number;
  readonly startSchedule?: string;
  readonly duration?: number;
  readonly chargingRateUnit: RateUnit;
  readonly chargingSchedulePeriod: readonly WirePeriod[];
  readonly minChargingRate?: number;
}

interface WirePeriod {
  readonly startPeriod: number;
  readonly limit: number;
  readonly numberPhases?: number;
  readonly phaseToUse?: number;
}

/** The members of a profile that are the same in every version. */
interface WireKind {
  readonly stackLevel: number;
  readonly chargingProfileKind: 'Absolute' | 'Recurring' | 'Relative';
  readonly recurrencyKind?: 'Daily' | 'Weekly';
  readonly validFrom?: string;
  readonly validTo?: string;
}

const kinds = { Absolute: 'ABSOLUTE', Recurring: 'RECURRING', Relative: 'RELATIVE' } as const;
const wireKinds = { ABSOLUTE: 'Absolute', RECURRING: 'Recurring', RELATIVE: 'Relative' } as const;

/** Reads what profiles of all versions share. Moments that cannot be read are left out. */
export function kindOf(wire: WireKind): {
  stackLevel: number;
  kind: ProfileKind;
} & Pick<ChargingProfile, 'recurrency' | 'validFrom' | 'validTo'> {
  const { stackLevel, chargingProfileKind, recurrencyKind } = wire;
  const [validFrom, validTo] = [momentOf(wire.validFrom), momentOf(wire.validTo)];
  return {
    stackLevel,
    kind: kinds[chargingProfileKind],
    ...(recurrencyKind === undefined ? {} : { recurrency: recurrencyKind === 'Daily' ? 'DAILY' : 'WEEKLY' }),
    ...(validFrom === undefined ? {} : { validFrom }),
    ...(validTo === undefined ? {} : { validTo }),
  };
}

/** Writes what profiles of all versions share. */
export function wireKindOf({ stackLevel, kind, recurrency, validFrom, validTo }: ChargingProfile) {
  return {
    stackLevel,
    chargingProfileKind: wireKinds[kind],
    ...(recurrency === undefined
      ? {}
      : { recurrencyKind: recurrency === 'DAILY' ? ('Daily' as const) : ('Weekly' as const) }),
    ...(validFrom === undefined ? {} : { validFrom: rfc3339(validFrom) }),
    ...(validTo === undefined ? {} : { validTo: rfc3339(validTo) }),
  };
}

export function scheduleOf(wire: WireSchedule): ChargingSchedule {
  const { id, duration, chargingRateUnit, chargingSchedulePeriod, minChargingRate } = wire;
  const startAt = momentOf(wire.startSchedule);
  return {
    ...(id === undefined ? {} : { scheduleId: id }),
    unit: chargingRateUnit,
    ...(startAt === undefined ? {} : { startAt }),
    ...(duration === undefined ? {} : { durationS: duration }),
    periods: chargingSchedulePeriod.map(periodOf),
    ...(minChargingRate === undefined ? {} : { minRate: minChargingRate }),
  };
}

function periodOf({ startPeriod, limit, numberPhases, phaseToUse }: WirePeriod): SchedulePeriod {
  return {
    startS: startPeriod,
    limit,
    ...(numberPhases === undefined ? {} : { phases: numberPhases }),
    ...(phaseToUse === undefined ? {} : { phaseToUse }),
  };
}

export function wireScheduleOf({ unit, startAt, durationS, periods, minRate }: ChargingSchedule) {
  return {
    ...(startAt === undefined ? {} : { startSchedule: rfc3339(startAt) }),
    ...(durationS === undefined ? {} : { duration: durationS }),
    chargingRateUnit: unit,
    chargingSchedulePeriod: periods.map(wirePeriodOf),
    ...(minRate === undefined ? {} : { minChargingRate: minRate }),
  };
}

function wirePeriodOf({ startS, limit, phases, phaseToUse }: SchedulePeriod) {
  return {
    startPeriod: startS,
    limit,
    ...(phases === undefined ? {} : { numberPhases: phases }),
    ...(phaseToUse === undefined ? {} : { phaseToUse }),
  };
}

/** The periods of a composite schedule that a station worked out. */
export function compositePeriodsOf(periods: readonly WirePeriod[]): readonly CompositePeriod[] {
  return periods.map(({ startPeriod, limit, numberPhases }) => ({
    startS: startPeriod,
    limit,
    ...(numberPhases === undefined ? {} : { phases: numberPhases }),
  }));
}

export function limitSourceOf(source: 'EMS' | 'Other' | 'SO' | 'CSO'): LimitSource {
  return source === 'Other' ? 'OTHER' : source;
}

/** Members of a profile in the words of all versions; a version adds its own. */
const sharedWords: Readonly<Record<string, string>> = {
  purpose: 'chargingProfilePurpose',
  kind: 'chargingProfileKind',
  recurrency: 'recurrencyKind',
  transactionRef: 'transactionId',
  unit: 'chargingRateUnit',
  startAt: 'startSchedule',
  durationS: 'duration',
  periods: 'chargingSchedulePeriod',
  startS: 'startPeriod',
  phases: 'numberPhases',
  minRate: 'minChargingRate',
};

/** Refuses a call for a fault of its profile, naming the member in the version's own words below `parameters`. */
export function faultError(
  fault: ProfileFault,
  where: { readonly evse: string; readonly profile: string; readonly schedules: 'one' | 'list' },
): DomainError {
  const [first, ...rest] = fault.path;
  const path = first === 'evseId' ? [where.evse] : [where.profile, ...inWords([first ?? '', ...rest], where)];
  const field = ['parameters', ...path].join('.');
  return new DomainError('Validation', `${path.join('.')} ${fault.problem}`, field);
}

function inWords(
  path: readonly (string | number)[],
  { schedules }: { readonly schedules: 'one' | 'list' },
): readonly (string | number)[] {
  const [first, index, ...rest] = path;
  const rename = (member: string | number) => sharedWords[member] ?? member;
  if (first !== 'schedules') return path.map(rename);
  const place = index === undefined || schedules === 'one' ? [] : [index];
  return ['chargingSchedule', ...place, ...rest.map(rename)];
}

function momentOf(text: string | undefined): number | undefined {
  const at = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isFinite(at) ? at : undefined;
}

function rfc3339(at: number): string {
  return new Date(at).toISOString();
}
