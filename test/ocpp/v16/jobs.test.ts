import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Job } from '../../../functions/core/jobs/job.ts';
import { readGetLog } from '../../../functions/core/jobs/job-wishes.ts';
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
  station = await room.givenStation(`CP-J16-${stations}`, 'ocpp1.6');
  await station.calls('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' });
});
afterAll(() => room.close());

const location = 'ftp://files.example/fw-2.bin';
const signing = {
  signature: 'c2lnbmF0dXJl',
  signingCertificate: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
};

const updateWish = { name: 'UPDATE_FIRMWARE', parameters: { location, version: '2.0', retries: 2 } };
const signedWish = { ...updateWish, parameters: { location, ...signing } };

async function latestJob(): Promise<Job> {
  const { items } = await room.services.jobs.listJobs(station.stationId, { limit: 1 });
  const [job] = items;
  if (!job) throw new Error('no job');
  return job;
}

async function reports(action: string, ...statuses: string[]): Promise<void> {
  const { request } = await latestJob();
  const named =
    action.startsWith('Signed') || action.startsWith('Log') ? { requestId: request.requestId } : {};
  for (const status of statuses) await station.calls(action, { status, ...named });
}

describe('a firmware update over 1.6', () => {
  test('runs from the call to the last status [TC_044_1]', async () => {
    const { action, payload, command } = await exchange(room, station, updateWish, {});
    await reports('FirmwareStatusNotification', 'Downloading', 'Downloaded', 'Installing', 'Installed');

    expect([action, command.state]).toEqual(['UpdateFirmware', 'ACCEPTED']);
    expect(payload).toEqual({ location, retries: 2, retrieveDate: expect.stringMatching(/Z$/) });
    expect(await latestJob()).toMatchObject({ kind: 'FIRMWARE', state: 'DONE', wantedVersion: '2.0' });
  });

  test('that fails to download ends its job [TC_044_2]', async () => {
    await exchange(room, station, updateWish, {});
    await reports('FirmwareStatusNotification', 'Downloading', 'DownloadFailed', 'Idle');

    expect(await latestJob()).toMatchObject({ state: 'FAILED', reason: 'DOWNLOAD_FAILED' });
  });

  test('that fails to install ends its job [TC_044_3]', async () => {
    await exchange(room, station, updateWish, {});
    await reports('FirmwareStatusNotification', 'Downloaded', 'Installing', 'InstallationFailed');

    expect(await latestJob()).toMatchObject({ state: 'FAILED', reason: 'INSTALL_FAILED' });
  });
});

describe('a signed firmware update over 1.6', () => {
  test('runs from the call to the last status [TC_080]', async () => {
    const { action, payload } = await exchange(room, station, signedWish, { status: 'Accepted' });
    await reports(
      'SignedFirmwareStatusNotification',
      'Downloading',
      'Downloaded',
      'SignatureVerified',
      'Installing',
      'InstallRebooting',
      'Installed',
    );

    const job = await latestJob();
    expect(action).toBe('SignedUpdateFirmware');
    expect(payload).toMatchObject({
      requestId: job.request.requestId,
      firmware: { location, ...signing, retrieveDateTime: expect.any(String) },
    });
    expect(job).toMatchObject({ state: 'DONE', reason: 'INSTALLED' });
  });

  test('with a signature that does not fit ends its job [TC_081]', async () => {
    await exchange(room, station, signedWish, { status: 'Accepted' });
    await reports('SignedFirmwareStatusNotification', 'Downloaded', 'InvalidSignature');

    expect(await latestJob()).toMatchObject({ state: 'FAILED', reason: 'INVALID_SIGNATURE' });
  });

  test.each([
    ['InvalidCertificate', 'INVALID_CERTIFICATE'],
    ['RevokedCertificate', 'REVOKED_CERTIFICATE'],
  ])('answered with %s ends its job', async (status, reason) => {
    const { command } = await exchange(room, station, signedWish, { status });

    expect(command.state).toBe('REJECTED');
    expect(await latestJob()).toMatchObject({ state: 'FAILED', reason });
  });
});

