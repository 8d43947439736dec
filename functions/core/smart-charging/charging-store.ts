import type {
  ChargingProfile,
  ChargingSchedule,
  ExternalLimit,
  InstalledProfile,
  LimitSource,
  ProfilePurpose,
  RateUnit,
} from './charging-profile.ts';
import type { EvNeeds, EvNeedsPolicy } from './ev-needs.ts';

/** How a vehicle means to charge, and whether that is within the limits. Periods count from `baseAt`. */
export interface EvSchedule {
  readonly evseId: number;
  readonly baseAt: number;
  readonly schedule: ChargingSchedule;
  readonly fits: boolean;
  readonly notedAt: number;
}

/** A stretch in which the station and we see different limits; a limit that is absent is none. */
export interface LimitDifference {
  readonly fromS: number;
  readonly toS: number;
  readonly ours?: number;
  readonly theirs?: number;
}

/** The station's own composite schedule beside ours. */
export interface ScheduleComparison {
  readonly evseId: number;
  readonly unit: RateUnit;
  readonly startAt: number;
  readonly durationS: number;
  readonly comparedAt: number;
  readonly differences: readonly LimitDifference[];
}

/** Which profiles a report was asked for. */
export interface ReportRequest {
  readonly requestId: number;
  readonly criteria: ProfileCriteria;
  readonly askedAt: number;
}

/** The last message of a report arrived. */
export interface ReportEnd {
  readonly requestId: number;
  readonly toldAt: number;
}

/** Names profiles of a station; what is absent does not matter. */
export interface ProfileCriteria {
  readonly profileIds?: readonly number[];
  readonly evseId?: number;
  readonly purpose?: ProfilePurpose;
  readonly stackLevel?: number;
  readonly sources?: readonly LimitSource[];
}

/** A profile as kept, with the report that named it last. */
export interface KnownProfile extends InstalledProfile {
  readonly reportId?: number;
}

/** All that is known of charging at one station. */
export interface StationCharging {
  readonly profiles: readonly KnownProfile[];
  readonly limits: readonly ExternalLimit[];
  readonly needs: readonly EvNeeds[];
  readonly evSchedules: readonly EvSchedule[];
  readonly comparisons: readonly ScheduleComparison[];
  readonly reports: readonly ReportRequest[];
  readonly reportEnds: readonly ReportEnd[];
  /** Whether it lets its charging be limited; unknown when absent. */
  readonly controllable?: boolean;
}

/**
 * What limits charging at the stations of one tenant. Every fact has its moment: one that is older than what is kept
 * changes nothing, so facts may come late, twice, in any order.
 */
export interface ChargingStore {
  findCharging(stationId: string): Promise<StationCharging>;
  installProfile(stationId: string, installed: KnownProfile): Promise<void>;
  clearProfiles(stationId: string, profileIds: readonly number[], at: number): Promise<void>;
  noteLimit(stationId: string, limit: ExternalLimit): Promise<void>;
  clearLimit(
    stationId: string,
    limit: { readonly evseId: number; readonly source: LimitSource },
    at: number,
  ): Promise<void>;
  noteNeeds(stationId: string, needs: EvNeeds): Promise<void>;
  noteEvSchedule(stationId: string, schedule: EvSchedule): Promise<void>;
  noteComparison(stationId: string, comparison: ScheduleComparison): Promise<void>;
  noteReport(stationId: string, report: ReportRequest): Promise<void>;
  noteReportEnd(stationId: string, end: ReportEnd): Promise<void>;
  noteControllable(stationId: string, controllable: boolean, at: number): Promise<void>;
}

/** What an operator wants of charging: of one station, or for all stations of the tenant. */
export interface ChargingSettings {
  /** What follows from the needs of vehicles; the tenant's word where a station has none, and nothing by default. */
  readonly evNeeds?: EvNeedsPolicy;
  /** Profiles that the station is to have, put back when it has booted. */
  readonly desired: readonly { readonly evseId: number; readonly profile: ChargingProfile }[];
}

/** The settings of one tenant, of which a station's own come first. Each is set by itself: the others stay. */
export interface ChargingSettingsStore {
  /** Of the tenant when no station is named. Empty when nothing was set. */
  findSettings(stationId?: string): Promise<ChargingSettings>;
  /** Of the tenant when no station is named; `undefined`: it has no word on it. */
  setEvNeeds(evNeeds: EvNeedsPolicy | undefined, stationId?: string): Promise<void>;
  setDesired(desired: ChargingSettings['desired'], stationId: string): Promise<void>;
}
