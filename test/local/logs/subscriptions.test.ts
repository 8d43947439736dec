import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, test } from 'vitest';
import { openLogSubscriptions } from '../../../local/logs/subscriptions.ts';
import { type Cloud, type CloudOptions, startCloud } from '../../../local/start-cloud.ts';
import { subscription, writeFilesApp } from '../fixtures/files-app.ts';

interface Delivery {
  messageType: string;
  owner: string;
  logGroup: string;
  logStream: string;
  subscriptionFilters: string[];
  logEvents: { id: string; timestamp: number; message: string }[];
}

const running: Cloud[] = [];

afterEach(async () => {
  for (const cloud of running.splice(0)) await cloud.close();
});

async function start(options: Partial<CloudOptions> = {}, changes: Record<string, object> = {}) {
  const assemblyDir = writeFilesApp(changes);
  const cloud = await startCloud({ assemblyDir, times: { retryMs: 10 }, ...options });
  running.push(cloud);
  return cloud;
}

/** What the hearing function was sent and kept, when nothing is under way any more. */
async function heard(cloud: Cloud): Promise<Delivery[]> {
  await cloud.idle();
  const Bucket = cloud.resource('AWS::S3::Bucket', 'Files').ref;
  const s3 = new S3Client(cloud.clientConfig('s3'));
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'heard/' }));
  const bodies = Contents.map(async ({ Key }) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return JSON.parse((await Body?.transformToString()) ?? '') as Delivery;
  });
  return Promise.all(bodies);
}

const messages = (deliveries: Delivery[]) =>
  deliveries.flatMap(({ logEvents }) => logEvents.map(({ message }) => message.trimEnd()));

const audit = (text: string) => JSON.stringify({ level: 'INFO', kind: 'audit', message: text });

describe('a subscribed function’s lines', () => {
  test('that match go to the other function in CloudWatch’s shape, and idle waits for them', async () => {
    const cloud = await start();

    const lines = [audit('one'), 'no JSON', '{"kind":"other"}', audit('two')];
    const { payload } = await cloud.invoke('Talker', { lines, errors: [audit('three')] });

    const deliveries = await heard(cloud);
    expect(payload).toBe('said');
    expect(messages(deliveries).sort()).toEqual([audit('one'), audit('three'), audit('two')]);
    expect(deliveries[0]).toMatchObject({
      messageType: 'DATA_MESSAGE',
      owner: '000000000000',
      logGroup: 'files-TalkerLog',
      subscriptionFilters: ['files-Audits'],
      logEvents: expect.arrayContaining([
        {
          id: expect.stringMatching(/^\d{56}$/),
          timestamp: expect.any(Number),
          message: `${audit('one')}\n`,
        },
      ]),
    });
  });

  test('are heard down to the last before idle, however many a function prints as it ends', async () => {
    const cloud = await start();
    const lines = Array.from({ length: 450 }, (_, number) => audit(`${number} ${'x'.repeat(500)}`));

    for (let round = 0; round < 3; round++) await cloud.invoke('Talker', { lines });

    expect(messages(await heard(cloud)).sort()).toEqual([...lines, ...lines, ...lines].sort());
  });

  test('are delivered when the function fails', async () => {
    const cloud = await start();

    await cloud.invoke('Talker', { lines: [audit('last words')], thenThrow: true });

    expect(messages(await heard(cloud))).toEqual([audit('last words')]);
  });

  test('are delivered again when the other function failed', async () => {
    const cloud = await start();

    await cloud.invoke('Talker', { lines: [audit('fail first')] });

    expect(messages(await heard(cloud))).toEqual([audit('fail first')]);
  });

  test('come twice with the same ids when deliveries are repeated', async () => {
    const cloud = await start({ chaos: { duplicate: 1 } });

    await cloud.invoke('Talker', { lines: [audit('once')] });

    const [first, second, ...others] = await heard(cloud);
    expect(second).toEqual(first);
    expect(others).toEqual([]);
  });

  test('that nobody took before the process ended go with the next start', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'lines-'));
    const first = await start({ dataDir });
    await first.invoke('Talker', { lines: [audit('kept')] });
    await first.close();

    const second = await start({ dataDir });

    expect(messages(await heard(second))).toEqual([audit('kept')]);
  });
});

describe('gathering', () => {
  function gather(gatherMs: number) {
    const delivered: Delivery[] = [];
    let say: (line: string) => void = () => {};
    let onDelivery = () => {};
    const subscriptions = openLogSubscriptions({
      subscriptions: [
        { filterName: 'f', logGroup: 'g', wants: () => true, destinationArn: 'a', writers: ['fn'] },
      ],
      hear: (_, listener) => {
        say = listener;
      },
      deliver: (_, payload) => {
        const { awslogs } = JSON.parse(payload) as { awslogs: { data: string } };
        delivered.push(JSON.parse(gunzipSync(Buffer.from(awslogs.data, 'base64')).toString()) as Delivery);
        onDelivery();
      },
      gatherMs,
    });
    const nextDelivery = () =>
      new Promise<void>((resolve) => {
        onDelivery = resolve;
      });
    return { delivered, say: (line: string) => say(line), subscriptions, nextDelivery };
  }

  test('lasts until its time is over', async () => {
    const { delivered, say, nextDelivery } = gather(20);
    const delivery = nextDelivery();

    say('one');
    say('two');
    const before = delivered.length;
    await delivery;

    expect(before).toBe(0);
    expect(messages(delivered)).toEqual(['one', 'two']);
  });

  test('ends with the 500th line', () => {
    const { delivered, say, subscriptions } = gather(60_000);

    for (let line = 0; line < 1001; line++) say(String(line));

    expect(delivered.map(({ logEvents }) => logEvents.length)).toEqual([500, 500]);
    expect(subscriptions.pending()).toBe(1);
    subscriptions.close();
    expect(new Set(delivered.flatMap(({ logEvents }) => logEvents.map(({ id }) => id))).size).toBe(1001);
  });

  test('ends when much was said', () => {
    const { delivered, say, subscriptions } = gather(60_000);

    for (let line = 0; line < 3; line++) say('x'.repeat(100_000));

    expect(delivered.map(({ logEvents }) => logEvents.length)).toEqual([3]);
    subscriptions.close();
  });
});

describe('the start is refused for', () => {
  const arn = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });

  test.each<[string, Record<string, object>, string]>([
    ['a pattern not known here', { Audits: subscription('ERROR') }, 'filter pattern'],
    [
      'a log group that no function writes to',
      {
        Other: { Type: 'AWS::Logs::LogGroup' },
        Audits: subscription('', { LogGroupName: { Ref: 'Other' } }),
      },
      'no function writes',
    ],
    [
      'a destination that is no function',
      { Audits: subscription('', { DestinationArn: 'arn:aws:kinesis:eu-west-1:000000000000:stream/s' }) },
      'no function of the app',
    ],
    [
      'a function that would hear itself',
      { Audits: subscription('', { DestinationArn: arn('Talker') }) },
      'its own lines',
    ],
    ['a third subscription', { More: subscription(''), Most: subscription('') }, 'too many'],
  ])('%s', async (_, changes, reason) => {
    await expect(start({}, changes)).rejects.toThrow(reason);
  });
});
