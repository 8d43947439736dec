import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../../local/events/store.ts';
import { hostPrincipal } from '../../../local/iam/principals.ts';
import { type ObjectStore, openObjectStore } from '../../../local/s3/object-store.ts';
import { createS3, s3Path } from '../../../local/s3/s3.ts';

const Bucket = 'b';
const store = openStore(undefined);
let objects: ObjectStore;
let client: S3Client;
const server = createServer((request, response) => void s3.handle(request, response));
const host = hostPrincipal();
let s3: ReturnType<typeof createS3>;

beforeAll(async () => {
  objects = openObjectStore(store, mkdtempSync(join(tmpdir(), 'listing-')));
  const byKey = new Map([[host.accessKeyId, host]]);
  s3 = createS3({ bucketNames: [Bucket], objects, byKey, hosts: [], maxObjectBytes: 10 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { accessKeyId, secretAccessKey } = host;
  const endpoint = `http://127.0.0.1:${port}${s3Path}`;
  client = new S3Client({ region: 'eu-west-1', endpoint, credentials: { accessKeyId, secretAccessKey } });
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  store.close();
});

async function fill(keys: readonly string[]): Promise<void> {
  for (const { key } of objects.list(Bucket, '', '', 1000)) await objects.delete(Bucket, key);
  for (const key of keys) {
    const file = objects.draft();
    writeFileSync(file, '');
    await objects.put(Bucket, { key, file, sizeBytes: 0, etag: 'e', modifiedAtMs: 0, headers: {} });
  }
}

/** All pages of a listing: keys and common prefixes as they came. */
async function listAll(how: { Prefix: string; Delimiter?: string; MaxKeys: number }) {
  const found: { keys: string[]; prefixes: string[]; most: number } = { keys: [], prefixes: [], most: 0 };
  let ContinuationToken: string | undefined;
  do {
    const page = await client.send(new ListObjectsV2Command({ Bucket, ...how, ContinuationToken }));
    found.keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
    found.prefixes.push(...(page.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix));
    found.most = Math.max(found.most, page.KeyCount ?? 0);
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  return found;
}

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const letters = fc.constantFrom('a', 'b', '/', 'é', '😀', '&', '<');
const keyOf = fc.string({ unit: letters, minLength: 1, maxLength: 5 });

test('a listing names every key below its prefix once, folded at the delimiter, whatever the page size', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(keyOf, { maxLength: 12 }),
      fc.string({ unit: letters, maxLength: 2 }),
      fc.constantFrom(undefined, '/', 'a'),
      fc.integer({ min: 1, max: 5 }),
      async (keys, Prefix, Delimiter, MaxKeys) => {
        await fill(keys);

        const found = await listAll({ Prefix, ...(Delimiter ? { Delimiter } : {}), MaxKeys });

        const below = keys.filter((key) => key.startsWith(Prefix)).sort(byBytes);
        const cut = (key: string) => (Delimiter ? key.indexOf(Delimiter, Prefix.length) : -1);
        const folded = below.filter((key) => cut(key) !== -1).map((key) => key.slice(0, cut(key) + 1));
        expect(found.keys).toEqual(below.filter((key) => cut(key) === -1));
        expect(found.prefixes).toEqual([...new Set(folded)]);
        expect(found.most).toBeLessThanOrEqual(MaxKeys);
      },
    ),
    { numRuns: 60 },
  );
});

test('an object above the limit is refused and leaves nothing', async () => {
  await fill([]);

  const put = client.send(new PutObjectCommand({ Bucket, Key: 'large', Body: 'x'.repeat(11) }));

  await expect(put).rejects.toMatchObject({ name: 'EntityTooLarge' });
  expect(objects.find(Bucket, 'large')).toBeUndefined();
});
