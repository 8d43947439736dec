import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { aStation } from '../adapters/dynamodb/samples.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type AdminUnderTest, newAdmin } from './admin-under-test.ts';

let db: TestDatabase;
let admin: AdminUnderTest;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  admin = await newAdmin(db);
  await admin.scene.stations.createStation(aStation({ stationId: 'CS-1' }));
});
afterAll(() => db.close());

const publicKey = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  .publicKey.export({ format: 'der', type: 'spki' })
  .toString('hex');
const put = (body: object) => admin.request('PUT /stations/CS-1/meter-key', body);
const keys = async () =>
  (await admin.scene.stations.findStation('CS-1'))?.connectors.map(({ meterPublicKey }) => meterPublicKey);

test('the key of a meter is registered for one connector, and taken away again', async () => {
  const registered = await put({ evseId: 1, publicKey });
  const [first, ...others] = (await keys()) ?? [];
  await put({ evseId: 1, publicKey: null });

  expect(registered.status).toBe(200);
  expect(first).toBe(publicKey);
  expect(new Set(others)).toEqual(new Set([undefined]));
  expect(new Set(await keys())).toEqual(new Set([undefined]));
});

test('what is no key, or for no connector, is refused', async () => {
  expect(await put({ evseId: 1, publicKey: 'no key' })).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/publicKey' }] },
  });
  expect(await put({ evseId: 9, publicKey })).toMatchObject({ status: 404 });
});
