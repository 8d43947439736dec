/** `STOPPED`: by its rule or at the end of its window. `CANCELLED`: by somebody. The last three are final. */
export type CampaignState = 'RUNNING' | 'PAUSED' | 'DONE' | 'STOPPED' | 'CANCELLED';

/** `SKIPPED`: the campaign ended before its turn. The last four are final. */
export type CampaignStationState = 'WAITING' | 'STARTED' | 'DONE' | 'FAILED' | 'CANCELLED' | 'SKIPPED';

/** An update of many stations, some at a time. Times in epoch milliseconds. */
export interface Campaign {
  readonly campaignId: string;
  readonly name: string;
  readonly state: CampaignState;
  /** The neutral parameters of the update that every station gets. */
  readonly update: Readonly<Record<string, unknown>>;
  /** At most this many stations at once. */
  readonly concurrency: number;
  /** No station starts before, or after. */
  readonly startsAt: number;
  readonly endsAt?: number;
  /** Ends the campaign once so many stations, or so many percent of all, have failed. */
  readonly stopAtFailures?: number;
  readonly stopAtPercent?: number;
  /** How long a station that is away is waited for, and how often an update is tried again. */
  readonly waitMs: number;
  readonly automaticRetries: number;
  readonly stationCount: number;
  readonly stoppedBecause?: string;
  readonly createdAt: number;
  readonly createdBy?: string;
  readonly endedAt?: number;
  /** Grows with every change of the campaign or of one of its stations: what was decided on an older view is void. */
  readonly revision: number;
}

/** A station of a campaign. */
export interface CampaignStation {
  readonly stationId: string;
  readonly state: CampaignStationState;
  readonly jobId?: string;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly reason?: string;
}

export type CampaignCounts = Readonly<Record<CampaignStationState, number>>;

/** How many stations are where, counted from their own states. */
export function countStations(stations: readonly CampaignStation[]): CampaignCounts {
  const counts = { WAITING: 0, STARTED: 0, DONE: 0, FAILED: 0, CANCELLED: 0, SKIPPED: 0 };
  for (const { state } of stations) counts[state] += 1;
  return counts;
}

/** What is to be done next: stations to start, or the end. */
export type NextStep =
  | { readonly do: 'START'; readonly stationIds: readonly string[] }
  | { readonly do: 'END'; readonly state: 'DONE' | 'STOPPED'; readonly because?: string }
  | { readonly do: 'NOTHING' };

/** Decides on what a campaign does at a moment, from nothing but what is stored. */
export function nextStep(campaign: Campaign, stations: readonly CampaignStation[], now: number): NextStep {
  if (campaign.state !== 'RUNNING' && campaign.state !== 'PAUSED') return { do: 'NOTHING' };
  const counts = countStations(stations);
  if (counts.WAITING === 0 && counts.STARTED === 0) return { do: 'END', state: 'DONE' };
  const because = reasonToStop(campaign, counts.FAILED, now);
  if (because !== undefined) return { do: 'END', state: 'STOPPED', because };
  if (campaign.state === 'PAUSED' || now < campaign.startsAt) return { do: 'NOTHING' };
  const free = campaign.concurrency - counts.STARTED;
  const stationIds = stations.filter(({ state }) => state === 'WAITING').map(({ stationId }) => stationId);
  return free > 0 && stationIds.length > 0
    ? { do: 'START', stationIds: stationIds.slice(0, free) }
    : { do: 'NOTHING' };
}

function reasonToStop(campaign: Campaign, failed: number, now: number): string | undefined {
  const { stopAtFailures, stopAtPercent, stationCount, endsAt } = campaign;
  if (stopAtFailures !== undefined && failed >= stopAtFailures) return `${failed} stations failed`;
  if (stopAtPercent !== undefined && failed > 0 && failed * 100 >= stopAtPercent * stationCount) {
    return `${failed} of ${stationCount} stations failed`;
  }
  return endsAt !== undefined && now >= endsAt ? 'the window is over' : undefined;
}
