import type { Page, PageRequest } from '../ports.ts';
import type { Campaign, CampaignStation, CampaignStationState } from './campaign.ts';

/** A campaign and all its stations, seen at one moment. */
export interface CampaignView {
  readonly campaign: Campaign;
  readonly stations: readonly CampaignStation[];
}

/** The campaigns of one tenant. */
export interface CampaignStore {
  /** Keeps a campaign with its stations, all of them waiting. */
  addCampaign(campaign: Campaign, stationIds: readonly string[]): Promise<void>;
  /** Strongly consistent, in the order of station ids. */
  findCampaign(campaignId: string): Promise<CampaignView | undefined>;
  /** Newest first. */
  listCampaigns(page: PageRequest): Promise<Page<Campaign>>;
  /** Changes the campaign itself if it is still at this revision. */
  changeCampaign(
    campaign: Pick<Campaign, 'campaignId' | 'revision'>,
    change: Partial<Pick<Campaign, 'state' | 'endedAt' | 'stoppedBecause'>>,
  ): Promise<'changed' | 'changed-meanwhile'>;
  /** Marks waiting stations started, all or none, if the campaign is running and still at this revision. */
  claimStations(
    campaign: Pick<Campaign, 'campaignId' | 'revision'>,
    stations: readonly { stationId: string; jobId: string }[],
    at: number,
  ): Promise<'claimed' | 'changed-meanwhile'>;
  /** Ends a started station. `not-started`: it has ended before, or never began. */
  endStation(
    campaignId: string,
    station: { stationId: string; jobId: string },
    end: {
      state: Extract<CampaignStationState, 'DONE' | 'FAILED' | 'CANCELLED'>;
      at: number;
      reason?: string;
    },
  ): Promise<'ended' | 'not-started'>;
  /** Marks a station skipped if it is still waiting. */
  skipStation(campaignId: string, stationId: string, at: number): Promise<void>;
}
