import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findCircumstances } from '#core/cdrs/issue-cdr.ts';
import { runningCost } from '#core/cdrs/running-cost.ts';
import { recordTransactionEvent } from '#core/sessions/record-transaction-event.ts';
import { agreePrice } from '#core/tariffs/agree-price.ts';
import { assignTariff, unassignTariff } from '#core/tariffs/assign-tariff.ts';
import {
  activateTariff,
  changeTariff,
  createTariff,
  deactivateTariff,
} from '#core/tariffs/manage-tariffs.ts';
import { pinTariff } from '#core/tariffs/pin-tariff.ts';
import type { AssignmentScope } from '#core/tariffs/tariff-assignment.ts';
import type { TokenType } from '#core/tokens/token.ts';
import { aStation } from '../../adapters/dynamodb/samples.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { givenToken, goodUid, minuteMs, newScene, noon, type Scene, sessionOf } from '../sessions/scene.ts';
import { givenTariff, priced } from './tariff-scene.ts';

const stationId = 'CS-1';
const connector = { evseId: 1, connectorId: 1 };
const adHocUid = 'ADHOC1';

let db: TestDatabase;
let scene: Scene;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  scene = await newScene(db);
  const connectors = [{ ...connector, connectorType: 'TYPE_2' }];
  await scene.stations.createStation(aStation({ stationId, protocol: 'ocpp2.0.1', connectors }));
  await givenToken(scene, { uid: adHocUid, tokenType: 'AD_HOC_USER' });
});
afterAll(() => db.close());

const ports = (defaultTariffId?: string) => ({
  ...scene,
  tenant: {
    tenantId: scene.tenantId,
    currency: 'EUR',
    timeZone: 'Europe/Paris',
    ...(defaultTariffId === undefined ? {} : { defaultTariffId }),
  },
});

interface Told {
  readonly ref?: string;
  readonly at?: number;
  readonly uid?: string;
  readonly tokenType?: TokenType;
  readonly energyWh?: number;
  readonly phase?: 'STARTED' | 'UPDATED' | 'ENDED';
  readonly seqNo?: number;
  readonly shows?: boolean;
}

async function told(more: Told = {}): Promise<string> {
  const { ref = 'tx-1', at = scene.now, uid = goodUid, tokenType = 'RFID', energyWh = 0, seqNo = 0 } = more;
  const { phase = 'STARTED', shows = phase === 'STARTED' } = more;
  const { sessionId } = await recordTransactionEvent(
    scene,
    {
      ...{ stationId, phase, transactionRef: ref, seqNo, at, connector },
      samples: [{ at, context: 'PERIODIC', energyWh }],
      ...(shows ? { token: { uid, tokenType } } : {}),
    },
    scene.hints,
  );
  return sessionId;
}

async function pinOf(sessionId: string, defaultTariffId?: string) {
  await pinTariff(ports(defaultTariffId), { sessionId });
  const { tariffPin } = await sessionOf(scene, sessionId);
  return tariffPin && [tariffPin.tariffId, tariffPin.revision, tariffPin.by];
}

const assign = (scope: AssignmentScope, tariffId: string) => assignTariff(scene, { scope, tariffId });

