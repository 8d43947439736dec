import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Job } from '../../../functions/core/jobs/job.ts';
import { readGetLog, readPublishFirmware } from '../../../functions/core/jobs/job-wishes.ts';
import { beginJob } from '../begun-job.ts';
import { exchange } from '../command-exchange.ts';
import { openRoom, type Room, type TestStation } from '../room-under-test.ts';

let room: Room;
let station: TestStation;
let stations = 0;
beforeAll(async () => {
  room = await openRoom();
});
beforeEach(async () => {
  stations += 1;
  station = await room.givenStation(`CS-J201-${stations}`, 'ocpp2.0.1');
  const chargingStation = { vendorName: 'V', model: 'M' };
  await station.calls('BootNotification', { reason: 'PowerUp', chargingStation });
});
afterAll(() => room.close());

const location = 'https://files.example/fw-2.bin';
const signing = {
  signature: 'c2lnbmF0dXJl',
  signingCertificate: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
};

async function latestJob(): Promise<Job> {
  const { items } = await room.services.jobs.listJobs(station.stationId, { limit: 1 });
  const [job] = items;
  if (!job) throw new Error('no job');
  return job;
}

async function reports(action: string, ...statuses: string[]): Promise<void> {
  const { request } = await latestJob();
  for (const status of statuses) await station.calls(action, { status, requestId: request.requestId });
}

describe('a firmware update over 2.0.1', () => {
  test('that is signed runs from the call to the last status [L01]', async () => {
    const parameters = { location, ...signing, installDate: '2030-04-01T00:00:00Z' };
    const asked = await exchange(
      room,
      station,
      { name: 'UPDATE_FIRMWARE', parameters },
      { status: 'Accepted' },
    );
    await reports(
      'FirmwareStatusNotification',
      'DownloadScheduled',
      'Downloading',
      'Downloaded',
      'SignatureVerified',
      'InstallScheduled',
      'Installing',
      'Installed',
    );

    const job = await latestJob();
    expect(asked.action).toBe('UpdateFirmware');
    expect(asked.payload).toMatchObject({
      requestId: job.request.requestId,
      firmware: { location, ...signing, installDateTime: '2030-04-01T00:00:00.000Z' },
    });
    expect(job.state).toBe('DONE');
  });

  test('that is not signed carries no certificate [L02]', async () => {
    const wish = { name: 'UPDATE_FIRMWARE', parameters: { location } };
    const { payload } = await exchange(room, station, wish, { status: 'Accepted' });

    const { request } = await latestJob();
    expect(payload).toEqual({
      requestId: request.requestId,
      firmware: { location, retrieveDateTime: expect.any(String) },
    });
  });

  test('takes the place of one that is under way [L01]', async () => {
    const wish = { name: 'UPDATE_FIRMWARE', parameters: { location } };
    await exchange(room, station, wish, { status: 'Accepted' });
    const older = await latestJob();
    room.now += 1;
    await exchange(room, station, wish, { status: 'AcceptedCanceled' });
    const newer = await latestJob();

    const now = await room.services.jobs.findJob(station.stationId, older.jobId);
    expect([now?.state, newer.state]).toEqual(['CANCELLED', 'ACCEPTED']);
  });

  test('whose signature does not fit ends its job [L01]', async () => {
    const wish = { name: 'UPDATE_FIRMWARE', parameters: { location, ...signing } };
    await exchange(room, station, wish, { status: 'Accepted' });
    await reports('FirmwareStatusNotification', 'Downloaded', 'InvalidSignature');

    expect(await latestJob()).toMatchObject({ state: 'FAILED', reason: 'INVALID_SIGNATURE' });
  });
});

