import * as z from 'zod';
import { type Campaign, countStations } from '#core/campaigns/campaign.ts';
import type { CampaignView } from '#core/campaigns/campaign-store.ts';
import {
  type CampaignStep,
  createCampaign,
  knownCampaign,
  mostAtOnce,
  mostStations,
  steerCampaign,
} from '#core/campaigns/steer-campaign.ts';
import { DomainError } from '#core/errors.ts';
import type { Station } from '#core/stations/station.ts';
import type { StationStore } from '#core/stations/station-store.ts';
import {
  moment,
  operators,
  pageAnswer,
  pageOf,
  parameter,
  type Route,
  readBody,
  readers,
  rfc3339,
  rfc3339OrNull,
} from './route.ts';

const campaignShape = z
  .object({
    name: z.string().min(1).max(200),
    /** Of which the stations are those that fit all that is named. */
    stations: z
      .object({
        stationIds: z.array(z.string().min(1)).min(1).max(mostStations).exactOptional(),
        model: z.string().min(1).exactOptional(),
        firmwareVersion: z.string().min(1).exactOptional(),
      })
      .refine((selection) => Object.keys(selection).length > 0, 'name at least one of them'),
    /** As of a single update: firmwareId, or location with version; retries, retryInterval … */
    update: z.record(z.string(), z.unknown()),
    concurrency: z.int().min(1).max(mostAtOnce).default(5),
    startsAt: moment.exactOptional(),
    endsAt: moment.exactOptional(),
    stopAtFailures: z.int().min(1).exactOptional(),
    stopAtPercent: z.number().gt(0).max(100).exactOptional(),
    automaticRetries: z.int().min(0).max(10).default(0),
    /** How long a station that is away is waited for, while it takes one of the places. */
    waitSeconds: z.int().min(1).max(604_800).default(3_600),
  })
  .refine(({ startsAt, endsAt }) => endsAt === undefined || startsAt === undefined || endsAt > startsAt, {
    path: ['endsAt'],
    message: 'must be after startsAt',
  });

export const campaignRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/campaigns',
    summary: 'Updates the firmware of many stations, some at a time: 201, with the campaign.',
    roles: operators,
    async handle({ body, subject }, services) {
      const { stations, waitSeconds, startsAt, ...asked } = readBody(campaignShape, body);
      await checkUpdate(services, asked.update);
      const view = await createCampaign(
        services,
        {
          ...asked,
          startsAt: startsAt ?? services.clock(),
          waitMs: waitSeconds * 1000,
          createdBy: subject,
        },
        await select(services.stations, stations),
      );
      return { status: 201, body: campaignView(view) };
    },
  },
  {
    method: 'GET',
    path: '/campaigns',
    summary: 'The campaigns, newest first.',
    roles: readers,
    async handle(request, { campaigns }) {
      return pageAnswer(await campaigns.listCampaigns(pageOf(request)), headView);
    },
  },
  {
    method: 'GET',
    path: '/campaigns/{campaignId}',
    summary: 'One campaign, with where each of its stations is.',
    roles: readers,
    async handle(request, services) {
      return { body: campaignView(await knownCampaign(services, parameter(request, 'campaignId'))) };
    },
  },
  steering('pause', 'Starts no more stations until it is resumed.'),
  steering('resume', 'Goes on where it was paused.'),
  steering('cancel', 'Starts no more stations, and takes back what was not sent yet.'),
];

function steering(step: CampaignStep, summary: string): Route {
  return {
    method: 'POST',
    path: `/campaigns/{campaignId}/${step}`,
    summary,
    roles: operators,
    async handle(request, services) {
      const campaignId = parameter(request, 'campaignId');
      return { body: campaignView(await steerCampaign(services, { campaignId, step, by: request.subject })) };
    },
  };
}

/** What every station would refuse is refused at once. */
async function checkUpdate(
  { firmware }: Parameters<Route['handle']>[1],
  { firmwareId, location }: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (typeof firmwareId === 'string') {
    if (await firmware.findFirmware(firmwareId)) return;
    throw new DomainError('NotFound', `firmware ${firmwareId} is not known`, 'update.firmwareId');
  }
  if (typeof location !== 'string') {
    throw new DomainError('Validation', 'firmwareId or location is required', 'update.firmwareId');
  }
}

async function select(
  stations: StationStore,
  selection: z.infer<typeof campaignShape>['stations'],
): Promise<readonly string[]> {
  const { stationIds, model, firmwareVersion } = selection;
  const fits = (station: Station) =>
    (model === undefined || station.model === model) &&
    (firmwareVersion === undefined || station.firmwareVersion === firmwareVersion);
  if (stationIds) {
    const found = await stations.findStations(stationIds);
    const missing = stationIds.find((id) => !found.some(({ stationId }) => stationId === id));
    if (missing !== undefined) {
      throw new DomainError('NotFound', `station ${missing} is not known`, 'stations.stationIds');
    }
    return found.filter(fits).map(({ stationId }) => stationId);
  }
  const selected: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await stations.listStations({}, { limit: 200, ...(cursor === undefined ? {} : { cursor }) });
    selected.push(...page.items.filter(fits).map(({ stationId }) => stationId));
    cursor = page.cursor;
  } while (cursor !== undefined && selected.length <= mostStations);
  return selected;
}

function headView({ revision: _, startsAt, endsAt, createdAt, endedAt, waitMs, ...campaign }: Campaign) {
  return {
    ...campaign,
    waitSeconds: waitMs / 1000,
    startsAt: rfc3339(startsAt),
    endsAt: rfc3339OrNull(endsAt),
    createdAt: rfc3339(createdAt),
    endedAt: rfc3339OrNull(endedAt),
  };
}

function campaignView({ campaign, stations }: CampaignView) {
  return {
    ...headView(campaign),
    counts: countStations(stations),
    stations: stations.map(({ startedAt, endedAt, ...station }) => ({
      ...station,
      startedAt: rfc3339OrNull(startedAt),
      endedAt: rfc3339OrNull(endedAt),
    })),
  };
}