describe('the tariff of a session', () => {
  const scopes: readonly AssignmentScope[] = [
    { kind: 'TENANT' },
    { kind: 'STATION', stationId },
    { kind: 'CONNECTOR', stationId, ...connector },
    { kind: 'TOKEN_GROUP', groupId: 'FAMILY' },
    { kind: 'TOKEN', tokenUid: ` ${goodUid.toLowerCase()} ` },
  ];

  test('is the one that is assigned closest', async () => {
    const pins = [];
    for (const scope of scopes) {
      await givenTariff(scene, scope.kind);
      await assign(scope, scope.kind);
      scene.now += minuteMs;
      pins.push(await pinOf(await told({ ref: scope.kind }), 'TENANT'));
    }

    expect(pins).toEqual(scopes.map(({ kind }) => [kind, 1, kind]));
  });

  test('is what the connector, or the tenant, is described with where nothing is assigned', async () => {
    await givenTariff(scene, 'own');
    await givenTariff(scene, 'usual');
    const before = await pinOf(await told({ ref: 'before' }), 'usual');
    const station = await scene.stations.findStation(stationId);
    if (!station) throw new Error('no station');
    const connectors = [{ ...connector, connectorType: 'TYPE_2', tariffId: 'own' }];
    await scene.stations.replaceStation({ ...station, connectors, revision: 2 });

    expect([before, await pinOf(await told(), 'usual')]).toEqual([
      ['usual', 1, 'TENANT'],
      ['own', 1, 'CONNECTOR'],
    ]);
  });

  test('is read by the clock of the place as it was when the session began', async () => {
    await givenTariff(scene, 'usual');
    const sessionId = await told();
    await pinTariff(ports('usual'), { sessionId });
    const station = await scene.stations.findStation(stationId);
    if (!station) throw new Error('no station');
    await scene.stations.replaceStation({ ...station, timeZone: 'Asia/Tokyo', revision: 2 });

    const { timeZone } = await findCircumstances(ports('usual'), await sessionOf(scene, sessionId));

    expect([station.timeZone, timeZone]).toEqual(['Europe/Paris', 'Europe/Paris']);
  });

  test('is the next one where the closest is a draft, out of use or not valid', async () => {
    await createTariff(scene, undescribed('draft'));
    await givenTariff(scene, 'old', { validTo: noon - 1 });
    await givenTariff(scene, 'usual');
    await assign({ kind: 'TOKEN', tokenUid: goodUid }, 'draft');
    await assign({ kind: 'CONNECTOR', stationId, ...connector }, 'old');

    expect(await pinOf(await told(), 'usual')).toEqual(['usual', 1, 'TENANT']);
  });

  test('is none where the closest does not exist: nobody pays for a mistake', async () => {
    expect(await pinOf(await told(), 'lost')).toBeUndefined();
  });

  test('of drivers who pay on the spot is made for them, or for everybody', async () => {
    await givenTariff(scene, 'spot', { type: 'AD_HOC_PAYMENT' });
    await givenTariff(scene, 'contract', { type: 'REGULAR' });
    await givenTariff(scene, 'all');
    await assign({ kind: 'STATION', stationId }, 'spot');
    await assign({ kind: 'STATION', stationId }, 'contract');
    const adHoc = { uid: adHocUid, tokenType: 'AD_HOC_USER' as const };
    const onTheSpot = await pinOf(await told({ ref: 'a', ...adHoc }), 'all');
    const byContract = await pinOf(await told({ ref: 'b' }), 'all');
    await unassignTariff(scene, { scope: { kind: 'STATION', stationId }, tariffId: 'spot' });
    scene.now += minuteMs;

    expect([onTheSpot, byContract, await pinOf(await told({ ref: 'c', ...adHoc }), 'all')]).toEqual([
      ['spot', 1, 'STATION'],
      ['contract', 1, 'STATION'],
      ['all', 1, 'TENANT'],
    ]);
  });

  test('stays the first that was pinned, however often and whatever happens', async () => {
    await givenTariff(scene, 'usual');
    await givenTariff(scene, 'other');
    const sessionId = await told();
    await Promise.all([pinOf(sessionId, 'usual'), pinOf(sessionId, 'usual')]);
    await deactivateTariff(scene, { tariffId: 'usual' });
    await assign({ kind: 'TOKEN', tokenUid: goodUid }, 'other');

    expect(await pinTariff(ports('usual'), { sessionId })).toBe('kept');
    expect(await pinOf(sessionId, 'other')).toEqual(['usual', 1, 'TENANT']);
  });

  test('told hours late is what was in force, and assigned, when it started', async () => {
    const before = await givenTariff(scene, 'usual');
    await givenTariff(scene, 'special');
    await assign({ kind: 'STATION', stationId }, 'usual');
    const startedAt = scene.now + minuteMs;
    scene.now += 60 * minuteMs;
    await changeTariff(scene, before, (one) => priced(one, '9'));
    await assign({ kind: 'STATION', stationId }, 'special');
    await deactivateTariff(scene, before);

    const sessionId = await told({ at: startedAt });
    await told({ at: startedAt + minuteMs, phase: 'UPDATED', seqNo: 1, energyWh: 2000 });

    expect(await runningCost(ports(), { sessionId })).toMatchObject({ amount: 1 });
    expect(await pinOf(sessionId)).toEqual(['usual', 1, 'STATION']);
    expect(await runningCost(ports(), { sessionId })).toMatchObject({ amount: 1 });
  });

  test('is none when the first was made after the start', async () => {
    await createTariff(scene, undescribed('new'));
    scene.now += minuteMs;
    await activateTariff(scene, { tariffId: 'new' });

    const early = await pinOf(await told({ ref: 'early', at: noon + 1 }), 'new');

    expect([early, await pinOf(await told({ ref: 'late' }), 'new')]).toEqual([
      undefined,
      ['new', 2, 'TENANT'],
    ]);
  });

  test('waits for the start, and for the driver', async () => {
    await givenTariff(scene, 'usual');
    await givenTariff(scene, 'own');
    await assign({ kind: 'TOKEN', tokenUid: goodUid }, 'own');
    scene.now += minuteMs;
    const sessionId = await told({ phase: 'UPDATED', seqNo: 1, shows: false });
    const partial = await pinOf(sessionId, 'usual');
    await told({ shows: false });
    const unknown = await pinOf(sessionId, 'usual');
    await told({ phase: 'UPDATED', seqNo: 2, shows: true });

    expect([partial, unknown, await pinOf(sessionId, 'usual')]).toEqual([
      undefined,
      undefined,
      ['own', 1, 'TOKEN'],
    ]);
  });
});

