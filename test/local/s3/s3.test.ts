import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import {
  DeleteObjectCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cloud, startCloud } from '../../../local/start-cloud.ts';
import { writeFilesApp } from '../fixtures/files-app.ts';

let cloud: Cloud;
let Bucket: string;
let s3: S3Client;

beforeAll(async () => {
  cloud = await startCloud({ assemblyDir: writeFilesApp() });
  Bucket = cloud.resource('AWS::S3::Bucket', 'Files').ref;
  s3 = new S3Client(cloud.clientConfig('s3'));
});

afterAll(() => cloud?.close());

/** A client with the rights of a function's role. */
function clientOf(functionName: string): S3Client {
  const credentials = { accessKeyId: cloud.accessKeyOf(functionName), secretAccessKey: 'not checked' };
  return new S3Client({ ...cloud.clientConfig('s3'), credentials });
}

/** An address signed by the function that may use `uploads/`. */
async function signed(how: {
  method: 'PUT' | 'GET';
  key: string;
  expiresIn?: number;
  signedAt?: string;
  ResponseContentDisposition?: string;
}): Promise<string> {
  const { payload } = await cloud.invoke('Signer', { expiresIn: 60, ...how });
  return payload as string;
}

describe('objects', () => {
  test('come back as they were put, with their type and metadata', async () => {
    const Key = 'a folder/é+&?=%2F.bin';
    const body = Buffer.from([0, 255, 13, 10, 128]);
    await s3.send(
      new PutObjectCommand({ Bucket, Key, Body: body, ContentType: 'x/y', Metadata: { station: 'CP1' } }),
    );

    const got = await s3.send(new GetObjectCommand({ Bucket, Key }));
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key }));

    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? [])).toEqual(body);
    expect(got).toMatchObject({ ContentType: 'x/y', Metadata: { station: 'CP1' }, ContentLength: 5 });
    expect(head).toMatchObject({ ContentLength: 5, ETag: got.ETag });
    expect(got.ETag).toMatch(/^"[0-9a-f]{32}"$/);
  });

  test('are replaced as a whole, and gone after deletion, twice over', async () => {
    const Key = 'replaced';
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'the longer first text' }));
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'second' }));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    const left = await Body?.transformToString();

    await s3.send(new DeleteObjectCommand({ Bucket, Key }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key }));

    expect(left).toBe('second');
    await expect(s3.send(new GetObjectCommand({ Bucket, Key }))).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(s3.send(new HeadObjectCommand({ Bucket, Key }))).rejects.toMatchObject({ name: 'NotFound' });
  });

  test('that are streamed in chunks with a checksum behind them arrive without either', async () => {
    const parts = Array.from({ length: 40 }, (_, number) => Buffer.alloc(10_007, number));
    const whole = Buffer.concat(parts);
    const Key = 'streamed';

    await s3.send(
      new PutObjectCommand({ Bucket, Key, Body: Readable.from(parts), ContentLength: whole.length }),
    );

    const { Body, ContentEncoding } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    expect(await buffer(Body as Readable)).toEqual(whole);
    expect(ContentEncoding).toBeUndefined();
  });

  test.each([
    ['bytes=2-4', 206, 'cde', 'bytes 2-4/6'],
    ['bytes=4-', 206, 'ef', 'bytes 4-5/6'],
    ['bytes=-2', 206, 'ef', 'bytes 4-5/6'],
    ['bytes=3-99', 206, 'def', 'bytes 3-5/6'],
  ])('give the range %s', async (Range, status, expected, contentRange) => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'ranged', Body: 'abcdef' }));

    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'ranged', Range }));

    expect(await got.Body?.transformToString()).toBe(expected);
    expect(got).toMatchObject({ ContentRange: contentRange, $metadata: { httpStatusCode: status } });
  });

  test('have no range behind their end', async () => {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'short', Body: 'abc' }));

    const beyond = s3.send(new GetObjectCommand({ Bucket, Key: 'short', Range: 'bytes=3-' }));

    await expect(beyond).rejects.toMatchObject({ name: 'InvalidRange' });
  });

  test('that do not match their checksum are refused and leave what was there', async () => {
    const Key = 'summed';
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'good' }));

    const wrong = s3.send(new PutObjectCommand({ Bucket, Key, Body: 'bad', ChecksumCRC32: 'AAAAAA==' }));

    await expect(wrong).rejects.toMatchObject({ name: 'BadDigest' });
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    expect(await Body?.transformToString()).toBe('good');
  });

  test('are not written over when none is to be there', async () => {
    const put = () => s3.send(new PutObjectCommand({ Bucket, Key: 'once', Body: 'x', IfNoneMatch: '*' }));
    await put();

    await expect(put()).rejects.toMatchObject({ name: 'PreconditionFailed' });
  });

  test('of a bucket that is not there are refused', async () => {
    const nowhere = s3.send(new PutObjectCommand({ Bucket: 'nowhere', Key: 'k', Body: 'x' }));

    await expect(nowhere).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });
});