describe('firmware on a local controller', () => {
  test('is published, and the job says where [L03]', async () => {
    const checksum = 'd41d8cd98f00b204e9800998ecf8427e';
    const call = await beginJob(
      room,
      station,
      readPublishFirmware,
      { location, checksum },
      { status: 'Accepted' },
    );
    await reports('PublishFirmwareStatusNotification', 'Downloaded', 'ChecksumVerified');
    const { request } = await latestJob();
    const published = { status: 'Published', requestId: request.requestId, location: ['http://10.0.0.2/fw'] };
    await station.calls('PublishFirmwareStatusNotification', published);

    expect(call).toEqual({
      action: 'PublishFirmware',
      payload: { requestId: request.requestId, location, checksum },
    });
    expect(await latestJob()).toMatchObject({ state: 'DONE', publishedAt: ['http://10.0.0.2/fw'] });
  });

  test('wished for in the words of the protocol is a job, too [L03]', async () => {
    const checksum = 'd41d8cd98f00b204e9800998ecf8427e';
    const wish = { name: 'PUBLISH_FIRMWARE', parameters: { location, checksum, requestId: 7 } };
    await exchange(room, station, wish, { status: 'Accepted' });
    await reports('PublishFirmwareStatusNotification', 'Downloading');

    expect(await latestJob()).toMatchObject({ kind: 'PUBLISH_FIRMWARE', state: 'DOWNLOADING' });
  });

  test('is taken back by its checksum, unless stations are fetching it [L04]', async () => {
    const wish = { name: 'UNPUBLISH_FIRMWARE', parameters: { checksum: 'd41d8cd98f00b204e9800998ecf8427e' } };
    const taken = await exchange(room, station, wish, { status: 'Unpublished' });
    const busy = await exchange(room, station, wish, { status: 'DownloadOngoing' });

    expect([taken.command.state, busy.command.state]).toEqual(['ACCEPTED', 'REJECTED']);
  });
});

test('an update over 2.0.1 may be wished for in the words of the protocol [L01]', async () => {
  const firmware = { location, ...signing, retrieveDateTime: '2030-04-01T00:00:00.000Z' };
  const wish = { name: 'UPDATE_FIRMWARE', parameters: { requestId: 7, firmware } };
  const { payload } = await exchange(room, station, wish, { status: 'Accepted' });

  const { requestId } = (await latestJob()).request;
  expect(payload).toEqual({ requestId, firmware });
});

describe('logs over 2.0.1', () => {
  test('are uploaded, the security log among them [N01]', async () => {
    const answer = { status: 'Accepted', filename: 'sec.log' };
    const call = await beginJob(
      room,
      station,
      (ports, wish) => readGetLog(ports, wish, 'UPLOAD_SECURITY_LOG'),
      { location: 'https://files.example/up', from: '2030-02-01T00:00:00Z' },
      answer,
    );
    await reports('LogStatusNotification', 'Uploading', 'Uploaded');

    const { request } = await latestJob();
    expect(call).toEqual({
      action: 'GetLog',
      payload: {
        logType: 'SecurityLog',
        requestId: request.requestId,
        log: { remoteLocation: 'https://files.example/up', oldestTimestamp: '2030-02-01T00:00:00.000Z' },
      },
    });
    expect(await latestJob()).toMatchObject({ kind: 'LOG', state: 'DONE', fileName: 'sec.log' });
  });

  test.each([
    ['DiagnosticsLog', 'UPLOAD_LOG'],
    ['SecurityLog', 'UPLOAD_SECURITY_LOG'],
  ])('wished for in the words of the protocol are jobs, too: the %s [N01]', async (logType, kind) => {
    const log = {
      remoteLocation: 'https://files.example/up',
      oldestTimestamp: '2030-02-01T00:00:00.000Z',
      latestTimestamp: '2030-02-02T00:00:00.000Z',
    };
    const wish = { name: 'GET_LOG', parameters: { logType, requestId: 7, log, retries: 2 } };
    const { action, payload } = await exchange(room, station, wish, { status: 'Accepted' });
    await reports('LogStatusNotification', 'Uploading', 'Uploaded');

    const job = await latestJob();
    expect(job).toMatchObject({ kind: 'LOG', request: { kind }, state: 'DONE' });
    const { requestId } = job.request;
    expect([action, payload]).toEqual(['GetLog', { logType, requestId, log, retries: 2 }]);
  });

  test('wished for as diagnostics are the diagnostics log [N01]', async () => {
    const wish = { name: 'GET_DIAGNOSTICS' };
    const { action, payload } = await exchange(room, station, wish, { status: 'Accepted' });
    await reports('LogStatusNotification', 'Uploading', 'PermissionDenied');

    expect([action, payload]).toEqual(['GetLog', expect.objectContaining({ logType: 'DiagnosticsLog' })]);
    expect(await latestJob()).toMatchObject({
      kind: 'DIAGNOSTICS',
      state: 'FAILED',
      reason: 'PERMISSION_DENIED',
    });
  });

  test('of a station that starts another upload are cancelled [N01]', async () => {
    await exchange(room, station, { name: 'GET_DIAGNOSTICS' }, { status: 'Accepted' });
    await reports('LogStatusNotification', 'Uploading', 'AcceptedCanceled');

    expect(await latestJob()).toMatchObject({ state: 'CANCELLED' });
  });
});
