import { DomainError } from '../errors.ts';
import { cancelJob } from '../jobs/steer-job.ts';
import type { SetTimer } from '../timers.ts';
import { advanceCampaign, type CampaignPorts } from './advance-campaign.ts';
import type { Campaign, CampaignState } from './campaign.ts';
import type { CampaignView } from './campaign-store.ts';

/** The most stations one campaign may have: they are read together. */
export const mostStations = 2_000;

/** The most stations it may work on at once: they are started in one transaction. */
export const mostAtOnce = 50;

/** Keeps a campaign and sees to its start. Throws `Validation` for one without stations, `TooLarge` for too many. */
export async function createCampaign(
  ports: Pick<CampaignPorts, 'campaigns' | 'clock' | 'newId'> & { readonly setTimer: SetTimer },
  asked: Omit<Campaign, 'campaignId' | 'state' | 'stationCount' | 'createdAt' | 'revision'>,
  stationIds: readonly string[],
): Promise<CampaignView> {
  const unique = [...new Set(stationIds)];
  if (unique.length === 0) throw new DomainError('Validation', 'no station is selected', 'stations');
  if (unique.length > mostStations) {
    throw new DomainError('TooLarge', `a campaign has at most ${mostStations} stations`, 'stations');
  }
  const campaignId = ports.newId();
  const campaign: Campaign = {
    ...asked,
    campaignId,
    state: 'RUNNING',
    stationCount: unique.length,
    createdAt: ports.clock(),
    revision: 1,
  };
  await ports.campaigns.addCampaign(campaign, unique);
  await ports.setTimer({ kind: 'CAMPAIGN_DUE', campaignId }, campaign.startsAt);
  if (campaign.endsAt !== undefined) {
    await ports.setTimer({ kind: 'CAMPAIGN_DUE', campaignId }, campaign.endsAt);
  }
  return knownCampaign(ports, campaignId);
}

const steps = {
  pause: { from: ['RUNNING'], to: 'PAUSED' },
  resume: { from: ['PAUSED'], to: 'RUNNING' },
  cancel: { from: ['RUNNING', 'PAUSED'], to: 'CANCELLED' },
} as const satisfies Record<string, { from: readonly CampaignState[]; to: CampaignState }>;

export type CampaignStep = keyof typeof steps;

/**
 * Pauses, resumes or cancels a campaign. What stations are at goes on; a cancelled one takes back what is not sent.
 * Throws `NotFound`, and `Conflict` where the campaign's state forbids it.
 */
export async function steerCampaign(
  ports: CampaignPorts,
  { campaignId, step, by }: { campaignId: string; step: CampaignStep; by: string },
): Promise<CampaignView> {
  const { from, to } = steps[step];
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const { campaign } = await knownCampaign(ports, campaignId);
    if (!from.some((state) => state === campaign.state)) {
      throw new DomainError('Conflict', `campaign ${campaignId} is ${campaign.state}`, 'campaignId');
    }
    const end = to === 'CANCELLED' ? { endedAt: ports.clock() } : {};
    if ((await ports.campaigns.changeCampaign(campaign, { state: to, ...end })) !== 'changed') continue;
    if (to === 'CANCELLED') await takeBack(ports, campaignId, by);
    await advanceCampaign(ports, campaignId);
    return knownCampaign(ports, campaignId);
  }
  throw new DomainError('Conflict', `campaign ${campaignId} is too busy`, 'campaignId');
}

/** Throws `NotFound`. */
export async function knownCampaign(
  { campaigns }: Pick<CampaignPorts, 'campaigns'>,
  campaignId: string,
): Promise<CampaignView> {
  const view = await campaigns.findCampaign(campaignId);
  if (!view) throw new DomainError('NotFound', `campaign ${campaignId} is not known`, 'campaignId');
  return view;
}

/** Ends the jobs whose stations were not asked yet. */
async function takeBack(ports: CampaignPorts, campaignId: string, by: string): Promise<void> {
  const { stations } = await knownCampaign(ports, campaignId);
  for (const { stationId, jobId, state } of stations) {
    if (state !== 'STARTED' || jobId === undefined) continue;
    const job = await ports.jobs.findJob(stationId, jobId);
    if (job?.state !== 'REQUESTED') continue;
    const command = await ports.commands.findCommand(stationId, job.commandId);
    if (command?.state === 'QUEUED') await cancelJob(ports, { stationId, jobId, by });
  }
}
