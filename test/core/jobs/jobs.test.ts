import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { confirmFirmware } from '#core/jobs/confirm-firmware.ts';
import type { ReportedStatus } from '#core/jobs/job.ts';
import { jobDue } from '#core/jobs/job-due.ts';
import { recordJobAnswer } from '#core/jobs/record-job-answer.ts';
import { recordJobStatus } from '#core/jobs/record-job-status.ts';
import { cancelJob, retryJob } from '#core/jobs/steer-job.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { stationId } from '../commands/command-scene.ts';
import { type JobScene, newJobScene } from './job-scene.ts';

let db: TestDatabase;
let scene: JobScene;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  scene = await newJobScene(db);
});
afterAll(() => db.close());

const hourMs = 3_600_000;

async function says(...statuses: (ReportedStatus | [ReportedStatus, number])[]): Promise<void> {
  for (const each of statuses) {
    const [status, requestId] = Array.isArray(each) ? each : [each];
    await recordJobStatus(scene, {
      stationId,
      kinds: ['FIRMWARE'],
      status,
      at: scene.now,
      ...(requestId === undefined ? {} : { requestId }),
    });
  }
}

const statesOf = async (...jobIds: string[]) =>
  Promise.all(jobIds.map(async (jobId) => (await scene.job(jobId)).state));
const alerts = async () => (await scene.alerts.listAlerts({}, { limit: 10 })).items;

describe('a job', () => {
  test('is kept, puts its command into the queue, and follows its station to the end', async () => {
    const { jobId, commandId } = await scene.begin();
    const queued = await scene.command(commandId);
    await scene.settle(jobId, 'ACCEPTED');
    const accepted = await scene.job(jobId);
    await says('DOWNLOADING', 'DOWNLOADED', 'INSTALLING', 'INSTALLED');

    expect(queued).toMatchObject({ state: 'QUEUED', name: 'UPDATE_FIRMWARE', request: { jobId } });
    expect(accepted.state).toBe('ACCEPTED');
    const done = await scene.job(jobId);
    expect(done).toMatchObject({ state: 'DONE', reason: 'INSTALLED', endedAt: scene.now });
    expect(done.history.map(({ status }) => status)).toEqual([
      'REQUESTED',
      'ACCEPTED',
      'DOWNLOADING',
      'DOWNLOADED',
      'INSTALLING',
      'INSTALLED',
    ]);
  });

  test('is started once, however often that is asked with its id', async () => {
    const first = await scene.begin({ jobId: 'job-1' });
    const again = await scene.begin({ jobId: 'job-1' });

    const { items } = await scene.commands.listCommands(stationId, { limit: 10 });
    expect(again).toEqual(first);
    expect(items.map(({ commandId }) => commandId)).toEqual([first.commandId]);
  });

  test('is refused for a station that is away and may not be waited for', async () => {
    await scene.live.disconnect(stationId, 'c-1', scene.now);

    await expect(scene.begin({}, { whenOffline: 'FAIL' })).rejects.toMatchObject({ code: 'StationOffline' });
  });

  test('finds its statuses by request id, and stays where it is for those of another', async () => {
    const one = await scene.begin();
    const other = await scene.begin();
    await says(['DOWNLOADING', one.request.requestId], ['INSTALLED', other.request.requestId]);

    expect(await statesOf(one.jobId, other.jobId)).toEqual(['DOWNLOADING', 'DONE']);
  });

  test('without request ids, is the one that the station is at', async () => {
    const running = await scene.begin();
    await scene.settle(running.jobId, 'ACCEPTED');
    const waiting = await scene.begin();
    await says('DOWNLOADING');

    expect(await statesOf(running.jobId, waiting.jobId)).toEqual(['DOWNLOADING', 'REQUESTED']);
  });

  test('is not moved back by statuses that come late or twice, which its history keeps', async () => {
    const { jobId } = await scene.begin();
    await says('INSTALLING', 'DOWNLOADING', 'INSTALLED', 'INSTALLED', 'DOWNLOAD_FAILED', 'IDLE');

    const { state, reason, history } = await scene.job(jobId);
    expect([state, reason, history.length]).toEqual(['DONE', 'INSTALLED', 6]);
  });

  test('that nobody knows leaves its statuses beside the jobs, for operators to see', async () => {
    await says(['INSTALLED', 4711], ['INSTALLED', 4711], 'IDLE');

    const strays = await scene.jobs.listStrays(stationId, 10);
    expect(strays).toEqual([
      { area: 'FIRMWARE', status: 'INSTALLED', at: scene.now, requestId: 4711 },
      { area: 'FIRMWARE', status: 'IDLE', at: scene.now },
    ]);
  });

  test.each(['REJECTED', 'TIMED_OUT'] as const)('fails when its command ends as %s', async (state) => {
    const { jobId } = await scene.begin();
    await scene.settle(jobId, state);

    expect(await scene.job(jobId)).toMatchObject({ state: 'FAILED', reason: state });
  });

  test('stays open when nobody knows whether its station got the call', async () => {
    const { jobId } = await scene.begin();
    await scene.settle(jobId, 'UNKNOWN');
    const left = await scene.job(jobId);
    await says('INSTALLED');

    expect(left.state).toBe('ACCEPTED');
    expect(await statesOf(jobId)).toEqual(['DONE']);
  });

  test('is cancelled by a newer one that its station takes in its place', async () => {
    const older = await scene.begin();
    await scene.settle(older.jobId, 'ACCEPTED');
    const newer = await scene.begin();
    const answer = { stationId, request: newer.request, answer: 'ACCEPTED_CANCELED', at: scene.now } as const;
    await recordJobAnswer(scene, answer);
    await recordJobAnswer(scene, answer);

    expect(await statesOf(older.jobId, newer.jobId)).toEqual(['CANCELLED', 'ACCEPTED']);
    expect((await scene.job(older.jobId)).reason).toBe('REPLACED');
  });

  test('keeps no more than forty lines of history, the first among them', async () => {
    const { jobId } = await scene.begin();
    for (let each = 0; each < 50; each += 1) await says('DOWNLOADING');

    const { history } = await scene.job(jobId);
    expect([history.length, history[0]?.status]).toEqual([40, 'REQUESTED']);
  });
});