describe('roles', () => {
  test('may do what they were granted, where they were granted it', async () => {
    const client = clientOf('Signer');
    await client.send(new PutObjectCommand({ Bucket, Key: 'uploads/mine', Body: 'x' }));

    const elsewhere = client.send(new PutObjectCommand({ Bucket, Key: 'other/mine', Body: 'x' }));

    await expect(elsewhere).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining(`s3:PutObject on resource: arn:aws:s3:::${Bucket}/other/mine`),
    });
    await expect(client.send(new DeleteObjectCommand({ Bucket, Key: 'uploads/mine' }))).rejects.toMatchObject(
      { name: 'AccessDenied' },
    );
  });

  test('that may not list are not told that an object is missing', async () => {
    const missing = clientOf('Signer').send(new GetObjectCommand({ Bucket, Key: 'uploads/none' }));

    await expect(missing).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('s3:ListBucket'),
    });
  });

  test('list below the prefix they were granted alone', async () => {
    const client = clientOf('Talker');

    await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'uploads/t1' }));

    await expect(client.send(new ListObjectsV2Command({ Bucket }))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
  });
});

describe('presigned URLs', () => {
  test('let a plain client put and get a file at the front door', async () => {
    const key = 'uploads/t1/CP1/log é.zip';
    const upload = await signed({ method: 'PUT', key });
    const download = await signed({ method: 'GET', key });

    const put = await fetch(upload, { method: 'PUT', body: Buffer.from('log of a station') });
    const got = await fetch(download);

    expect(upload).toMatch(new RegExp(`^${cloud.urls.http}/s3/`));
    expect(put.status).toBe(200);
    expect(put.headers.get('etag')).toMatch(/^"[0-9a-f]{32}"$/);
    expect([got.status, await got.text()]).toEqual([200, 'log of a station']);
  });

  test('lead to the same file by the TLS port', async () => {
    const key = 'uploads/t1/tls';
    await fetch(await signed({ method: 'PUT', key }), { method: 'PUT', body: 'over TLS' });
    const url = (await signed({ method: 'GET', key })).replace(cloud.urls.http, cloud.urls.https);

    const answer = await new Promise<string>((resolve, reject) => {
      request(url, { ca: readFileSync(cloud.caFile) }, (response) => resolve(text(response)))
        .on('error', reject)
        .end();
    });

    expect(answer).toBe('over TLS');
  });

  test('give the file the name their signer wants', async () => {
    const key = 'uploads/t1/named';
    await fetch(await signed({ method: 'PUT', key }), { method: 'PUT', body: 'x' });
    const ResponseContentDisposition = 'attachment; filename="a b.txt"';

    const got = await fetch(await signed({ method: 'GET', key, ResponseContentDisposition }));

    expect(got.headers.get('content-disposition')).toBe(ResponseContentDisposition);
  });

  test('end when their time is over', async () => {
    const signedAt = new Date(Date.now() - 61_000).toISOString();
    const url = await signed({ method: 'GET', key: 'uploads/t1/old', signedAt });

    const got = await fetch(url);

    expect(got.status).toBe(403);
    const xml = await got.text();
    expect(xml).toContain('<Code>AccessDenied</Code><Message>Request has expired</Message>');
    expect(xml).toContain('<X-Amz-Expires>60</X-Amz-Expires><Expires>');
  });

  test('do not begin before they were signed', async () => {
    const signedAt = new Date(Date.now() + 3_600_000).toISOString();

    const got = await fetch(await signed({ method: 'GET', key: 'uploads/t1/early', signedAt }));

    expect([got.status, await got.text()]).toEqual([403, expect.stringContaining('not valid yet')]);
  });

  test.each<[string, (url: string) => [string, RequestInit?]]>([
    ['another key', (url) => [url.replace('uploads/t1', 'uploads/t2')]],
    ['another method', (url) => [url, { method: 'DELETE' }]],
    ['a longer time', (url) => [url.replace('X-Amz-Expires=60', 'X-Amz-Expires=600')]],
    ['a further parameter', (url) => [`${url}&response-content-type=text%2Fhtml`]],
  ])('are good for nothing but what was signed: %s', async (_, change) => {
    const key = 'uploads/t1/fixed';
    await fetch(await signed({ method: 'PUT', key }), { method: 'PUT', body: 'x' });
    const url = await signed({ method: 'GET', key });

    const [asked, init] = change(url);
    const got = await fetch(asked, init);

    expect(got.status).toBe(403);
    expect(await got.text()).toContain('<Code>SignatureDoesNotMatch</Code>');
    expect((await fetch(url)).status).toBe(200);
  });

  test('allow no more than their signer may do', async () => {
    const url = await signed({ method: 'PUT', key: 'secrets/k' });

    const put = await fetch(url, { method: 'PUT', body: 'x' });

    expect([put.status, await put.text()]).toEqual([403, expect.stringContaining('s3:PutObject')]);
  });

  test('of a key that nobody has, and requests without a signature, are refused', async () => {
    const url = await signed({ method: 'GET', key: 'uploads/k' });

    const stranger = await fetch(url.replace(/LKIA\w+/, 'AKIAUNKNOWN'));
    const nobody = await fetch(url.replace(/\?.*/, ''));

    expect(await stranger.text()).toContain('<Code>InvalidAccessKeyId</Code>');
    expect([nobody.status, await nobody.text()]).toEqual([403, expect.stringContaining('AccessDenied')]);
  });

  test('want to know the length of a file before it comes', async () => {
    const url = await signed({ method: 'PUT', key: 'uploads/t1/endless' });
    const body = Readable.toWeb(Readable.from([Buffer.from('x')])) as ReadableStream;

    const put = await fetch(url, { method: 'PUT', body, duplex: 'half' });

    expect(put.status).toBe(411);
  });
});

