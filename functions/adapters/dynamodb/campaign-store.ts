import * as z from 'zod';
import type { Campaign, CampaignStation } from '#core/campaigns/campaign.ts';
import type { CampaignStore, CampaignView } from '#core/campaigns/campaign-store.ts';
import { itemReader, type PlainItem, secondsPerDay } from './items.ts';
import { orderOf } from './keys.ts';
import { listPartition } from './partition-list.ts';
import { readStretch } from './queries.ts';
import { inBatches, put, transact, update } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { tables } from './tables.ts';
import { putNew, Update } from './update.ts';

/** How long campaigns can be looked up. */
const keptDays = 400;

const campaignSchema = z.object({
  campaignId: text,
  name: text,
  state: z.enum(['RUNNING', 'PAUSED', 'DONE', 'STOPPED', 'CANCELLED']),
  update: z.record(z.string(), z.unknown()),
  concurrency: whole,
  startsAt: whole,
  endsAt: whole.exactOptional(),
  stopAtFailures: whole.exactOptional(),
  stopAtPercent: z.number().exactOptional(),
  waitMs: whole,
  automaticRetries: whole,
  stationCount: whole,
  stoppedBecause: text.exactOptional(),
  createdAt: whole,
  createdBy: text.exactOptional(),
  endedAt: whole.exactOptional(),
  revision: whole,
}) satisfies z.ZodType<Campaign>;

const stationSchema = z.object({
  stationId: text,
  state: z.enum(['WAITING', 'STARTED', 'DONE', 'FAILED', 'CANCELLED', 'SKIPPED']),
  jobId: text.exactOptional(),
  startedAt: whole.exactOptional(),
  endedAt: whole.exactOptional(),
  reason: text.exactOptional(),
}) satisfies z.ZodType<CampaignStation>;

const readCampaign = itemReader<Campaign>('campaign', campaignSchema);
const readStation = itemReader<CampaignStation>('station of a campaign', stationSchema);

/** The campaigns of one tenant, in `operations`: a head and an item per station, in one partition. */
export function campaignStore(context: StoreContext): CampaignStore {
  const { client, keys } = context;
  const table = context.tables.operations;

  /** A change of the head that everybody who decides on an older view runs into. */
  const headChange = (campaignId: string) => {
    const change = new Update().increase('revision');
    change.when(`attribute_exists(${change.name('pk')})`);
    return { change, write: () => change.for(table, keys.campaign(campaignId)) };
  };

  return {
    async addCampaign(campaign, stationIds) {
      const { campaignId, createdAt } = campaign;
      const expiresAtS = Math.floor(createdAt / 1000) + keptDays * secondsPerDay;
      await inBatches(stationIds, (stationId) => {
        const item = { stationId, state: 'WAITING', expiresAtS };
        return put(client, putNew(table, keys.campaignStation(campaignId, stationId), item));
      });
      // Last: a campaign that is there is there with all its stations.
      const head = {
        ...campaign,
        order: orderOf(createdAt, campaignId),
        byTimePk: keys.campaigns,
        expiresAtS,
      };
      await put(client, putNew(table, keys.campaign(campaignId), head));
    },

    findCampaign: (campaignId) => readView(context, campaignId),

    listCampaigns(page) {
      const list = { name: 'campaigns', newestFirst: true, read: readCampaign } as const;
      return listPartition(context, { ...list, index: 'byTime', partition: keys.campaigns }, page);
    },

    async changeCampaign({ campaignId, revision }, changes) {
      const { change, write } = headChange(campaignId);
      change.setAll(changes).when(`${change.name('revision')} = ${change.value(revision)}`);
      return (await update(client, write())).done ? 'changed' : 'changed-meanwhile';
    },

    async claimStations({ campaignId, revision }, stations, at) {
      const { change, write } = headChange(campaignId);
      change.when(`${change.name('revision')} = ${change.value(revision)}`);
      change.when(`${change.name('state')} = ${change.value('RUNNING')}`);
      const claims = stations.map(({ stationId, jobId }) => {
        const claim = new Update().setAll({ state: 'STARTED', jobId, startedAt: at });
        claim.when(`${claim.name('state')} = ${claim.value('WAITING')}`);
        return { Update: claim.for(table, keys.campaignStation(campaignId, stationId)) };
      });
      const result = await transact(client, [{ Update: write() }, ...claims]);
      return result === 'done' ? 'claimed' : 'changed-meanwhile';
    },

    async endStation(campaignId, { stationId, jobId }, { state, at, reason }) {
      const end = new Update().setAll({ state, endedAt: at, reason });
      end.when(`${end.name('state')} = ${end.value('STARTED')}`);
      end.when(`${end.name('jobId')} = ${end.value(jobId)}`);
      const { write } = headChange(campaignId);
      const result = await transact(client, [
        { Update: write() },
        { Update: end.for(table, keys.campaignStation(campaignId, stationId)) },
      ]);
      return result === 'done' ? 'ended' : 'not-started';
    },

    async skipStation(campaignId, stationId, at) {
      const skip = new Update().setAll({ state: 'SKIPPED', endedAt: at });
      skip.when(`${skip.name('state')} = ${skip.value('WAITING')}`);
      await update(client, skip.for(table, keys.campaignStation(campaignId, stationId)));
    },
  };
}

/**
 * All of a campaign. A query of several pages is not of one moment, but the head sorts first: what a decision rests
 * on is as new as the revision it holds, or newer, and then the revision is not current any more.
 */
async function readView(
  { client, keys, tables: names }: StoreContext,
  campaignId: string,
): Promise<CampaignView | undefined> {
  const items: PlainItem[] = [];
  let after: string | undefined;
  do {
    const { items: found, next } = await readStretch(client, {
      table: names.operations,
      declaration: tables.operations,
      partition: keys.campaign(campaignId).pk,
      ...(after === undefined ? {} : { after }),
      newestFirst: false,
      limit: 500,
      consistent: true,
    });
    items.push(...found);
    after = next;
  } while (after !== undefined);
  const head = items.find(({ sk }) => sk === 'CAMPAIGN');
  if (!head) return undefined;
  const stations = items.filter((item) => item !== head).map(readStation);
  return { campaign: readCampaign(head), stations };
}
