import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VirtualStation } from '../../bin/simulator/virtual-station.ts';
import { givenStation } from '../support/given.ts';
import { askRest } from '../support/rest-client.ts';
import { type System, startSystem } from '../support/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem({ warm: true });
});
afterAll(async () => {
  await system.close();
});

interface JobView {
  readonly jobId: string;
  readonly state: string;
  readonly files?: readonly { readonly downloadUrl: string }[];
}

interface CampaignView {
  readonly campaignId: string;
  readonly state: string;
  readonly counts: Readonly<Record<string, number>>;
}

const rest = <Body>(line: string, body?: object) => askRest<Body>(system.endpoints, line, body);

/** What is asked again and again until it is so; in between everything that is under way comes to an end. */
async function until<Body>(line: string, isSo: (body: Body) => boolean): Promise<Body> {
  for (;;) {
    await system.idle();
    const { body } = await rest<Body>(line);
    if (isSo(body)) return body;
  }
}

/** A 1.6 station that fetches the image it is told of, and calls it installed or not. */
async function givenUpdatable(stationId: string, end: string, fetched: string[]): Promise<VirtualStation> {
  const station = await givenStation(system.endpoints, stationId);
  station.client.handle('UpdateFirmware', async ({ params }) => {
    setImmediate(async () => {
      const image = await fetch(params?.location);
      fetched.push(`${stationId} ${await image.text()}`);
      for (const status of ['Downloaded', 'Installing', end]) {
        await station.client.call('FirmwareStatusNotification', { status });
      }
    });
    return {};
  });
  await station.boot();
  return station;
}

describe('an operator', () => {
  it('fetches the log of a station, which puts it where it was told to [N01]', async () => {
    const station = await givenStation(system.endpoints, 'CP202');
    station.client.handle('GetLog', async ({ params }) => {
      const { requestId, log } = params ?? {};
      setImmediate(async () => {
        await station.client.call('LogStatusNotification', { status: 'Uploading', requestId });
        const put = await fetch(log.remoteLocation, { method: 'PUT', body: 'all quiet' });
        const status = put.ok ? 'Uploaded' : 'UploadFailure';
        await station.client.call('LogStatusNotification', { status, requestId });
      });
      return { status: 'Accepted', filename: 'log.txt' };
    });
    await station.boot();

    const begun = await rest<JobView>('POST /stations/CP202/log-jobs', { type: 'LOG' });
    const job = await until<JobView>(`GET /jobs/${begun.body.jobId}`, ({ state }) => state === 'DONE');
    const [file] = job.files ?? [];
    const log = await fetch(file?.downloadUrl ?? '');

    expect([begun.status, await log.text()]).toEqual([202, 'all quiet']);
    await station.close();
  });

  it('updates stations one after the other until too many fail [TC_044_1, TC_044_3]', async () => {
    const fetched: string[] = [];
    const good = await givenUpdatable('CP001', 'Installed', fetched);
    const bad = await givenUpdatable('CP002', 'InstallationFailed', fetched);
    const image = { version: '9.9', fileName: 'fw.bin', sha256: 'a'.repeat(64) };
    const made = await rest<{ firmwareId: string; uploadUrl: string }>('POST /firmware', image);
    await fetch(made.body.uploadUrl, { method: 'PUT', body: 'image' });

    const begun = await rest<CampaignView>('POST /campaigns', {
      name: 'to 9.9',
      stations: { stationIds: ['CP001', 'CP002', 'CP003'] },
      update: { firmwareId: made.body.firmwareId },
      concurrency: 1,
      stopAtFailures: 1,
    });
    const over = await until<CampaignView>(
      `GET /campaigns/${begun.body.campaignId}`,
      ({ state }) => state !== 'RUNNING',
    );

    expect(fetched).toEqual(['CP001 image', 'CP002 image']);
    expect(over).toMatchObject({ state: 'STOPPED', counts: { DONE: 1, FAILED: 1, SKIPPED: 1 } });
    await Promise.all([good.close(), bad.close()]);
  });
});
