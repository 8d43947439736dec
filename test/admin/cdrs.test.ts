import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { verifyMeterValue } from '#adapters/crypto/verify-meter-value.ts';
import type { Cdr } from '#core/cdrs/cdr.ts';
import { issueCdr } from '#core/cdrs/issue-cdr.ts';
import type { Session } from '#core/sessions/session.ts';
import { aStation } from '../adapters/dynamodb/samples.ts';
import { noon } from '../core/sessions/scene.ts';
import { minutesIn, numberedSession } from '../core/sessions/traces.ts';
import { component, tariffOf } from '../core/tariffs/periods.ts';
import { ocpiCdrShape } from '../ocpi/ocpi-cdr-shape.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type AdminUnderTest, newAdmin } from './admin-under-test.ts';

let db: TestDatabase;
let admin: AdminUnderTest;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  admin = await newAdmin(db);
  const { scene } = admin;
  await scene.tariffs.saveTariff(
    tariffOf([{ priceComponents: [component('ENERGY', '0.25')] }], { tariffId: 'day' }),
  );
  await scene.locations.createLocation({
    locationId: 'LOC-1',
    name: 'Gare',
    address: '1 place de la Gare',
    city: 'Lyon',
    postalCode: '69002',
    countryCode: 'FR',
    coordinates: { latitude: 45.7485, longitude: 4.8467 },
    timeZone: 'Europe/Paris',
    createdAt: noon,
    updatedAt: noon,
    revision: 1,
  });
  const [connector] = aStation().connectors;
  if (!connector) throw new Error('the sample has a connector');
  const connectors = [{ ...connector, tariffId: 'day' }];
  await scene.stations.createStation(aStation({ stationId: 'CS-1', locationId: 'LOC-1', connectors }));
});

async function givenCdr(more: Partial<Session> = {}): Promise<Cdr> {
  const { scene } = admin;
  const { endedAt = minutesIn(60), meterStopWh = 0, ...open } = numberedSession(more);
  const { sessionId, stationId } = open;
  await scene.sessions.openSession({ ...open, state: 'ACTIVE' }, { occupies: false });
  const end = { endedAt, meterStopWh, stopReason: 'LOCAL' } as const;
  await scene.sessions.endSession({ sessionId, stationId }, end, []);
  const tenant = await admin.services.findTenant();
  const ports = { ...scene, tenant, verifySigned: verifyMeterValue };
  const result = await issueCdr(ports, { sessionId, graceOver: true });
  if (result.outcome !== 'issued') throw new Error(result.outcome);
  return result.cdr;
}

const why = { reason: 'the meter was wrong' };