describe('a job whose station falls silent', () => {
  test('is timed out an hour after the last progress, and not before', async () => {
    const { jobId } = await scene.begin();
    await scene.told(jobId);
    const [timer] = scene.timers;
    scene.now += hourMs;
    await says('DOWNLOADING');
    scene.now += hourMs - 1;
    await jobDue(scene, { stationId, jobId });
    const early = await scene.job(jobId);
    scene.now += 1;
    await jobDue(scene, { stationId, jobId });
    await jobDue(scene, { stationId, jobId });

    expect(timer).toMatchObject({ timer: { kind: 'JOB_DUE', stationId, jobId } });
    expect(early.state).toBe('DOWNLOADING');
    expect(scene.timers.at(-1)?.at).toBe(scene.now);
    expect(await scene.job(jobId)).toMatchObject({ state: 'TIMED_OUT', endedAt: scene.now });
  });

  test('is not late before the moment it was asked for', async () => {
    const { jobId, dueAt } = await scene.begin({ retrieveAt: scene.now + 10 * hourMs });
    scene.now += 10 * hourMs;
    await jobDue(scene, { stationId, jobId });

    expect(dueAt).toBe(scene.now + hourMs);
    expect(await statesOf(jobId)).toEqual(['REQUESTED']);
  });
});

