import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { advanceCampaign, noteJobOver } from '#core/campaigns/advance-campaign.ts';
import { type Campaign, type CampaignStation, countStations } from '#core/campaigns/campaign.ts';
import type { CampaignView } from '#core/campaigns/campaign-store.ts';
import { createCampaign, steerCampaign } from '#core/campaigns/steer-campaign.ts';
import { changeJob } from '#core/jobs/change-job.ts';
import { endedJob } from '#core/jobs/move-job.ts';
import { newId } from '#platform/clock.ts';
import { aStation } from '../../adapters/dynamodb/samples.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { newScene } from '../sessions/scene.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());

type Asked = Partial<
  Pick<Campaign, 'concurrency' | 'stopAtFailures' | 'stopAtPercent' | 'startsAt' | 'endsAt'>
>;

async function givenCampaign(size: number, asked: Asked = {}) {
  const base = await newScene(db);
  // Commands are kept for a month of real time.
  base.now = Date.now();
  const timers: number[] = [];
  const scene = Object.assign(base, {
    newId,
    timers,
    setTimer: async (_: unknown, at: number) => void timers.push(at),
  });
  const stationIds = Array.from({ length: size }, (_, index) => `CS-${index}`);
  await Promise.all(stationIds.map((stationId) => scene.stations.createStation(aStation({ stationId }))));
  const { campaign } = await createCampaign(
    scene,
    {
      name: 'to 2.0',
      update: { location: 'https://files.example/fw-2.bin', version: '2.0' },
      concurrency: 2,
      startsAt: scene.now,
      waitMs: 60_000,
      automaticRetries: 0,
      ...asked,
    },
    stationIds,
  );
  const { campaignId } = campaign;
  const view = async () => {
    const found = await scene.campaigns.findCampaign(campaignId);
    if (!found) throw new Error('no campaign');
    return found;
  };
  /** Ends a station's job, and tells of it so many times, all at once. */
  const end = async ({ stationId, jobId = '' }: CampaignStation, state: 'DONE' | 'FAILED', times = 1) => {
    const job = await changeJob(scene, { stationId, jobId }, (current) =>
      endedJob(current, state, { at: scene.now }),
    );
    if (!job) throw new Error(`no job at ${stationId}`);
    await Promise.all(
      Array.from({ length: times }, async () => {
        await noteJobOver(scene, campaignId, job);
        await advanceCampaign(scene, campaignId);
      }),
    );
  };
  return { scene, campaignId, view, end, advance: () => advanceCampaign(scene, campaignId) };
}

const running = (stations: readonly CampaignStation[]) => stations.filter(({ state }) => state === 'STARTED');

/** What holds of every campaign with a limit of failures whenever nobody is at work on it. */
function holdsItsRules({ campaign, stations }: CampaignView): void {
  const { concurrency, stopAtFailures = 0, state } = campaign;
  const { STARTED, FAILED, WAITING, SKIPPED, ...others } = countStations(stations);
  expect(STARTED).toBeLessThanOrEqual(concurrency);
  // What was running when the last failure came may still fail; nothing was started since.
  expect(FAILED).toBeLessThan(stopAtFailures + concurrency);
  expect(STARTED + FAILED + WAITING + SKIPPED + others.DONE + others.CANCELLED).toBe(campaign.stationCount);
  if (STARTED + WAITING === 0) {
    expect(FAILED >= stopAtFailures ? ['DONE', 'STOPPED'] : ['DONE']).toContain(state);
    if (SKIPPED > 0) expect(state).toBe('STOPPED');
  } else if (FAILED >= stopAtFailures) expect([state, WAITING]).toEqual(['STOPPED', 0]);
  else expect([state, STARTED]).toEqual(['RUNNING', Math.min(concurrency, STARTED + WAITING)]);
}

/** A station that has ended stays as it ended. */
function staysEnded(ended: Map<string, string>, stations: readonly CampaignStation[]): void {
  for (const { stationId, state, jobId } of stations) {
    if (state === 'WAITING' || state === 'STARTED') continue;
    const now = `${state} ${jobId}`;
    expect(ended.get(stationId) ?? now).toBe(now);
    ended.set(stationId, now);
  }
}

