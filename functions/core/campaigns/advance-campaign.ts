import { DomainError } from '../errors.ts';
import { isOver, type Job } from '../jobs/job.ts';
import { type JobWishPorts, readUpdateFirmware } from '../jobs/job-wishes.ts';
import { type JobPorts, startJob } from '../jobs/start-job.ts';
import { knownStation } from '../stations/known-station.ts';
import type { StationStore } from '../stations/station-store.ts';
import { type Campaign, type CampaignStation, nextStep } from './campaign.ts';
import type { CampaignStore, CampaignView } from './campaign-store.ts';

export interface CampaignPorts extends JobPorts, JobWishPorts {
  readonly campaigns: CampaignStore;
  readonly stations: StationStore;
}

/** Somebody else is at it as often as this: the next event goes on. */
const mostSteps = 100;

/**
 * Does what is next in a campaign until there is nothing: starts stations, or ends it. Each step is decided on a view
 * and written only if nothing changed since, so it may run any number of times, in several places. Stations that were
 * started get their job here, also those whose starter died in between.
 */
export async function advanceCampaign(ports: CampaignPorts, campaignId: string): Promise<void> {
  for (let step = 0; step < mostSteps; step += 1) {
    const view = await ports.campaigns.findCampaign(campaignId);
    if (!view) return;
    const { campaign, stations } = view;
    if (await endedWhileStarting(ports, view)) continue;
    const now = ports.clock();
    const next = nextStep(campaign, stations, now);
    if (next.do === 'NOTHING') return skipLeftOver(ports, campaign, stations, now);
    if (next.do === 'END') {
      const { state, because } = next;
      const end = { state, endedAt: now, ...(because === undefined ? {} : { stoppedBecause: because }) };
      await ports.campaigns.changeCampaign(campaign, end);
      continue;
    }
    // Named before they are begun: whoever begins them, and however often, it is the one job.
    const claimed = next.stationIds.map((stationId) => ({ stationId, jobId: ports.newId() }));
    await ports.campaigns.claimStations(campaign, claimed, now);
  }
  throw new Error(`campaign ${campaignId} changes without end`);
}

/** Tells a campaign how the job of one of its stations ended. A job that is open, or of a station that ended, tells nothing. */
export async function noteJobOver(
  { campaigns }: Pick<CampaignPorts, 'campaigns'>,
  campaignId: string,
  { stationId, jobId, state, reason, endedAt = 0 }: Job,
): Promise<void> {
  if (!isOver(state)) return;
  const ended = state === 'DONE' || state === 'CANCELLED' ? state : 'FAILED';
  const why = reason === undefined ? {} : { reason };
  await campaigns.endStation(campaignId, { stationId, jobId }, { state: ended, at: endedAt, ...why });
}

/** Sees to it that every station that was started has its job; whether one of them turned out to have ended. */
async function endedWhileStarting(
  ports: CampaignPorts,
  { campaign, stations }: CampaignView,
): Promise<boolean> {
  let ended = false;
  for (const station of stations) {
    if (station.state !== 'STARTED') continue;
    if ((await giveJob(ports, campaign, station)) === 'ended') ended = true;
  }
  return ended;
}

async function giveJob(
  ports: CampaignPorts,
  campaign: Campaign,
  { stationId, jobId = '' }: CampaignStation,
): Promise<'given' | 'ended'> {
  const { campaignId, waitMs, automaticRetries, createdBy } = campaign;
  const job = await ports.jobs.findJob(stationId, jobId);
  if (job && isOver(job.state)) {
    await noteJobOver(ports, campaignId, job);
    return 'ended';
  }
  if (job && (job.state !== 'REQUESTED' || job.attempt > 1)) return 'given';
  try {
    const station = await knownStation(ports, stationId);
    const request = await readUpdateFirmware(ports, { station, jobId, parameters: campaign.update });
    await startJob(ports, {
      stationId,
      request,
      waitMs,
      whenOffline: 'WAIT',
      automaticRetries,
      campaignId,
      ...(createdBy === undefined ? {} : { requestedBy: createdBy }),
    });
    return 'given';
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const end = { state: 'FAILED', at: ports.clock(), reason: error.message } as const;
    await ports.campaigns.endStation(campaignId, { stationId, jobId }, end);
    return 'ended';
  }
}

/** Stations whose turn will not come any more. */
async function skipLeftOver(
  { campaigns }: Pick<CampaignPorts, 'campaigns'>,
  { campaignId, state }: Campaign,
  stations: readonly CampaignStation[],
  now: number,
): Promise<void> {
  if (state === 'RUNNING' || state === 'PAUSED') return;
  for (const { stationId, state: stationState } of stations) {
    if (stationState === 'WAITING') await campaigns.skipStation(campaignId, stationId, now);
  }
}