describe('at a station with several connectors, a tariff', () => {
  const second = { evseId: 1, connectorId: 2 };
  const tell = async (phase: 'STARTED' | 'UPDATED' | 'ENDED', seqNo: number, more: object) => {
    const event = { stationId, phase, transactionRef: 'tx-1', seqNo, at: scene.now + seqNo, samples: [] };
    return (await recordTransactionEvent(scene, { ...event, ...more }, scene.hints)).sessionId;
  };
  const token = { uid: goodUid, tokenType: 'RFID' };

  beforeEach(async () => {
    await givenTariff(scene, 'usual');
    await givenTariff(scene, 'fast');
    const station = await scene.stations.findStation(stationId);
    if (!station) throw new Error('no station');
    const connectors = [connector, second].map((one) => ({ ...one, connectorType: 'TYPE_2' }));
    await scene.stations.replaceStation({ ...station, connectors, revision: 2 });
    await assign({ kind: 'CONNECTOR', stationId, ...second }, 'fast');
    scene.now += minuteMs;
  });

  test.each([
    ['any EVSE', {}],
    ['an EVSE', { connector, connectorAssumed: true }],
  ])('waits for the connector, where its station named %s at the start [E03]', async (_, place) => {
    const sessionId = await tell('STARTED', 0, { token, ...place });
    const early = await pinOf(sessionId, 'usual');
    await tell('UPDATED', 1, { connector: second });

    expect([early, await pinOf(sessionId, 'usual')]).toEqual([undefined, ['fast', 1, 'CONNECTOR']]);
  });

  test('is that of the first one at the end of a session whose station never named another', async () => {
    const sessionId = await tell('STARTED', 0, { token, connector, connectorAssumed: true });
    await tell('ENDED', 1, {});

    expect(await pinOf(sessionId, 'usual')).toEqual(['usual', 1, 'TENANT']);
  });

  test('waits for a token that is accepted [E05]', async () => {
    await assign({ kind: 'TOKEN', tokenUid: goodUid }, 'fast');
    scene.now += minuteMs;
    const sessionId = await tell('STARTED', 0, { token: { ...token, uid: 'NOBODY' }, connector });
    const refused = await pinOf(sessionId, 'usual');
    await tell('UPDATED', 1, { token });

    expect([refused, await pinOf(sessionId, 'usual')]).toEqual([undefined, ['fast', 1, 'TOKEN']]);
  });
});

/** What an owner says of a tariff that is not there yet. */
function undescribed(tariffId: string) {
  const elements = [{ priceComponents: [{ type: 'ENERGY' as const, price: '1', stepSize: 1 }] }];
  return { tariffId, name: tariffId, currency: 'EUR', elements };
}

describe('an agreed price', () => {
  const place = { stationId, connector, tokenUid: goodUid };
  const agree = (tariffId: string, until = scene.now + 5 * minuteMs) =>
    agreePrice(scene, { ...place, tariffId, until });

  beforeEach(async () => {
    // Agreements go when their time is over.
    scene.now = Date.now();
    await givenTariff(scene, 'usual');
    await givenTariff(scene, 'special');
  });

  test('prices the next session of the token at the connector, as it was agreed, and no other', async () => {
    const { tariffId } = await agree('special');
    await changeTariff(scene, { tariffId }, (before) => priced(before, '9'));
    const first = await told({ ref: 'first', at: scene.now + minuteMs });
    const second = await told({ ref: 'second', at: scene.now + 2 * minuteMs });

    expect([await pinOf(first, 'usual'), await pinOf(second, 'usual')]).toEqual([
      ['special', 1, 'AGREED'],
      ['usual', 1, 'TENANT'],
    ]);
  });

  test('is used by one of two sessions that are pinned at once', async () => {
    await agree('special');
    const sessions = [await told({ ref: 'first' }), await told({ ref: 'second' })];

    const pins = await Promise.all(sessions.map((sessionId) => pinOf(sessionId, 'usual')));

    expect(pins.map((pin) => pin?.[2]).toSorted()).toEqual(['AGREED', 'TENANT']);
  });

  test('is shown while it is not pinned yet, and holds for a cable that was plugged in first', async () => {
    await changeTariff(scene, { tariffId: 'special' }, (before) => priced(before, '2'));
    const sessionId = await told({ at: scene.now - minuteMs, shows: false });
    await agree('special');
    await told({ phase: 'UPDATED', seqNo: 1, shows: true, energyWh: 1000 });

    expect(await runningCost(ports('usual'), { sessionId })).toMatchObject({ amount: 2 });
    expect(await pinOf(sessionId, 'usual')).toEqual(['special', 2, 'AGREED']);
  });

  test('is not for a session that starts too late, nor for one that was over', async () => {
    const over = await told({ ref: 'over', at: scene.now - 10 * minuteMs });
    await told({ ref: 'over', phase: 'ENDED', seqNo: 1, at: scene.now - 5 * minuteMs });
    await agree('special', scene.now + minuteMs);
    const late = await told({ ref: 'late', at: scene.now + minuteMs + 1 });

    expect([await pinOf(over, 'usual'), await pinOf(late, 'usual')]).toEqual([
      ['usual', 1, 'TENANT'],
      ['usual', 1, 'TENANT'],
    ]);
  });

  test('needs a tariff that is in force', async () => {
    await deactivateTariff(scene, { tariffId: 'special' });

    await expect(agree('special')).rejects.toMatchObject({ code: 'Conflict', field: 'tariffId' });
    await expect(agree('nothing')).rejects.toMatchObject({ code: 'NotFound', field: 'tariffId' });
  });
});
