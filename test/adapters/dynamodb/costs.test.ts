import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStores, type Stores } from '#adapters/dynamodb/open-stores.ts';
import { recordStatus } from '#core/stations/record-status.ts';
import { newTenantId, startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { type Consumed, measuredClient } from '../../support/measured-client.ts';
import { aCdr, aCommand, anEntry, aSession, aStation, aToken, noon } from './samples.ts';

let db: TestDatabase;
let measured: ReturnType<typeof measuredClient>;
let stores: Stores;
beforeAll(async () => {
  db = await startTestDatabase();
  measured = measuredClient(db.url);
});
afterAll(async () => {
  measured.client.destroy();
  await db.close();
});

const stationId = 'CS-0123456789';
const connector = { evseId: 1, connectorId: 1 };
const link = { stationId, connectionId: 'c1', protocol: 'ocpp1.6', connectedAt: noon };

/** A station with four connectors in use, as it is in the middle of a day. */
async function givenBusyStation(): Promise<void> {
  stores = openStores({ client: measured.client, tables: db.tables, tenantId: newTenantId() });
  await stores.stations.createStation(aStation({ stationId }));
  await stores.tokens.createToken(aToken());
  await stores.live.connect(link);
  await stores.live.noteSeen({ stationId, connectionId: 'c1', at: noon });
  for (const evseId of [0, 1, 2, 3, 4]) {
    const place = { evseId, connectorId: 1 };
    await stores.live.recordConnectorStatus(stationId, {
      ...place,
      status: 'CHARGING',
      statusAt: noon,
      errorCode: 'NoError',
    });
    const session = aSession({ stationId, connector: place });
    if (evseId > 1) await stores.sessions.openSession(session, { occupies: true });
  }
  measured.consumed();
}

async function costOf(act: () => Promise<unknown>): Promise<Consumed> {
  measured.consumed();
  await act();
  return measured.consumed();
}

/** DynamoDB Local leaves new items of a transaction uncounted; the embedded engine counts by AWS's rules. */
const countsAsAws = (process.env.DYNAMODB_ENGINE ?? 'embedded') === 'embedded';

describe.runIf(countsAsAws)('what a message costs', () => {
  beforeAll(givenBusyStation);

  test('a heartbeat that is written: one call, one unit', async () => {
    const cost = await costOf(() => stores.live.noteSeen({ stationId, connectionId: 'c1', at: noon + 1 }));

    expect(cost).toEqual({ calls: 1, readUnits: 0, writeUnits: 1 });
  });

  test('a status report: one call, one unit', async () => {
    const status = { ...connector, status: 'FAULTED', statusAt: noon + 1, errorCode: 'OtherError' } as const;

    const cost = await costOf(() =>
      stores.live.recordConnectorStatus(stationId, {
        ...status,
        info: 'i'.repeat(50),
        vendorErrorCode: '0x1F',
      }),
    );

    expect(cost).toEqual({ calls: 1, readUnits: 0, writeUnits: 1 });
  });

  test('a status report of a connector in use: two calls, two units', async () => {
    const scene = { ...stores, clock: () => noon + 2 };
    const place = { evseId: 2, connectorId: 1 };

    const cost = await costOf(() =>
      recordStatus(scene, { stationId, connector: place, status: 'SUSPENDED_EV' }),
    );

    expect(cost).toEqual({ calls: 2, readUnits: 0, writeUnits: 2 });
  });

  test('a reading of five values: one call, one unit', async () => {
    const { sessionId } = aSession();

    const cost = await costOf(() => stores.sessions.addEntries(sessionId, [anEntry(noon)]));

    expect(cost).toEqual({ calls: 1, readUnits: 0, writeUnits: 1 });
  });

  test('a reservation that a start uses: one call, two units', async () => {
    const { reservations } = stores;
    await reservations.addReservation({
      reservationId: `${stationId}-7`,
      stationId,
      number: 7,
      state: 'RESERVED',
      place: { evseId: 1, connectorId: 1 },
      token: { uid: 'CARD', tokenType: 'RFID' },
      expiresAt: noon + 3_600_000,
      createdAt: noon,
      updatedAt: noon,
      commandId: 'c-1',
    });
    const step = { state: 'USED', at: noon, from: ['RESERVED'], sessionId: 's-1' } as const;

    expect(await costOf(() => reservations.takeStep(stationId, 7, step))).toEqual({
      calls: 1,
      readUnits: 0,
      writeUnits: 2,
    });
  });

  test('a token: one call, one unit', async () => {
    const cost = await costOf(() => stores.tokens.findToken(aToken().uid));

    expect(cost).toEqual({ calls: 1, readUnits: 1, writeUnits: 0 });
  });

  test('the use of a token: one unit to look at it, one when a session starts, one when it ends', async () => {
    const { uid } = aToken();
    const { sessionId } = aSession();

    const looked = await costOf(() => stores.tokenUses.findUse(uid));
    const started = await costOf(() => stores.tokenUses.noteStart(uid, { sessionId, at: noon, forget: [] }));
    const ended = await costOf(() => stores.tokenUses.noteEnd(uid, sessionId));

    expect(looked).toEqual({ calls: 1, readUnits: 1, writeUnits: 0 });
    expect([started, ended]).toEqual([
      { calls: 1, readUnits: 0, writeUnits: 1 },
      { calls: 1, readUnits: 0, writeUnits: 1 },
    ]);
  });

  test('a start that we number, with the connector looked at: two calls and eight units', async () => {
    const session = aSession({ stationId, startReceivedAt: noon });

    const cost = await costOf(async () => {
      await stores.live.findConnector(stationId, connector);
      await stores.sessions.openSession(session, { occupies: true });
    });

    expect(cost).toEqual({ calls: 2, readUnits: 1, writeUnits: 8 });
  });

  test('an end, with the session looked at: two calls and nine units', async () => {
    const session = aSession({ stationId, startReceivedAt: noon });
    const { sessionId } = session;
    await stores.sessions.openSession(session, { occupies: true });
    const told = { endedAt: noon + 9, endReceivedAt: noon + 99, stopReason: 'LOCAL' } as const;
    const end = { ...told, meterStopWh: 134_456, stopTokenUid: 'X' };

    const cost = await costOf(async () => {
      await stores.sessions.findSession(sessionId);
      await stores.sessions.endSession({ sessionId, stationId, connector }, end, [anEntry(noon)]);
    });

    expect(cost).toEqual({ calls: 2, readUnits: 1, writeUnits: 9 });
  });

  test('a start that the station numbers, and its end without a connector: within ten units each', async () => {
    const { startKey: _, meterStartWh: __, ...session } = aSession({ stationId });
    const { sessionId } = session;
    const event = { ...anEntry(noon), key: 'E#0000000000', seqNo: 0, trigger: 'Authorized' };

    const start = await costOf(() => stores.sessions.recordStart(session, event, { occupies: true }));
    const end = await costOf(() =>
      stores.sessions.endSession({ sessionId, stationId }, { endedAt: noon, stopReason: 'LOCAL' }, [
        { ...event, key: 'E#0000000001' },
      ]),
    );

    expect(start).toEqual({ calls: 1, readUnits: 0, writeUnits: 10 });
    expect(end).toEqual({ calls: 3, readUnits: 1, writeUnits: 8 });
  });

  test('a word more of a session that was billed: one unit', async () => {
    const { connector: place = connector, ...session } = aSession({
      stationId,
      startReceivedAt: noon,
      tariffPin: {
        tariffId: crypto.randomUUID(),
        revision: 12,
        by: 'CONNECTOR',
        timeZone: 'Europe/Paris',
      },
    });
    const { sessionId } = session;
    await stores.sessions.openSession(session, { occupies: false });
    const end = { endedAt: noon + 9, endReceivedAt: noon + 99, stopReason: 'LOCAL' } as const;
    await stores.sessions.endSession({ sessionId, stationId }, { ...end, meterStopWh: 134_456 }, []);
    const [period] = aCdr(session).periods;
    const periods = period ? [{ ...period, maxPowerW: 21_999 }] : [];
    await stores.cdrs.issueCdr(aCdr(session, { periods }));

    const cost = await costOf(() => stores.sessions.addFacts(sessionId, stationId, { connector: place }));

    expect((await stores.sessions.findSession(sessionId))?.billed?.maxPowerW).toBe(21_999);
    expect(cost).toEqual({ calls: 1, readUnits: 0, writeUnits: 1 });
  });

  test('a connection and a boot: one unit each', async () => {
    const boot = {
      stationId,
      connectionId: 'c2',
      bootedAt: noon,
      callsFrom: noon,
      registration: 'ACCEPTED',
      reason: 'PowerUp',
    } as const;

    const connect = await costOf(() =>
      stores.live.connect({ ...link, connectionId: 'c2', connectedAt: noon + 1 }),
    );
    const booted = await costOf(async () => {
      await stores.stations.findStation(stationId);
      await stores.live.recordBoot(boot);
    });

    expect(connect).toEqual({ calls: 1, readUnits: 0, writeUnits: 1 });
    expect(booted).toEqual({ calls: 2, readUnits: 1, writeUnits: 1 });
  });

  test('a command from request to answer', async () => {
    const command = aCommand({ stationId, createdAt: Date.now() });
    const { commandId } = command;
    const slot = { stationId, commandId, now: noon, until: noon + 1, othersWait: false };
    const settlement = { state: 'ACCEPTED', settledAt: noon, answer: { status: 'Accepted' } } as const;

    const requested = await costOf(() => stores.commands.addCommand(command));
    const sent = await costOf(async () => {
      await stores.commands.listQueued(stationId, 2, commandId);
      await stores.commands.takeSlot(slot);
      await stores.commands.markSent(stationId, commandId, noon);
    });
    const answered = await costOf(async () => {
      await stores.commands.findCommand(stationId, commandId, ({ sentAt }) => sentAt !== undefined);
      await stores.commands.settle(stationId, commandId, settlement);
    });

    expect(requested).toEqual({ calls: 1, readUnits: 0, writeUnits: 2 });
    expect(sent).toEqual({ calls: 3, readUnits: 0.5, writeUnits: 2 });
    expect(answered).toEqual({ calls: 3, readUnits: 0.5, writeUnits: 2 });
  });
});
