import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { stationFiles } from '#adapters/s3/station-files.ts';
import { tenantFiles } from '#adapters/s3/tenant-files.ts';
import { fileLink } from '#core/jobs/follow-link.ts';
import { handOutFile } from '#core/jobs/hand-out-file.ts';
import { recordJobStatus } from '#core/jobs/record-job-status.ts';
import { followFileLink } from '../../functions/admin/file-links.ts';
import { type Cloud, startCloud } from '../../local/start-cloud.ts';
import { aStation } from '../adapters/dynamodb/samples.ts';
import { writeFilesApp } from '../local/fixtures/files-app.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type AdminUnderTest, newAdmin } from './admin-under-test.ts';

let db: TestDatabase;
let cloud: Cloud;
let admin: AdminUnderTest;
beforeAll(async () => {
  db = await startTestDatabase();
  cloud = await startCloud({ assemblyDir: writeFilesApp() });
  const { endpoint, credentials } = cloud.clientConfig('s3');
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  });
});
beforeEach(async () => {
  admin = await newAdmin(db);
  // Commands are kept for a month of real time.
  admin.scene.now = Date.now();
  const bucket = cloud.resource('AWS::S3::Bucket', 'Files').ref;
  Object.assign(admin.services, { files: tenantFiles(stationFiles({ bucket }), admin.scene.tenantId) });
  for (const [stationId, model] of [
    ['CS-1', 'M1'],
    ['CS-2', 'M1'],
    ['CS-3', 'M2'],
  ] as const) {
    await admin.scene.stations.createStation(aStation({ stationId, model, protocol: 'ocpp2.0.1' }));
  }
});
afterAll(async () => {
  await cloud?.close();
  await db.close();
});

const sha256 = 'a'.repeat(64);
const image = { model: 'M1', version: '2.0', fileName: 'fw-2.bin', sha256 };

/** What the sender of calls hands a station for a job: the address in its command. */
async function handedOut(jobId: string, longest = 512): Promise<string> {
  const { scene, services } = admin;
  const job = await scene.jobs.findJobById(jobId);
  const command = job && (await scene.commands.findCommand(job.stationId, job.commandId));
  if (!command) throw new Error(`no command of ${jobId}`);
  const linkOf = fileLink('https://csms.example', scene.tenantId);
  const { request } = await handOutFile({ ...services, linkOf }, command, () => longest);
  return 'file' in request && 'location' in request.file ? request.file.location : '';
}

describe('images over REST', () => {
  test('are registered, put to the address that is given, and listed', async () => {
    const made = await admin.request('POST /firmware', image);
    const put = await fetch(made.body.uploadUrl, { method: 'PUT', body: 'image' });
    const one = await admin.request(`GET /firmware/${made.body.firmwareId}`);
    const listed = await admin.request('GET /firmware');

    expect([made.status, put.status]).toEqual([201, 200]);
    expect(one.body).toMatchObject({ ...image, sizeBytes: 5, createdBy: 'alice' });
    expect(listed.body.items).toMatchObject([image]);
  });

  test('name the member at fault', async () => {
    const badDigest = await admin.request('POST /firmware', { ...image, sha256: 'abc' });
    const badName = await admin.request('POST /firmware', { ...image, fileName: '../etc' });
    const halfSigned = await admin.request('POST /firmware', { ...image, signature: 'AAAA' });

    expect(badDigest).toMatchObject({ status: 422, body: { errors: [{ pointer: '/sha256' }] } });
    expect(badName).toMatchObject({ status: 422, body: { errors: [{ pointer: '/fileName' }] } });
    expect(halfSigned).toMatchObject({ status: 422, body: { errors: [{ pointer: '/signature' }] } });
  });
});