describe('CDRs over REST', () => {
  test('are shown with their readings, periods, lines and why', async () => {
    const { cdrId } = await givenCdr();

    const { status, body } = await admin.request(`GET /cdrs/${cdrId}`);

    expect(status).toBe(200);
    expect(body).toMatchObject({
      cdrId,
      kind: 'ORIGINAL',
      billing: 'BILLABLE',
      counterparty: { kind: 'ACCOUNT', id: 'token:CAFE' },
      place: { locationId: 'LOC-1', city: 'Lyon', evseUid: 'CS-1*1' },
      readings: {
        begin: { at: '2026-03-02T12:00:00.000Z', energyWh: 100_000, source: 'METER_START' },
        end: { at: '2026-03-02T13:00:00.000Z', energyWh: 110_000, source: 'METER_STOP' },
      },
      periods: [{ startedAt: '2026-03-02T12:00:00.000Z', energyWh: 10_000 }],
      lines: [{ type: 'ENERGY', unitPrice: '0.25', billed: '10' }],
      totalCost: { exclVat: '2.5' },
      tariff: { tariffId: 'day' },
    });
  });

  test('are CDR objects of OCPI when that is asked for', async () => {
    const { cdrId } = await givenCdr();

    const { body } = await admin.request(`GET /cdrs/${cdrId}?format=ocpi`);

    expect(ocpiCdrShape.safeParse(body).error).toBeUndefined();
    expect(body).toMatchObject({
      country_code: 'FR',
      party_id: 'ACM',
      id: cdrId,
      total_energy: 10,
      cdr_location: { id: 'LOC-1', country: 'FRA', city: 'Lyon', connector_standard: 'IEC_62196_T2' },
    });
  });

  test('are listed by station, counterparty, billing and time', async () => {
    const fine = await givenCdr();
    const held = await givenCdr({ sessionId: 'session-2', meterStopWh: 900 });
    const ids = async (query: string) =>
      (await admin.request(`GET /cdrs?${query}`)).body.items.map(({ cdrId }: Cdr) => cdrId).toSorted();

    expect(await ids('stationId=CS-1')).toEqual([fine.cdrId, held.cdrId].toSorted());
    expect(await ids('stationId=CS-2')).toEqual([]);
    expect(await ids('counterparty=ACCOUNT:token:CAFE&billing=REVIEW')).toEqual([held.cdrId]);
    expect(await ids('counterparty=PARTNER:token:CAFE')).toEqual([]);
    expect(await ids(`before=${new Date(noon).toISOString()}`)).toEqual([]);
    expect(await ids(`from=${new Date(noon).toISOString()}`)).toHaveLength(2);
  });

  test.each(['billing=MAYBE', 'counterparty=alice', 'from=yesterday'])(
    'are not listed by %s',
    async (query) => {
      const { status, body } = await admin.request(`GET /cdrs?${query}`);

      expect(status).toBe(422);
      expect(body.errors[0].pointer).toContain(query.split('=')[0]);
    },
  );

  test('are credited once, by an administrator who says why', async () => {
    const { cdrId } = await givenCdr();

    expect((await admin.request(`POST /cdrs/${cdrId}/credit`, {})).status).toBe(422);
    expect((await admin.request(`POST /cdrs/${cdrId}/credit`, why, { roles: ['OPERATOR'] })).status).toBe(
      403,
    );
    const first = await admin.request(`POST /cdrs/${cdrId}/credit`, why);
    const again = await admin.request(`POST /cdrs/${cdrId}/credit`, why);

    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body).toEqual(first.body);
    expect(first.body).toMatchObject({
      creditOf: cdrId,
      totalCost: { exclVat: '-2.5' },
      correction: { ...why, by: 'alice' },
    });
  });

  test('are issued anew, once', async () => {
    const { cdrId } = await givenCdr();

    const first = await admin.request(`POST /cdrs/${cdrId}/reissue`, { ...why, energyWh: 8_000 });
    const again = await admin.request(`POST /cdrs/${cdrId}/reissue`, { ...why, energyWh: 8_000 });
    const other = await admin.request(`POST /cdrs/${cdrId}/reissue`, { ...why, energyWh: 9_000 });

    expect([first.status, again.status, other.status]).toEqual([201, 200, 409]);
    expect(first.body).toMatchObject({ replaces: cdrId, totalCost: { exclVat: '2' } });
  });

  test('are issued anew with the times that are given', async () => {
    const { cdrId } = await givenCdr();
    const endedAt = '2026-03-02T12:45:00.000Z';

    const unset = await admin.request(`POST /cdrs/${cdrId}/reissue`, {
      ...why,
      startedAt: '1970-01-01T00:00:00Z',
    });
    const { status, body } = await admin.request(`POST /cdrs/${cdrId}/reissue`, { ...why, endedAt });

    expect(unset).toMatchObject({ status: 422, body: { errors: [{ pointer: '/startedAt' }] } });
    expect(status).toBe(201);
    expect(body).toMatchObject({ endedAt, correction: { ...why, by: 'alice', endedAt } });
  });

  test('wait in the queue until somebody decides', async () => {
    const { cdrId } = await givenCdr({ meterStopWh: 900 });
    const queue = async () => (await admin.request('GET /cdrs/review')).body.items;
    const [waiting] = await queue();

    const { body } = await admin.request(`POST /cdrs/${cdrId}/resolve`, { ...why, decision: 'WRITTEN_OFF' });

    expect(waiting).toMatchObject({
      cdrId,
      review: 'HELD',
      reviewReasons: ['The meter fell from 100000 Wh to 900 Wh.'],
    });
    expect(body).toMatchObject({
      billing: 'UNBILLED',
      resolution: { decision: 'WRITTEN_OFF', ...why, by: 'alice' },
    });
    expect(await queue()).toEqual([]);
  });

  test('of another tenant are not there', async () => {
    const { cdrId } = await givenCdr();
    const other = await newAdmin(db);

    expect((await other.request(`GET /cdrs/${cdrId}`)).status).toBe(404);
    expect((await other.request(`POST /cdrs/${cdrId}/credit`, why)).status).toBe(404);
  });
});
