import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { endSession } from '#core/sessions/end-session.ts';
import { recordTransactionEvent } from '#core/sessions/record-transaction-event.ts';
import { startSession } from '#core/sessions/start-session.ts';
import type { TenantPolicy } from '#core/tenants/tenant-policy.ts';
import { authorizeToken, type TokenSource } from '#core/tokens/authorize-token.ts';
import { saveToken } from '#core/tokens/provision-token.ts';
import type { Token } from '#core/tokens/token.ts';
import { type Occasion, offence, type TokenRestrictions } from '#core/tokens/token-restrictions.ts';
import { aStation } from '../../adapters/dynamodb/samples.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { givenToken, goodUid, minuteMs, newScene, noon, type Scene, sessionOf } from '../sessions/scene.ts';

let db: TestDatabase;
let scene: Scene;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  scene = await newScene(db);
});
afterAll(() => db.close());

const card = { uid: 'CARD', tokenType: 'RFID' } as const;
const connector = { evseId: 1, connectorId: 1 };
const hours = (from: string, to: string): TokenRestrictions => ({ hours: [{ from, to }] });
/** A Monday, noon in UTC and two in Paris. */
const monday: Occasion = { at: noon, stationId: 'CS-1', timeZone: 'Europe/Paris' };

describe('where and when a token charges', () => {
  test.each<[string, TokenRestrictions, string | undefined]>([
    ['one of its stations', { stationIds: ['CS-1', 'CS-2'] }, undefined],
    ['a station that is not its own', { stationIds: ['CS-2'] }, 'WRONG_PLACE'],
    ['a location that is not its own', { locationIds: ['LOC-2'] }, 'WRONG_PLACE'],
    ['one of its EVSEs', { evseIds: [1, 2] }, undefined],
    ['an EVSE that is not its own', { evseIds: [2] }, 'WRONG_EVSE'],
    ['a moment before it is valid', { validFrom: noon + 1 }, 'WRONG_TIME'],
    ['the moment it becomes valid', { validFrom: noon }, undefined],
    ['its hours, by the clock of the station', { hours: [{ from: '14:00', to: '15:00' }] }, undefined],
    ['the end of its hours', { hours: [{ from: '09:00', to: '14:00' }] }, 'WRONG_TIME'],
    ['its day', { hours: [{ days: [1], from: '00:00', to: '00:00' }] }, undefined],
    ['another day', { hours: [{ days: [0, 2], from: '00:00', to: '00:00' }] }, 'WRONG_TIME'],
    ['a night that began the day before', { hours: [{ days: [0], from: '22:00', to: '15:00' }] }, undefined],
  ])('%s', (_, restrictions, expected) => {
    expect(offence(restrictions, { ...monday, evseId: 1 })).toBe(expected);
  });

  test('an EVSE that nobody named yet is none that is wrong', () => {
    expect(offence({ evseIds: [9] }, monday)).toBeUndefined();
  });

  test('at any minute of the week, hours and their complement never both hold, nor neither', () => {
    const minute = fc.integer({ min: 0, max: 1_439 });
    const text = (minutes: number) =>
      [Math.trunc(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');

    fc.assert(
      fc.property(minute, minute, fc.integer({ min: 0, max: 10_079 }), (from, to, later) => {
        fc.pre(from !== to);
        const at = noon + later * minuteMs;
        const [one, other] = [
          { from: text(from), to: text(to) },
          { from: text(to), to: text(from) },
        ].map((hours) => offence({ hours: [hours] }, { ...monday, at }));

        expect([one, other].filter((verdict) => verdict === undefined)).toHaveLength(1);
      }),
    );
  });

  test('the location and the zone are those of the station [C01]', async () => {
    await scene.stations.createStation(aStation({ stationId: 'CS-1', locationId: 'LOC-1' }));
    await givenToken(scene, { ...card, restrictions: { locationIds: ['LOC-1'] } });
    await givenToken(scene, { uid: 'ELSEWHERE', restrictions: { locationIds: ['LOC-2'] } });

    const here = await authorizeToken(scene, { ...card, stationId: 'CS-1' });
    const there = await authorizeToken(scene, { ...card, uid: 'elsewhere', stationId: 'CS-1' });

    expect([here.status, there.status]).toEqual(['ACCEPTED', 'WRONG_PLACE']);
  });

  test('is not asked of whoever only ends a session', async () => {
    await givenToken(scene, { ...card, restrictions: { stationIds: ['CS-2'] } });

    const { status } = await authorizeToken(scene, { ...card, stationId: 'CS-1', purpose: 'STOP' });

    expect(status).toBe('ACCEPTED');
  });
});

describe('a start that its station kept while it was offline', () => {
  const hourMs = 60 * minuteMs;
  /** Two hours before it is told. */
  const startedAt = noon;
  const told = {
    'ocpp 1.6': async (at: number) => {
      const session = { stationId: 'CS-1', connector, token: card, startedAt: at, meterStartWh: 0 };
      return startSession(scene, session);
    },
    'ocpp 2.0.1': async (at: number) =>
      recordTransactionEvent(
        scene,
        {
          stationId: 'CS-1',
          transactionRef: 'tx',
          phase: 'STARTED',
          seqNo: 0,
          at,
          offline: true,
          connector,
          token: card,
          samples: [],
        },
        scene.hints,
      ),
  };
  const versions = ['ocpp 1.6', 'ocpp 2.0.1'] as const;
  const shownIn = async (version: (typeof versions)[number], at = startedAt) => {
    scene.now = noon + 2 * hourMs;
    const { sessionId, authorization } = await told[version](at);
    return { status: authorization?.status, token: (await sessionOf(scene, sessionId)).token };
  };
  beforeEach(() => scene.stations.createStation(aStation({ stationId: 'CS-1', timeZone: 'UTC' })));

  test.each(versions)('is judged by the time it began, in %s', async (version) => {
    const restrictions = { hours: [{ from: '11:00', to: '13:00' }] };
    await givenToken(scene, { ...card, expiresAt: noon + hourMs, restrictions });

    expect(await shownIn(version)).toMatchObject({ status: 'ACCEPTED', token: { status: 'ACCEPTED' } });
  });

  test.each(versions)('is refused a token that became valid only since, in %s', async (version) => {
    await givenToken(scene, { ...card, restrictions: { validFrom: noon + hourMs } });

    expect(await shownIn(version)).toMatchObject({ status: 'WRONG_TIME' });
  });

  test.each(versions)('competes with no session that runs by now, in %s', async (version) => {
    await givenToken(scene, { ...card, maxOpenSessions: 1 });
    scene.now = noon + 2 * hourMs;
    const elsewhere = { stationId: 'CS-2', connector, token: card, meterStartWh: 0 };
    await startSession(scene, { ...elsewhere, startedAt: scene.now });

    expect(await shownIn(version)).toMatchObject({ status: 'ACCEPTED' });
  });

  test.each(versions)('is for a person when its token was blocked since, in %s', async (version) => {
    await givenToken(scene, { ...card, blocked: true, updatedAt: noon + hourMs });

    expect(await shownIn(version)).toMatchObject({
      status: 'BLOCKED',
      token: { status: 'BLOCKED', refusedSince: true },
    });
  });

  test.each(versions)('is refused for good when its token was blocked before, in %s', async (version) => {
    await givenToken(scene, { ...card, blocked: true, updatedAt: noon - 1 });

    const { token } = await shownIn(version);

    expect(token).toMatchObject({ status: 'BLOCKED' });
    expect(token).not.toHaveProperty('refusedSince');
  });

  test.each([
    ['from before any station can have kept it', Date.UTC(2000, 0, 1)],
    ['still to come', noon + 30 * 24 * hourMs],
  ])('is judged by the time it is told when its own is %s', async (_, at) => {
    await givenToken(scene, { ...card, expiresAt: noon + hourMs });

    expect(await shownIn('ocpp 1.6', at)).toMatchObject({ status: 'EXPIRED' });
  });
});

describe('tokens of others', () => {
  const knows =
    (uid: string, status: 'ACCEPTED' | 'NO_CREDIT'): TokenSource =>
    async (question) =>
      question.uid === uid ? { status, uid, tokenType: question.tokenType } : undefined;

  test('are asked about in their order, after the tenant’s own', async () => {
    await givenToken(scene, { ...card, blocked: true });
    const otherTokens = [
      knows('ROAMING', 'NO_CREDIT'),
      knows('ROAMING', 'ACCEPTED'),
      knows('CARD', 'ACCEPTED'),
    ];
    const ask = (uid: string) => authorizeToken({ ...scene, otherTokens }, { uid, tokenType: 'RFID' });

    expect([(await ask('card')).status, (await ask('roaming')).status, (await ask('nobody')).status]).toEqual(
      ['BLOCKED', 'NO_CREDIT', 'UNKNOWN'],
    );
  });
});

describe('how long a verdict may be kept', () => {
  const oneHour = { cacheLifetimeS: 3_600 };

  test.each<[string, Partial<Token>, Partial<TenantPolicy>, number | undefined]>([
    ['is not limited where nothing limits it', {}, {}, undefined],
    ['is the tenant’s word', {}, oneHour, noon + 3_600_000],
    [
      'is the tenant’s word for a token that expires later',
      { expiresAt: noon + 9e9 },
      oneHour,
      noon + 3_600_000,
    ],
    ['is no longer than the token is good', { expiresAt: noon + 99 }, oneHour, noon + 99],
    ['ends with the hours of the token', { restrictions: hours('09:00', '15:30') }, {}, noon + 90 * minuteMs],
    ['ends the next day with a night', { restrictions: hours('13:00', '06:00') }, {}, noon + 960 * minuteMs],
    ['does not end with hours that are all hours', { restrictions: hours('00:00', '00:00') }, {}, undefined],
  ])('%s [C10]', async (_, token, policy, until) => {
    await scene.stations.createStation(aStation({ stationId: 'CS-1', timeZone: 'Europe/Paris' }));
    scene.policy = { ...scene.policy, ...policy };
    await givenToken(scene, { ...card, ...token });

    const verdict = await authorizeToken(scene, { ...card, stationId: 'CS-1' });

    expect(verdict.status).toBe('ACCEPTED');
    expect(verdict.cacheUntil).toBe(until);
  });

  test.each<[string, TokenRestrictions, number | undefined]>([
    ['another place', { stationIds: ['CS-2'] }, noon],
    ['the hours are not known', hours('00:00', '23:00'), noon],
    ['a place of its own', { stationIds: ['CS-1'] }, undefined],
  ])('is no time at all when it was shown to end a session, where %s: %j', async (_, restrictions, until) => {
    await givenToken(scene, { ...card, restrictions });

    const verdict = await authorizeToken(scene, { ...card, stationId: 'CS-1', purpose: 'STOP' });

    expect([verdict.status, verdict.cacheUntil]).toEqual(['ACCEPTED', until]);
  });
});

describe('a master token', () => {
  beforeEach(async () => {
    scene.policy = { ...scene.policy, masterGroupId: 'MASTERS' };
    await givenToken(scene, { uid: 'MASTER', groupId: 'MASTERS' });
  });
  const master = { uid: 'MASTER', tokenType: 'RFID' } as const;

  test('is accepted with its group wherever it is shown, but for a start [C16]', async () => {
    const asked = await authorizeToken(scene, { ...master, stationId: 'CS-1' });
    const stopped = await authorizeToken(scene, { ...master, purpose: 'STOP' });
    const started = await authorizeToken(scene, { ...master, purpose: 'START' });

    expect([asked, stopped]).toMatchObject([
      { status: 'ACCEPTED', groupId: 'MASTERS' },
      { status: 'ACCEPTED', groupId: 'MASTERS' },
    ]);
    expect(started).toMatchObject({ status: 'INVALID', groupId: 'MASTERS' });
  });

  test('row 8: ends somebody’s session, and the session stays that somebody’s [C16]', async () => {
    const event = { stationId: 'CS-1', transactionRef: 'tx', connector, samples: [] } as const;
    const good = { uid: goodUid, tokenType: 'RFID' } as const;
    const record = (more: {
      phase: 'STARTED' | 'UPDATED' | 'ENDED';
      seqNo: number;
      token: typeof good | typeof master;
      stops?: boolean;
    }) => recordTransactionEvent(scene, { ...event, at: noon + more.seqNo, ...more }, scene.hints);
    const { sessionId } = await record({ phase: 'STARTED', seqNo: 0, token: good });

    const stopping = await record({ phase: 'UPDATED', seqNo: 1, token: master, stops: true });
    const ended = await record({ phase: 'ENDED', seqNo: 2, token: master });

    expect([stopping.authorization?.status, ended.authorization?.status]).toEqual(['ACCEPTED', 'ACCEPTED']);
    expect(await sessionOf(scene, sessionId)).toMatchObject({
      state: 'ENDED',
      token: { uid: goodUid },
      stopTokenUid: 'MASTER',
    });
  });
});

describe('row 29: a token with a limit of sessions', () => {
  const starts = (evseId: number, minutes = 0, uid = 'CARD') =>
    startSession(scene, {
      stationId: 'CS-1',
      connector: { evseId, connectorId: 1 },
      token: { uid, tokenType: 'RFID' },
      startedAt: noon + minutes * minuteMs,
      meterStartWh: 1_000,
    });
  const stops = (transactionNumber: number, minutes: number) =>
    endSession(scene, {
      stationId: 'CS-1',
      transactionNumber,
      endedAt: noon + minutes * minuteMs,
      meterStopWh: 2_000,
      stopReason: 'LOCAL',
      readings: [],
    });
  beforeEach(() => givenToken(scene, { ...card, maxOpenSessions: 1 }));

  test('is refused a second one as concurrent, and only there: asking is not starting', async () => {
    await starts(1);

    const second = await starts(2);

    expect(second.authorization.status).toBe('CONCURRENT_SESSION');
    expect((await authorizeToken(scene, { ...card, stationId: 'CS-1' })).status).toBe('ACCEPTED');
    expect(await sessionOf(scene, second.sessionId)).toMatchObject({
      token: { status: 'CONCURRENT_SESSION' },
    });
  });

  test('charges again after its session has ended', async () => {
    const { transactionNumber } = await starts(1);
    await stops(transactionNumber, 5);

    expect((await starts(2, 6)).authorization.status).toBe('ACCEPTED');
  });

  test('does not compete with its own repeated start, with the repeats of a refused one, nor with what it replaces', async () => {
    const first = await starts(1);
    const refused = await starts(2);

    const again = [await starts(1), await starts(2), await starts(1, 10)];

    expect(again.map(({ authorization }) => authorization.status)).toEqual([
      'ACCEPTED',
      'CONCURRENT_SESSION',
      'ACCEPTED',
    ]);
    expect(again.slice(0, 2).map(({ sessionId }) => sessionId)).toEqual([first.sessionId, refused.sessionId]);
  });

  test('is not locked out by an end that was never told to its record', async () => {
    const { transactionNumber } = await starts(1);
    const tokenUses = { ...scene.tokenUses, noteEnd: () => Promise.reject(new Error('away')) };
    await endSession(
      { ...scene, tokenUses },
      {
        stationId: 'CS-1',
        transactionNumber,
        endedAt: noon + minuteMs,
        meterStopWh: 2_000,
        stopReason: 'LOCAL',
        readings: [],
      },
    );

    const next = await starts(2, 6);

    expect(next.authorization.status).toBe('ACCEPTED');
    expect(Object.keys((await scene.tokenUses.findUse('CARD'))?.open ?? {})).toEqual([next.sessionId]);
  });

  test('is held to it over 2.0.1 too, from the first event that shows it [E01, C01]', async () => {
    const event = (transactionRef: string, evseId: number, seqNo: number) => ({
      stationId: 'CS-9',
      transactionRef,
      seqNo,
      at: noon + seqNo,
      connector: { evseId, connectorId: 1 },
      samples: [],
    });
    const shown = { token: card };
    await recordTransactionEvent(scene, { ...event('a', 1, 0), phase: 'STARTED', ...shown }, scene.hints);
    await recordTransactionEvent(scene, { ...event('b', 2, 0), phase: 'STARTED' }, scene.hints);

    const late = await recordTransactionEvent(
      scene,
      { ...event('b', 2, 1), phase: 'UPDATED', ...shown },
      scene.hints,
    );
    await recordTransactionEvent(scene, { ...event('a', 1, 2), phase: 'ENDED' }, scene.hints);
    const next = await recordTransactionEvent(
      scene,
      { ...event('c', 3, 0), phase: 'STARTED', ...shown },
      scene.hints,
    );

    expect([late.authorization?.status, next.authorization?.status]).toEqual([
      'CONCURRENT_SESSION',
      'ACCEPTED',
    ]);
  });

  test('its use is counted once for each session, however often it is told', async () => {
    const { transactionNumber } = await starts(1);
    await starts(1);
    await stops(transactionNumber, 5);
    await stops(transactionNumber, 5);
    await starts(1);

    expect(await scene.tokenUses.findUse('CARD')).toEqual({
      uid: 'CARD',
      open: {},
      useCount: 1,
      lastUsedAt: noon,
    });
  });

  test('many starts and stops in any order never lock it out for good', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.boolean()), { maxLength: 12 }),
        async (steps) => {
          const uid = crypto.randomUUID().toUpperCase();
          await givenToken(scene, { uid, maxOpenSessions: 1 });
          const running: number[] = [];
          for (const [minute, [evseId, isStart]] of steps.entries()) {
            const number = isStart ? (await starts(evseId, minute, uid)).transactionNumber : running.pop();
            if (isStart && number !== undefined) running.push(number);
            else if (number !== undefined) await stops(number, minute);
          }
          for (const number of running) await stops(number, 60);

          expect((await starts(9, 61, uid)).authorization.status).toBe('ACCEPTED');
        },
      ),
      { numRuns: 15 },
    );
  });

  test('an unlimited one remembers only its latest sessions', async () => {
    await givenToken(scene, { uid: 'FLEET' });
    for (let evseId = 1; evseId <= 23; evseId += 1) await starts(evseId, evseId, 'FLEET');

    const use = await scene.tokenUses.findUse('FLEET');

    expect([Object.keys(use?.open ?? {}).length, use?.useCount]).toEqual([20, 23]);
  });
});

describe('saving a token', () => {
  test('makes it what is said, leaves a block in place unless it is named, and keeps when it was made', async () => {
    await saveToken(scene, { ...card, blocked: true, blockedReason: 'lost', maxOpenSessions: 2 });
    scene.now += minuteMs;

    const saved = await saveToken(scene, { ...card, groupId: 'FAMILY', priority: 3 });

    expect(saved).toMatchObject({ blocked: true, blockedReason: 'lost', groupId: 'FAMILY', revision: 2 });
    expect([saved.createdAt, saved.updatedAt, saved.maxOpenSessions]).toEqual([noon, scene.now, undefined]);
    expect(await scene.tokens.findToken('CARD')).toEqual(saved);
  });
});
