import { readFileSync } from 'node:fs';
import { Kind, parse } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyMeterValue } from '#adapters/crypto/verify-meter-value.ts';
import { issueCdr } from '#core/cdrs/issue-cdr.ts';
import { endSession } from '#core/sessions/end-session.ts';
import { startSession } from '#core/sessions/start-session.ts';
import { batchedFields } from '../../functions/graphql/fields.ts';
import { aStation, aTariff, aUser } from '../adapters/dynamodb/samples.ts';
import { goodUid, minuteMs, noon } from '../core/sessions/scene.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import { type Asked, newAsked, type View } from './services-under-test.ts';

const specification = parse(readFileSync('test/fixtures/graphql/specification.graphql', 'utf8'));

let db: TestDatabase;
let asked: Asked;
beforeAll(async () => {
  db = await startTestDatabase();
  asked = await newAsked(db);
});
afterAll(() => db.close());

function fieldsOf(typeName: string): string[] {
  return specification.definitions.flatMap((type) =>
    type.kind === Kind.OBJECT_TYPE_DEFINITION && type.name.value === typeName
      ? (type.fields ?? []).map(({ name }) => name.value)
      : [],
  );
}

/** A session of an hour and 11 kWh at 16 kW at most, with a driver, a bill and a last reading of everything. */
async function billedSession(): Promise<string> {
  const { scene, services } = asked;
  await scene.users.createUser(aUser());
  const connector = { evseId: 1, connectorId: 1 };
  const connectors = [{ ...connector, connectorType: 'TYPE_2', tariffId: 'day' }];
  await scene.stations.createStation(aStation({ stationId: 'CS-1', connectors }));
  await scene.tariffs.saveTariff(aTariff());
  const { sessionId, transactionNumber } = await startSession(scene, {
    stationId: 'CS-1',
    connector,
    token: { uid: goodUid, tokenType: 'RFID' },
    startedAt: noon,
    meterStartWh: 100_000,
  });
  const reading = { powerW: 16_000, voltageV: 230, currentA: 23, temperatureC: 20 };
  await endSession(scene, {
    stationId: 'CS-1',
    transactionNumber,
    endedAt: noon + 60 * minuteMs,
    meterStopWh: 111_000,
    stopReason: 'LOCAL',
    readings: [{ at: noon + 30 * minuteMs, context: 'PERIODIC', energyWh: 106_000, ...reading }],
  });
  const tenant = await services.findTenant();
  await issueCdr({ ...scene, tenant, verifySigned: verifyMeterValue }, { sessionId, graceOver: true });
  return sessionId;
}

/** All fields that the specification gives a type: those of the view, and those that are resolved below it. */
async function everythingOf(typeName: string, view: View): Promise<View> {
  const values = fieldsOf(typeName).map(async (name) => {
    const field = `${typeName}.${name}`;
    const [resolved] = field in batchedFields ? await asked.askMany(field, [view]) : [view[name]];
    return [name, resolved] as const;
  });
  return Object.fromEntries(await Promise.all(values));
}

test('every field that the specification gives a session is known of one that was billed', async () => {
  const view = (await asked.ask('Query.session', { id: await billedSession() })) as View;

  const session = await everythingOf('ChargingSession', view);
  const metrics = await everythingOf('SessionRealTimeMetrics', session.realTimeMetrics as View);

  expect(Object.entries(session).filter(([, value]) => value == null)).toEqual([]);
  expect(Object.entries(metrics).filter(([, value]) => value == null)).toEqual([]);
  expect(session).toMatchObject({ totalEnergy: 11, maxPower: 16, avgPower: 11 });
});
