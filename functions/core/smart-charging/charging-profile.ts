/**
 * What a limit is for. `STATION_MAX` bounds the whole station, `EVSE_DEFAULT` sessions that have nothing of their own,
 * `TRANSACTION` one session; `EXTERNAL` came to the station by another way than us.
 */
export type ProfilePurpose = 'STATION_MAX' | 'EVSE_DEFAULT' | 'TRANSACTION' | 'EXTERNAL';

/** `ABSOLUTE` has a start of its own, `RECURRING` begins again each day or week, `RELATIVE` begins with the session. */
export type ProfileKind = 'ABSOLUTE' | 'RECURRING' | 'RELATIVE';

/** Watts over all phases together, or amperes on each phase. */
export type RateUnit = 'W' | 'A';

/** Who limits: the system itself (`CSO`), an energy management, the system operator of the grid, somebody else. */
export type LimitSource = 'CSO' | 'EMS' | 'SO' | 'OTHER';

/** A limit that holds from `startS` after the start of its schedule until the next period starts. */
export interface SchedulePeriod {
  readonly startS: number;
  /** In the schedule's unit, with at most one decimal. */
  readonly limit: number;
  /** Three when absent. */
  readonly phases?: number;
  /** Which phase, where there is but one. */
  readonly phaseToUse?: number;
}

/** Limits over time. Moments in epoch milliseconds. */
export interface ChargingSchedule {
  readonly scheduleId?: number;
  readonly unit: RateUnit;
  /** Absent: the start of the session. */
  readonly startAt?: number;
  /** Absent: the last period goes on. */
  readonly durationS?: number;
  readonly periods: readonly SchedulePeriod[];
  /** The least that the vehicle can do with. */
  readonly minRate?: number;
}

/** A charging profile as stations keep it. Of several for the same purpose the highest stack level counts. */
export interface ChargingProfile {
  /** Unique at its station. */
  readonly profileId: number;
  readonly purpose: ProfilePurpose;
  readonly stackLevel: number;
  readonly kind: ProfileKind;
  /** Of recurring ones alone. */
  readonly recurrency?: 'DAILY' | 'WEEKLY';
  readonly validFrom?: number;
  /** The first moment at which it does not count any more. */
  readonly validTo?: number;
  /** The session it is for, by the station's own name; absent in one that goes along with a remote start. */
  readonly transactionRef?: string;
  /** One; up to three only for a vehicle that chooses among them. */
  readonly schedules: readonly ChargingSchedule[];
}

/** A profile that a station keeps, for an EVSE; EVSE 0 is the station, or every EVSE of it for `EVSE_DEFAULT`. */
export interface InstalledProfile {
  readonly evseId: number;
  readonly profile: ChargingProfile;
  readonly source: LimitSource;
  /** When the station was asked to, or reported it. */
  readonly installedAt: number;
}

/** A limit from outside that a station told of. EVSE 0 is the station. */
export interface ExternalLimit {
  readonly evseId: number;
  readonly source: LimitSource;
  readonly gridCritical?: boolean;
  /** Empty where the station told of a limit, but not which. */
  readonly schedules: readonly ChargingSchedule[];
  readonly notedAt: number;
}

/** Limits are whole tenths of their unit: comparing them as such is exact where floating point is not. */
export function toTenths(limit: number): number {
  return Math.floor(limit * 10 + 1e-6);
}

export function fromTenths(tenths: number): number {
  return tenths / 10;
}

/** Whether a number has at most one decimal: whether it is the number closest to some whole count of tenths. */
export function hasOneDecimal(limit: number): boolean {
  return Math.round(limit * 10) / 10 === limit;
}

export const secondsPerRecurrence = { DAILY: 86_400, WEEKLY: 604_800 } as const;
