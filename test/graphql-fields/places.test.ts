import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Coordinates } from '#core/locations/earth.ts';
import { aStation } from '../adapters/dynamodb/samples.ts';
import { noon } from '../core/sessions/scene.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type Asked, newAsked, type View } from './services-under-test.ts';

let db: TestDatabase;
let asked: Asked;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  asked = await newAsked(db);
});
afterAll(() => db.close());

const eiffelTower = { latitude: 48.8584, longitude: 2.2945 };
const idsOf = (views: unknown) => (views as View[]).map(({ stationId }) => stationId);

function given(stationId: string, coordinates: Coordinates, more: Parameters<typeof aStation>[0] = {}) {
  return asked.scene.stations.createStation(aStation({ stationId, coordinates, ...more }));
}

const near = async (coordinates: Coordinates, radiusKm: number) =>
  idsOf(await asked.ask('Query.stationsNearby', { coordinates, radiusKm }));

describe('stationsNearby', () => {
  test('gives the stations within the radius, nearest first', async () => {
    await given('FAR', { latitude: 43.3, longitude: 5.4 });
    await given('NEXT', { latitude: 48.8606, longitude: 2.3376 });
    await given('HERE', eiffelTower);

    expect(await near(eiffelTower, 5)).toEqual(['HERE', 'NEXT']);
    expect(await near(eiffelTower, 0)).toEqual(['HERE']);
    expect(await near(eiffelTower, 500)).toEqual(['HERE', 'NEXT']);
  });

  test('finds across the antimeridian and around the poles', async () => {
    await given('FIJI', { latitude: -16.8, longitude: -179.99 });
    await given('POLE', { latitude: 89.9, longitude: -120 });

    expect(await near({ latitude: -16.8, longitude: 179.99 }, 3)).toEqual(['FIJI']);
    expect(await near({ latitude: 89.9, longitude: 60 }, 25)).toEqual(['POLE']);
  });

  test('knows a station where it is now, and not at all once it is deleted', async () => {
    await given('CS-1', eiffelTower);
    const louvre = { latitude: 48.8606, longitude: 2.3376 };

    await asked.ask('Mutation.updateStation', { id: 'CS-1', input: { coordinates: louvre } });
    expect(await near(eiffelTower, 1)).toEqual([]);
    expect(await near(louvre, 1)).toEqual(['CS-1']);

    await asked.ask('Mutation.deleteStation', { id: 'CS-1' });
    expect(await near(louvre, 1)).toEqual([]);
  });

  test('comes in pages that go on where the last one ended', async () => {
    for (let index = 0; index < 25; index += 1) {
      await given(`CS-${index}`, { latitude: 48.8584 + index / 1_000, longitude: 2.2945 });
    }
    const seen: unknown[] = [];
    let nextToken: unknown = null;
    do {
      const args = { coordinates: eiffelTower, radiusKm: 10, limit: 10, nextToken };
      const page = (await asked.ask('Query.stationsNearbyPage', args)) as View;
      seen.push(...idsOf(page.items));
      nextToken = page.nextToken;
    } while (nextToken !== null);

    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => `CS-${index}`));
  });

  test('knows nothing of another tenant’s stations', async () => {
    const theirs = await newAsked(db);
    await theirs.scene.stations.createStation(aStation({ stationId: 'CS-1', coordinates: eiffelTower }));

    expect(await near(eiffelTower, 500)).toEqual([]);
  });

  test.each([
    ['radiusKm', { coordinates: eiffelTower, radiusKm: 500.5 }],
    ['radiusKm', { coordinates: eiffelTower, radiusKm: -1 }],
    ['coordinates.latitude', { coordinates: { ...eiffelTower, latitude: 91 }, radiusKm: 1 }],
    ['nextToken', { coordinates: eiffelTower, radiusKm: 1, nextToken: 'made-up' }],
  ])('names what is wrong: %s', async (field, args) => {
    await expect(asked.ask('Query.stationsNearbyPage', args)).rejects.toMatchObject({
      code: 'Validation',
      field,
    });
  });

  test('serves the list’s filter, together with the other filters', async () => {
    await given('NEXT', { latitude: 48.8606, longitude: 2.3376 }, { manufacturer: 'Bolt' });
    await given('HERE', eiffelTower, { manufacturer: 'Acme' });
    await given('FAR', { latitude: 43.3, longitude: 5.4 }, { manufacturer: 'Bolt' });
    await asked.scene.live.connect({
      stationId: 'NEXT',
      connectionId: 'c',
      protocol: 'ocpp1.6',
      connectedAt: noon,
    });
    const around = { coordinates: eiffelTower, radiusKm: 20 };
    const list = async (filter: View) => idsOf(await asked.ask('Query.stations', { filter }));

    expect(await list(around)).toEqual(['HERE', 'NEXT']);
    expect(await list({ ...around, manufacturer: ['Bolt'] })).toEqual(['NEXT']);
    expect(await list({ ...around, status: ['OFFLINE'] })).toEqual(['HERE']);
    expect(await list({ ...around, locationIds: ['nowhere'] })).toEqual([]);
  });
});