describe('another attempt', () => {
  test('is made by itself as often as was asked, under a request id of its own', async () => {
    const { jobId, request } = await scene.begin({}, { automaticRetries: 1 });
    await says(['DOWNLOAD_FAILED', request.requestId]);
    const due = await scene.job(jobId);
    await scene.told(jobId);
    await scene.told(jobId);
    const again = await scene.job(jobId);
    await says(['INSTALLED', request.requestId]);
    const echoed = await scene.job(jobId);
    await says(['DOWNLOAD_FAILED', again.request.requestId]);

    expect([due.state, again.state, again.attempt]).toEqual(['RETRY_DUE', 'REQUESTED', 2]);
    expect(again.request.requestId).not.toBe(request.requestId);
    expect((await scene.commands.listCommands(stationId, { limit: 10 })).items).toHaveLength(2);
    expect(echoed.history.at(-1)).toMatchObject({ status: 'INSTALLED', attempt: 1 });
    expect([echoed.state, ...(await statesOf(jobId))]).toEqual(['REQUESTED', 'FAILED']);
  });

  test('is made when somebody asks, of a job that failed and of no other', async () => {
    const { jobId } = await scene.begin();
    const open = retryJob(scene, { jobId, by: 'alice' });
    await expect(open).rejects.toMatchObject({ code: 'Conflict' });
    await says('DOWNLOAD_FAILED');
    const job = await retryJob(scene, { jobId, by: 'alice' });
    await says(['INSTALLED', job.request.requestId]);

    expect(job).toMatchObject({ state: 'REQUESTED', attempt: 2 });
    expect(await scene.command(job.commandId)).toMatchObject({ state: 'QUEUED' });
    expect(await statesOf(jobId)).toEqual(['DONE']);
    await expect(retryJob(scene, { jobId, by: 'alice' })).rejects.toMatchObject({ code: 'Conflict' });
  });
});

describe('cancelling', () => {
  test('ends a job and takes its command back', async () => {
    const { jobId, commandId } = await scene.begin();
    const job = await cancelJob(scene, { jobId, by: 'alice' });

    expect(job).toMatchObject({ state: 'CANCELLED' });
    expect(await scene.command(commandId)).toMatchObject({ state: 'CANCELLED' });
    await expect(cancelJob(scene, { jobId, by: 'alice' })).rejects.toMatchObject({ code: 'Conflict' });
    await expect(cancelJob(scene, { jobId: 'none', by: 'alice' })).rejects.toMatchObject({
      code: 'NotFound',
    });
  });
});

describe('the version a station boots with', () => {
  test('confirms an update that was called installed', async () => {
    const { jobId } = await scene.begin();
    await says('INSTALLED');
    await confirmFirmware(scene, { stationId, firmwareVersion: '2.0' });
    await confirmFirmware(scene, { stationId, firmwareVersion: '3.0' });

    expect(await scene.job(jobId)).toMatchObject({ confirmed: true, bootedVersion: '2.0' });
    expect(await alerts()).toEqual([]);
  });

  test('ends an update that was being installed', async () => {
    const { jobId } = await scene.begin();
    await says('INSTALL_REBOOTING');
    await confirmFirmware(scene, { stationId, firmwareVersion: '1.0' });
    const before = await scene.job(jobId);
    await confirmFirmware(scene, { stationId, firmwareVersion: '2.0' });

    expect(before.state).toBe('INSTALL_REBOOTING');
    expect(await scene.job(jobId)).toMatchObject({ state: 'DONE', confirmed: true });
  });

  test('raises one alert when it is not what was wanted', async () => {
    const { jobId } = await scene.begin();
    await says('INSTALLED');
    await confirmFirmware(scene, { stationId, firmwareVersion: '1.0' });

    expect(await scene.job(jobId)).toMatchObject({ state: 'DONE', confirmed: false });
    expect(await alerts()).toMatchObject([{ kind: 'FIRMWARE_NOT_AS_WANTED', count: 1 }]);
  });
});

describe('an image that a station does not trust', () => {
  test.each(['INVALID_SIGNATURE', 'INVALID_CERTIFICATE', 'REVOKED_CERTIFICATE'] as const)(
    'ends the job for good with a security alert: %s',
    async (answer) => {
      const { jobId, request } = await scene.begin({}, { automaticRetries: 3 });
      if (answer === 'INVALID_SIGNATURE') await says('SIGNATURE_VERIFIED', answer);
      else await recordJobAnswer(scene, { stationId, request, answer, at: scene.now });
      await scene.told(jobId);

      expect(await scene.job(jobId)).toMatchObject({ state: 'FAILED', reason: answer, attempt: 1 });
      expect(await alerts()).toMatchObject([
        { category: 'SECURITY_ALERT', severity: 'CRITICAL', kind: `FIRMWARE_${answer}`, stationId },
      ]);
    },
  );
});
