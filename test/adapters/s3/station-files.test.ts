import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StationFiles, stationFiles } from '#adapters/s3/station-files.ts';
import { type Cloud, startCloud } from '../../../local/start-cloud.ts';
import { writeFilesApp } from '../../local/fixtures/files-app.ts';
import { pointClientsAt } from '../../support/aws-recorder.ts';

let cloud: Cloud;
let files: StationFiles;

beforeAll(async () => {
  cloud = await startCloud({ assemblyDir: writeFilesApp() });
  const { endpoint, credentials } = cloud.clientConfig('s3');
  pointClientsAt(cloud.clientConfig().endpoint);
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  });
  files = stationFiles({ bucket: cloud.resource('AWS::S3::Bucket', 'Files').ref });
});

afterAll(() => cloud?.close());

describe('addresses', () => {
  test('let a station put a file without an SDK, a checksum or a content type, and fetch it', async () => {
    const key = 'uploads/t1/CP1/diagnostics 1.log';
    const upload = await files.uploadUrl(key, 60);

    const put = await fetch(upload, { method: 'PUT', body: new Uint8Array([1, 2, 3]) });
    const got = await fetch(await files.downloadUrl(key, 60));

    expect(new URL(upload).search.toLowerCase()).not.toMatch(/checksum/);
    expect(new URL(upload).searchParams.get('X-Amz-SignedHeaders')).toBe('host');
    expect([put.status, got.status]).toEqual([200, 200]);
    expect(new Uint8Array(await got.arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]));
  });

  test('say for how long they are good', async () => {
    const url = await files.downloadUrl('uploads/t1/x', 3600);

    expect(new URL(url).searchParams.get('X-Amz-Expires')).toBe('3600');
  });

  test('of more than seven days are refused', async () => {
    await expect(files.uploadUrl('uploads/t1/x', 604_801)).rejects.toThrow('one week');
  });
});

describe('files', () => {
  test('are read as they were put', async () => {
    await files.putFile('firmware/t1/v2.bin', new Uint8Array([0, 255]));
    await files.putFile('firmware/t1/notes.txt', 'été', 'text/plain; charset=utf-8');

    const bytes = await files.readFile('firmware/t1/v2.bin');
    const notes = await fetch(await files.downloadUrl('firmware/t1/notes.txt', 60));

    expect(Buffer.from(bytes ?? [])).toEqual(Buffer.of(0, 255));
    expect(notes.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await notes.text()).toBe('été');
  });

  test('that are not there are undefined', async () => {
    expect(await files.readFile('uploads/t1/none')).toBeUndefined();
  });

  test('are listed below their prefix, more than a page of them', async () => {
    const keys = Array.from({ length: 1001 }, (_, number) => `many/t1/${String(number).padStart(4, '0')}`);
    for (let at = 0; at < keys.length; at += 50)
      await Promise.all(keys.slice(at, at + 50).map((key) => files.putFile(key, 'x')));
    await files.putFile('many/t2/0000', 'of another tenant');

    const listed = await files.listFiles('many/t1/');

    expect(listed.map(({ key }) => key)).toEqual(keys);
    expect(listed[0]).toEqual({ key: keys[0], sizeBytes: 1, modifiedAt: expect.any(Date) });
  });
});