test('what S3 can do beyond this is refused loudly', async () => {
  const put = new PutObjectCommand({ Bucket, Key: 'x', Body: 'x', IfMatch: '"0"' });
  const acl = new GetObjectAclCommand({ Bucket, Key: 'x' });

  const refused = { name: 'NotImplemented', message: expect.stringContaining('local/s3/README.md') };
  await expect(s3.send(put)).rejects.toMatchObject(refused);
  await expect(s3.send(acl)).rejects.toMatchObject(refused);
});

test('a bucket that does more than keep objects stops the start', async () => {
  const notifying = {
    Files: {
      Type: 'AWS::S3::Bucket',
      Properties: { NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } } },
    },
  };

  const start = startCloud({ assemblyDir: writeFilesApp(notifying) });

  await expect(start).rejects.toThrow('NotificationConfiguration');
});

test('objects survive a restart, and half-written files do not', async () => {
  const assemblyDir = writeFilesApp();
  const dataDir = mkdtempSync(join(tmpdir(), 'objects-'));
  const first = await startCloud({ assemblyDir, dataDir });
  const put = new PutObjectCommand({ Bucket, Key: 'kept', Body: 'still here' });
  await new S3Client(first.clientConfig('s3')).send(put);
  await first.close();
  writeFileSync(join(dataDir, 's3', 'half'), 'written');

  const second = await startCloud({ assemblyDir, dataDir });
  const got = await new S3Client(second.clientConfig('s3')).send(
    new GetObjectCommand({ Bucket, Key: 'kept' }),
  );
  const body = await got.Body?.transformToString();
  await second.close();

  expect(body).toBe('still here');
  expect(readdirSync(join(dataDir, 's3'))).toHaveLength(1);
});