describe('a signed update over 1.6 that is wished for in the words of the protocol', () => {
  const wish = (firmware: object) => ({
    name: 'SIGNED_UPDATE_FIRMWARE',
    parameters: { requestId: 7, firmware },
  });

  test('is a job, too', async () => {
    const firmware = { location, retrieveDateTime: '2030-04-01T00:00:00.000Z', ...signing };
    const { action, payload } = await exchange(room, station, wish(firmware), { status: 'Accepted' });
    await reports('SignedFirmwareStatusNotification', 'Downloading');

    const job = await latestJob();
    expect(job).toMatchObject({ kind: 'FIRMWARE', state: 'DOWNLOADING' });
    const { requestId } = job.request;
    expect([action, payload]).toEqual(['SignedUpdateFirmware', { requestId, firmware }]);
  });

  test('must be signed', async () => {
    await expect(exchange(room, station, wish({ location }), {})).rejects.toMatchObject({
      field: 'parameters.signature',
    });
  });
});

describe('diagnostics over 1.6', () => {
  const wish = {
    name: 'GET_DIAGNOSTICS',
    parameters: {
      location: 'ftp://files.example/',
      from: '2030-02-01T00:00:00Z',
      to: '2030-02-02T00:00:00Z',
    },
  };

  test('are uploaded under the name the station chose [TC_045_1]', async () => {
    const { action, payload } = await exchange(room, station, wish, { fileName: 'diag.zip' });
    await reports('DiagnosticsStatusNotification', 'Uploading', 'Uploaded');

    expect(action).toBe('GetDiagnostics');
    expect(payload).toEqual({
      location: 'ftp://files.example/',
      startTime: '2030-02-01T00:00:00.000Z',
      stopTime: '2030-02-02T00:00:00.000Z',
    });
    expect(await latestJob()).toMatchObject({ kind: 'DIAGNOSTICS', state: 'DONE', fileName: 'diag.zip' });
  });

  test('wished for in the words of the protocol are the same', async () => {
    const { location, from, to } = wish.parameters;
    const parameters = { location, startTime: from, stopTime: to };
    const { payload } = await exchange(room, station, { ...wish, parameters }, { fileName: 'diag.zip' });

    expect(payload).toMatchObject({
      startTime: '2030-02-01T00:00:00.000Z',
      stopTime: '2030-02-02T00:00:00.000Z',
    });
  });

  test('whose upload fails end their job [TC_045_2]', async () => {
    await exchange(room, station, wish, { fileName: 'diag.zip' });
    await reports('DiagnosticsStatusNotification', 'Uploading', 'UploadFailed');

    expect(await latestJob()).toMatchObject({ state: 'FAILED', reason: 'UPLOAD_FAILED' });
  });

  test('that do not exist end their job at once', async () => {
    const { command } = await exchange(room, station, wish, {});

    expect(command.state).toBe('ACCEPTED');
    expect(await latestJob()).toMatchObject({ state: 'FAILED', reason: 'NOTHING_TO_UPLOAD' });
  });
});

describe('the security log over 1.6', () => {
  const location = 'https://files.example/up';
  const begin = (answer: Record<string, unknown>) =>
    beginJob(
      room,
      station,
      (ports, wish) => readGetLog(ports, wish, 'UPLOAD_SECURITY_LOG'),
      { location, from: '2030-02-01T00:00:00Z' },
      answer,
    );

  test('is asked for by its name, and uploaded under that of the station [TC_079]', async () => {
    const call = await begin({ status: 'Accepted', filename: 'sec.log' });
    await reports('LogStatusNotification', 'Uploading', 'Uploaded');

    const { request } = await latestJob();
    expect(call).toEqual({
      action: 'GetLog',
      payload: {
        logType: 'SecurityLog',
        requestId: request.requestId,
        log: { remoteLocation: location, oldestTimestamp: '2030-02-01T00:00:00.000Z' },
      },
    });
    expect(await latestJob()).toMatchObject({ kind: 'LOG', state: 'DONE', fileName: 'sec.log' });
  });

  test('whose upload fails ends its job [TC_079]', async () => {
    await begin({ status: 'Accepted' });
    await reports('LogStatusNotification', 'Uploading', 'UploadFailure');

    expect(await latestJob()).toMatchObject({ state: 'FAILED', reason: 'UPLOAD_FAILED' });
  });
});

test('statuses that a trigger asked for, of nothing, are kept beside the jobs', async () => {
  await station.calls('FirmwareStatusNotification', { status: 'Idle' });
  await station.calls('DiagnosticsStatusNotification', { status: 'Idle' });

  const strays = await room.services.jobs.listStrays(station.stationId, 10);
  expect(strays.map(({ area, status }) => `${area} ${status}`).sort()).toEqual([
    'DIAGNOSTICS IDLE',
    'FIRMWARE IDLE',
  ]);
});