describe('a campaign', () => {
  test('never exceeds its concurrency, holds its stop rule and ends every station once, whatever order job ends come in and how often', async () => {
    const step = fc.record({
      pick: fc.nat(),
      fails: fc.boolean(),
      times: fc.integer({ min: 1, max: 3 }),
      together: fc.integer({ min: 1, max: 3 }),
    });
    const plan = fc.record({
      size: fc.integer({ min: 1, max: 9 }),
      concurrency: fc.integer({ min: 1, max: 4 }),
      stopAtFailures: fc.integer({ min: 1, max: 5 }),
      steps: fc.array(step, { minLength: 12, maxLength: 12 }),
    });

    await fc.assert(
      fc.asyncProperty(plan, async ({ size, concurrency, stopAtFailures, steps }) => {
        const { view, end, advance } = await givenCampaign(size, { concurrency, stopAtFailures });
        const ended = new Map<string, string>();
        await Promise.all([advance(), advance()]);
        for (const { pick, fails, times, together } of steps) {
          const before = await view();
          const open = running(before.stations);
          if (open.length === 0) break;
          const chosen = open.map((_, index) => open[(pick + index) % open.length]).slice(0, together);
          await Promise.all(chosen.map((one) => one && end(one, fails ? 'FAILED' : 'DONE', times)));
          const after = await view();
          holdsItsRules(after);
          staysEnded(ended, after.stations);
        }
        holdsItsRules(await view());
      }),
      { numRuns: 25 },
    );
  });

  test('starts one job at each station, also where two start it at once or one died on the way', async () => {
    const { scene, campaignId, view, advance } = await givenCampaign(3, { concurrency: 3 });
    const { campaign } = await view();
    const claimed = { stationId: 'CS-0', jobId: 'job-claimed' };
    await scene.campaigns.claimStations(campaign, [claimed], scene.now);
    await Promise.all([advance(), advance(), advance()]);

    const { stations } = await view();
    for (const { stationId, jobId } of stations) {
      const { items } = await scene.jobs.listJobs(stationId, { limit: 10 });
      const commands = await scene.commands.listCommands(stationId, { limit: 10 });
      expect(items.map((job) => [job.jobId, job.campaignId])).toEqual([[jobId, campaignId]]);
      expect(commands.items).toHaveLength(1);
    }
    expect(stations[0]?.jobId).toBe('job-claimed');
  });

  test('waits for its window, and ends with it', async () => {
    const hourMs = 3_600_000;
    const at = Date.now() + hourMs;
    const { scene, view, advance } = await givenCampaign(3, {
      concurrency: 1,
      startsAt: at,
      endsAt: at + hourMs,
    });
    await advance();
    const early = countStations((await view()).stations);
    scene.now = at;
    await advance();
    const within = countStations((await view()).stations);
    scene.now = at + hourMs;
    await advance();

    const { campaign, stations } = await view();
    expect(scene.timers).toEqual([at, at + hourMs]);
    expect([early.WAITING, within.STARTED]).toEqual([3, 1]);
    expect(campaign).toMatchObject({ state: 'STOPPED', stoppedBecause: 'the window is over' });
    expect(countStations(stations)).toMatchObject({ STARTED: 1, SKIPPED: 2 });
  });

  test('stops at its share of failures', async () => {
    const { view, end, advance } = await givenCampaign(4, { concurrency: 1, stopAtPercent: 50 });
    await advance();
    for (let failed = 0; failed < 2; failed += 1) {
      const [first] = running((await view()).stations);
      if (first) await end(first, 'FAILED');
    }

    const { campaign, stations } = await view();
    expect(campaign).toMatchObject({ state: 'STOPPED', stoppedBecause: '2 of 4 stations failed' });
    expect(countStations(stations)).toMatchObject({ FAILED: 2, SKIPPED: 2 });
  });

  test('pauses, goes on and is cancelled, which takes back what was not sent', async () => {
    const { scene, campaignId, view, end, advance } = await givenCampaign(4, { concurrency: 1 });
    const by = 'alice';
    await advance();
    await steerCampaign(scene, { campaignId, step: 'pause', by });
    const [first] = running((await view()).stations);
    if (first) await end(first, 'DONE');
    const paused = countStations((await view()).stations);
    const resumed = await steerCampaign(scene, { campaignId, step: 'resume', by });
    await steerCampaign(scene, { campaignId, step: 'cancel', by });
    const { campaign, stations } = await view();

    expect(paused).toMatchObject({ DONE: 1, STARTED: 0, WAITING: 3 });
    expect(countStations(resumed.stations)).toMatchObject({ STARTED: 1, WAITING: 2 });
    expect(campaign.state).toBe('CANCELLED');
    expect(countStations(stations)).toMatchObject({ DONE: 1, CANCELLED: 1, SKIPPED: 2 });
    await expect(steerCampaign(scene, { campaignId, step: 'resume', by })).rejects.toMatchObject({
      code: 'Conflict',
    });
  });

  test('counts a station that cannot be updated as failed, and goes on', async () => {
    const { scene, view, advance } = await givenCampaign(2, { concurrency: 1 });
    await scene.stations.deleteStation('CS-0');
    await advance();

    const { stations } = await view();
    expect(stations.map(({ state }) => state)).toEqual(['FAILED', 'STARTED']);
    expect(stations[0]?.reason).toContain('CS-0 is not known');
  });
});