describe('locations', () => {
  const garage = { id: 'GARAGE', name: 'Garage', coordinates: eiffelTower, timeZone: 'Europe/Lisbon' };
  const create = (more: View = {}) =>
    asked.ask('Mutation.createLocation', { input: { ...garage, ...more } }) as Promise<View>;
  const station = (stationId: string, more: View = {}) => ({
    stationId,
    name: stationId,
    locationId: 'GARAGE',
    connectors: [{ connectorId: 1, connectorType: 'TYPE_2' }],
    ...more,
  });
  const createStation = (stationId: string, more: View = {}) =>
    asked.ask('Mutation.createStation', { input: station(stationId, more) });

  test('are created, found, listed and changed', async () => {
    const made = await create({ city: 'Paris', countryCode: 'FR' });
    await create({ id: 'ANNEX', name: 'Annex', timeZone: null });

    const changed = await asked.ask('Mutation.updateLocation', { id: 'GARAGE', input: { city: 'Lyon' } });

    expect(made).toMatchObject({ id: 'GARAGE', name: 'Garage', city: 'Paris', timeZone: 'Europe/Lisbon' });
    expect(changed).toMatchObject({ id: 'GARAGE', name: 'Garage', city: 'Lyon', countryCode: 'FR' });
    expect(await asked.ask('Query.location', { id: 'GARAGE' })).toEqual(changed);
    expect(await asked.ask('Query.locations')).toMatchObject([
      { id: 'ANNEX', timeZone: 'Europe/Paris' },
      { id: 'GARAGE' },
    ]);
    expect(await asked.ask('Query.locationsPage', { limit: 1 })).toMatchObject({
      items: [{ id: 'ANNEX' }],
      nextToken: expect.any(String),
    });
  });

  test.each([
    ['input.timeZone', { timeZone: 'Europe/Atlantis' }],
    ['input.name', { name: ' ' }],
    ['input.countryCode', { countryCode: 'fr' }],
    ['input.city', { city: 'x'.repeat(46) }],
    ['input.id', { id: 'with blank' }],
    ['input.coordinates.longitude', { coordinates: { latitude: 0, longitude: 181 } }],
    ['input', { colour: 'red' }],
  ])('name what is wrong: %s', async (field, mistake) => {
    await expect(create(mistake)).rejects.toMatchObject({ code: 'Validation', field });
  });

  test('have one id each', async () => {
    await create();

    await expect(create()).rejects.toMatchObject({ code: 'Conflict', field: 'input.id' });
  });

  test('give their stations the time zone, and the coordinates to those that have none', async () => {
    await create();
    await createStation('CS-1');
    await createStation('CS-2', { coordinates: { latitude: 1, longitude: 2 } });

    const stations = await asked.scene.stations.findStations(['CS-1', 'CS-2']);

    expect(stations).toMatchObject([
      { timeZone: 'Europe/Lisbon', coordinates: eiffelTower },
      { timeZone: 'Europe/Lisbon', coordinates: { latitude: 1, longitude: 2 } },
    ]);
    expect(await near(eiffelTower, 1)).toEqual(['CS-1']);
    expect(await asked.ask('Query.stations', { filter: { locationIds: ['GARAGE'] } })).toHaveLength(2);
  });

  test('take their stations along when they move, and leave those that stand elsewhere', async () => {
    await create();
    await createStation('CS-1');
    await createStation('CS-2', { coordinates: { latitude: 1, longitude: 2 } });
    const there = { latitude: -10, longitude: 20 };

    const input = { coordinates: there, timeZone: 'Africa/Luanda' };
    await asked.ask('Mutation.updateLocation', { id: 'GARAGE', input });
    await asked.ask('Mutation.updateLocation', { id: 'GARAGE', input });

    const stations = await asked.scene.stations.findStations(['CS-1', 'CS-2']);
    expect(stations).toMatchObject([
      { timeZone: 'Africa/Luanda', coordinates: there, revision: 2 },
      { timeZone: 'Africa/Luanda', coordinates: { latitude: 1, longitude: 2 }, revision: 2 },
    ]);
    expect(await near(there, 1)).toEqual(['CS-1']);
    expect(await near(eiffelTower, 1)).toEqual([]);
  });

  test('are left by stations that move on', async () => {
    await create();
    await create({ id: 'ANNEX', coordinates: { latitude: 5, longitude: 5 } });
    await createStation('CS-1');
    const at = async (id: string) =>
      idsOf(await asked.ask('Query.stations', { filter: { locationIds: [id] } }));

    await asked.ask('Mutation.updateStation', { id: 'CS-1', input: { locationId: 'ANNEX' } });
    expect([await at('GARAGE'), await at('ANNEX')]).toEqual([[], ['CS-1']]);
    expect(await near({ latitude: 5, longitude: 5 }, 1)).toEqual(['CS-1']);

    await asked.ask('Mutation.updateStation', { id: 'CS-1', input: { locationId: null } });
    expect([await at('GARAGE'), await at('ANNEX')]).toEqual([[], []]);
    expect(await near({ latitude: 5, longitude: 5 }, 1)).toEqual([]);
  });

  test('are deleted once no station is there', async () => {
    await create();
    await createStation('CS-1');
    const remove = () => asked.ask('Mutation.deleteLocation', { id: 'GARAGE' });

    await expect(remove()).rejects.toMatchObject({ code: 'Conflict' });
    await asked.ask('Mutation.deleteStation', { id: 'CS-1' });

    expect(await remove()).toBe(true);
    expect(await asked.ask('Query.location', { id: 'GARAGE' })).toBeNull();
    await expect(remove()).rejects.toMatchObject({ code: 'NotFound', field: 'id' });
  });

  test('are shown with their stations, those of another tenant never', async () => {
    await create();
    await createStation('CS-1');
    const theirs = await newAsked(db);

    const sources = [{ locationId: 'GARAGE' }, {}, { locationId: 'GONE' }];

    expect(await asked.askMany('ChargingStation.location', sources)).toMatchObject([
      { id: 'GARAGE' },
      null,
      null,
    ]);
    expect(await theirs.askMany('ChargingStation.location', sources)).toEqual([null, null, null]);
    expect(await theirs.ask('Query.location', { id: 'GARAGE' })).toBeNull();
    await expect(
      theirs.ask('Mutation.updateLocation', { id: 'GARAGE', input: { name: 'Mine' } }),
    ).rejects.toMatchObject({ code: 'NotFound' });
    await expect(theirs.ask('Mutation.createStation', { input: station('CS-1') })).rejects.toMatchObject({
      code: 'NotFound',
      field: 'input.locationId',
    });
  });
});
