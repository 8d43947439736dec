import type { RateUnit } from './charging-profile.ts';

/** The most that the stations of a site may draw together. */
export interface SiteLimit {
  readonly siteId: string;
  readonly unit: RateUnit;
  /** Of all phases together in watts, on each phase in amperes. At most one decimal. */
  readonly limit: number;
  /** Below this a vehicle does not charge: it gets as much, or nothing. */
  readonly minCurrentA: number;
  /** Absent: the stations whose location it is. */
  readonly stationIds?: readonly string[];
  readonly updatedAt: number;
}

/** What was last asked of a station for one session, or for sessions to come (`sessionId` absent). */
export interface Grant {
  readonly stationId: string;
  readonly sessionId?: string;
  readonly evseId: number;
  readonly profileId: number;
  /** Tenths, in the unit of the site. */
  readonly tenths: number;
  /** In which unit its station was told. */
  readonly unit?: RateUnit;
  /** The command that carries it. */
  readonly commandId: string;
  readonly askedAt: number;
}

/** What a site cannot give away because it cannot be told to stop. */
export interface Reserve {
  readonly stationId: string;
  readonly sessionId?: string;
  readonly evseId: number;
  readonly tenths: number;
  readonly reason: 'OFFLINE' | 'NOT_CONTROLLABLE' | 'UNKNOWN_EVSE';
}

/** A session's part of the site. */
export interface Share {
  readonly stationId: string;
  readonly sessionId: string;
  readonly evseId: number;
  /** What is meant for it, and what it may draw by what its station is known to hold. */
  readonly targetTenths: number;
  readonly boundTenths: number;
}

/** How a site's limit was divided. `version` grows by one with every division: of two at once, one starts over. */
export interface SiteAllocation {
  readonly version: number;
  readonly balancedAt: number;
  /** Absent for stations without a site. */
  readonly limit?: { readonly unit: RateUnit; readonly limit: number };
  readonly shares: readonly Share[];
  readonly reserves: readonly Reserve[];
  readonly grants: readonly Grant[];
}

/** Whose allocation: a site's, or that of a station which belongs to none. */
export type GroupRef = { readonly siteId: string } | { readonly stationId: string };

/** Sites of one tenant. */
export interface SiteStore {
  findSiteLimit(siteId: string): Promise<SiteLimit | undefined>;
  /** All of them. */
  listSiteLimits(): Promise<readonly SiteLimit[]>;
  saveSiteLimit(limit: SiteLimit): Promise<void>;
  deleteSiteLimit(siteId: string): Promise<'deleted' | 'absent'>;
  findAllocation(group: GroupRef): Promise<SiteAllocation | undefined>;
  /** Replaces the allocation whose version is one less, or none by version 1. */
  saveAllocation(group: GroupRef, allocation: SiteAllocation): Promise<'saved' | 'changed-meanwhile'>;
  /** Says that a site is to be balanced: those who do it are told. */
  askBalance(siteId: string, at: number): Promise<void>;
}
