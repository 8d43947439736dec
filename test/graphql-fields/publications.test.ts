import { afterAll, beforeAll, expect, test } from 'vitest';
import { Remembered } from '#platform/remembered.ts';
import { fields } from '../../functions/graphql/fields.ts';
import { aStation } from '../adapters/dynamodb/samples.ts';
import { noon } from '../core/sessions/scene.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type Asked, newAsked } from './services-under-test.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());

test('what is remembered is forgotten in time, and the oldest first when there is too much', () => {
  const memory = new Remembered<string>({ most: 2, forMs: 10 });
  memory.keep('a', 'first', 0);
  memory.keep('b', 'second', 0);
  memory.keep('a', 'again', 5);
  memory.keep('c', 'third', 5);

  expect(['a', 'b', 'c'].map((name) => memory.recall(name, 14))).toEqual(['again', undefined, 'third']);
  expect(memory.recall('a', 15)).toBeUndefined();
});

test('a warm function that works for two tenants mixes nothing up', async () => {
  const [ours, theirs] = [await newAsked(db), await newAsked(db)];
  const at = (evseId: number) => ({ evseId, connectorId: 1, connectorType: 'TYPE_2' });
  await ours.scene.stations.createStation(aStation({ stationId: 'CS-1', connectors: [at(1), at(2)] }));
  await theirs.scene.stations.createStation(aStation({ stationId: 'CS-1', connectors: [at(2)] }));
  const { memory } = ours.services;
  const numberIn = async ({ services }: Asked) => {
    const field = 'Mutation.publishConnectorStatus';
    const { tenantId } = services;
    const connector = { evseId: 2, connectorId: 1, status: 'AVAILABLE' };
    const caller = { tenantId, subject: 'events', roles: [] };
    const request = { field, caller, arguments: { tenantId, stationId: 'CS-1', connector, at: noon } };
    return fields[field]?.(request, { ...services, memory });
  };

  const told = [await numberIn(ours), await numberIn(theirs), await numberIn(ours)];

  expect(told).toMatchObject([{ connectorId: 2 }, { connectorId: 1 }, { connectorId: 2 }]);
});

test('a station that connects is what its connectors last said, and offline once it is gone', async () => {
  const { ask, scene } = await newAsked(db);
  const { live, tenantId } = scene;
  const connector = { evseId: 1, connectorId: 1, status: 'AVAILABLE', statusAt: noon } as const;
  await live.connect({ stationId: 'CS-1', connectionId: 'c-1', protocol: 'ocpp1.6', connectedAt: noon });
  await live.recordConnectorStatus('CS-1', connector);
  const tell = () =>
    ask('Mutation.publishStationStatus', { tenantId, stationId: 'CS-1', online: true, at: noon });

  const told = await tell();
  await live.disconnect('CS-1', 'c-1', noon);

  const timestamp = '2026-06-15T12:00:00.000Z';
  expect(told).toEqual({
    tenantId,
    stationId: 'CS-1',
    status: 'AVAILABLE',
    timestamp,
    details: { online: true },
  });
  expect(await tell()).toMatchObject({ status: 'OFFLINE', details: { online: false } });
});