describe('jobs over REST', () => {
  test('hand a station the address of an image when they are sent', async () => {
    const { firmwareId, uploadUrl } = (await admin.request('POST /firmware', image)).body;
    await fetch(uploadUrl, { method: 'PUT', body: 'image' });
    const job = await admin.request('POST /stations/CS-1/firmware-jobs', { firmwareId, retries: 3 });
    const fetched = await fetch(await handedOut(job.body.jobId));

    expect(job).toMatchObject({
      status: 202,
      body: { state: 'REQUESTED', wantedVersion: '2.0', firmwareId },
    });
    expect(await fetched.text()).toBe('image');
  });

  test('refuse an image for another model, and one that is not there', async () => {
    const { firmwareId } = (await admin.request('POST /firmware', image)).body;
    const path = 'POST /stations/CS-3/firmware-jobs';
    const other = await admin.request(path, { firmwareId });
    const none = await admin.request(path, { firmwareId: 'none' });
    const odd = await admin.request(path, { location: 'javascript:alert(1)' });

    expect(other).toMatchObject({ status: 422, body: { errors: [{ pointer: '/parameters/firmwareId' }] } });
    expect(none.status).toBe(404);
    expect(odd).toMatchObject({ status: 422, body: { errors: [{ pointer: '/parameters/location' }] } });
  });

  test('give the log that a station uploaded', async () => {
    const { jobId, requestId } = (await admin.request('POST /stations/CS-1/log-jobs', { type: 'SECURITY' }))
      .body;
    await fetch(await handedOut(jobId), { method: 'PUT', body: 'who came and went' });
    const report = { stationId: 'CS-1', kinds: ['LOG'], status: 'UPLOADED', requestId } as const;
    await recordJobStatus(admin.scene, { ...report, at: admin.scene.now });
    const { body } = await admin.request(`GET /jobs/${jobId}`);
    const [file] = body.files;

    expect(body).toMatchObject({ state: 'DONE', kind: 'LOG' });
    expect(file).toMatchObject({ name: 'log', sizeBytes: 17 });
    expect(await (await fetch(file.downloadUrl)).text()).toBe('who came and went');
  });

  test('are listed, cancelled and tried again', async () => {
    const location = 'ftp://files.example/fw.bin';
    const path = 'POST /stations/CS-1/firmware-jobs';
    const { jobId } = (await admin.request(path, { location })).body;
    const cancelled = await admin.request(`POST /jobs/${jobId}/cancel`);
    const retried = await admin.request(`POST /jobs/${jobId}/retry`);
    const again = await admin.request(`POST /jobs/${jobId}/retry`);
    const listed = await admin.request('GET /stations/CS-1/jobs');

    expect(cancelled).toMatchObject({ status: 200, body: { state: 'CANCELLED' } });
    expect(retried).toMatchObject({ status: 202, body: { state: 'REQUESTED', attempt: 2, location } });
    expect(again.status).toBe(409);
    expect(listed.body).toMatchObject({ items: [{ jobId }], strayStatuses: [] });
    expect(JSON.stringify(listed.body)).not.toContain('linkSecret');
  });

  test('of other tenants are not there', async () => {
    const { jobId } = (await admin.request('POST /stations/CS-1/log-jobs', {})).body;
    const other = await admin.request(`GET /jobs/${jobId}`, undefined, { tenantId: 'other' });

    expect(other.status).toBe(404);
  });
});

describe('links to files', () => {
  test('stand in for addresses that a call cannot hold, while their job is open', async () => {
    const { firmwareId } = (await admin.request('POST /firmware', image)).body;
    const { jobId } = (await admin.request('POST /stations/CS-1/firmware-jobs', { firmwareId })).body;
    const link = new URL(await handedOut(jobId, 300));
    const follow = (method: string, path = link.pathname) =>
      followFileLink({ method, path }, (tenantId) => ({ ...admin.services, ...db.storesOf(tenantId) }));
    const led = await follow('GET');
    const wrongUse = await follow('PUT');
    const wrongSecret = await follow('GET', `${link.pathname}x`);
    const noLink = await follow('GET', '/api/v1/alerts');
    await admin.request(`POST /jobs/${jobId}/cancel`);
    const over = await follow('GET');

    expect(link.href.length).toBeLessThan(300);
    expect(led).toMatchObject({ status: 307, location: expect.stringContaining('X-Amz-Signature') });
    expect([wrongUse?.status, wrongSecret?.status, over?.status, noLink]).toEqual([404, 404, 404, undefined]);
  });

  test('stand in for addresses that would have died when they are wanted', async () => {
    const { firmwareId } = (await admin.request('POST /firmware', image)).body;
    const retrieveDate = new Date(admin.scene.now + 86_400_000).toISOString();
    const asked = { firmwareId, retrieveDate };
    const { jobId } = (await admin.request('POST /stations/CS-1/firmware-jobs', asked)).body;

    expect(await handedOut(jobId)).toContain('https://csms.example/api/v1/files/');
  });
});

describe('campaigns over REST', () => {
  const update = { location: 'https://files.example/fw.bin', version: '2.0' };
  const asked = { name: 'to 2.0', stations: { model: 'M1' }, update, concurrency: 1, stopAtFailures: 1 };

  test('take the stations of a model, are timed, listed, paused, resumed and cancelled', async () => {
    const made = await admin.request('POST /campaigns', asked);
    const { campaignId } = made.body;
    const paused = await admin.request(`POST /campaigns/${campaignId}/pause`);
    const resumed = await admin.request(`POST /campaigns/${campaignId}/resume`);
    const cancelled = await admin.request(`POST /campaigns/${campaignId}/cancel`);
    const again = await admin.request(`POST /campaigns/${campaignId}/pause`);
    const listed = await admin.request('GET /campaigns');

    expect(made).toMatchObject({ status: 201, body: { stationCount: 2, counts: { WAITING: 2 } } });
    expect(admin.timers).toMatchObject([{ timer: { kind: 'CAMPAIGN_DUE', campaignId } }]);
    expect(paused.body).toMatchObject({ state: 'PAUSED', counts: { WAITING: 2 } });
    expect(resumed.body).toMatchObject({ state: 'RUNNING', counts: { STARTED: 1, WAITING: 1 } });
    expect(cancelled.body).toMatchObject({ state: 'CANCELLED', counts: { CANCELLED: 1, SKIPPED: 1 } });
    expect(again.status).toBe(409);
    expect(listed.body.items).toMatchObject([{ campaignId, state: 'CANCELLED' }]);
  });

  test('without a station, with one that is not there, or with no image are refused', async () => {
    const nobody = await admin.request('POST /campaigns', { ...asked, stations: { model: 'M9' } });
    const missing = await admin.request('POST /campaigns', { ...asked, stations: { stationIds: ['CS-9'] } });
    const imageless = await admin.request('POST /campaigns', { ...asked, update: {} });

    expect([nobody.status, missing.status, imageless.status]).toEqual([422, 404, 422]);
  });
});
