import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Stores } from '#adapters/dynamodb/open-stores.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { aSession, noon } from './samples.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());

const stationId = 'CS-001';
const first = { stationId, connectionId: 'first', protocol: 'ocpp1.6', connectedAt: noon };
const second = { stationId, connectionId: 'second', protocol: 'ocpp2.0.1', connectedAt: noon + 1 };

describe('the connection of a station', () => {
  test('is the latest one, in whatever order they are told', async () => {
    const [inOrder, reversed] = [db.storesOf(), db.storesOf()];

    const outcomes = [
      await inOrder.live.connect(first),
      await inOrder.live.connect(second),
      await reversed.live.connect(second),
      await reversed.live.connect(first),
    ];

    expect(outcomes).toEqual(['connected', 'connected', 'connected', 'superseded']);
    expect(await inOrder.live.findLink(stationId)).toEqual(second);
    expect(await reversed.live.findLink(stationId)).toEqual(second);
  });

  test('ends only with its own end', async () => {
    const { live } = db.storesOf();
    await live.connect(first);
    await live.connect(second);

    expect(await live.disconnect(stationId, 'first', noon + 5)).toBe('not-current');
    expect((await live.findLink(stationId))?.connectionId).toBe('second');
    expect(await live.disconnect(stationId, 'second', noon + 6)).toBe('disconnected');

    expect(await live.findLink(stationId)).toEqual({
      stationId,
      protocol: 'ocpp2.0.1',
      connectedAt: noon + 1,
      disconnectedAt: noon + 6,
    });
    expect(await live.connect(first)).toBe('superseded');
  });

  test('lets calls through once it has spoken, and not later than that', async () => {
    const { live } = db.storesOf();
    await live.connect(first);
    expect((await live.findLink(stationId))?.callsFrom).toBeUndefined();

    await live.noteSeen({ stationId, connectionId: 'first', at: noon + 10 });
    await live.noteSeen({ stationId, connectionId: 'first', at: noon + 20 });

    expect(await live.findLink(stationId)).toMatchObject({ callsFrom: noon + 10, lastSeenAt: noon + 20 });
    expect(await live.noteSeen({ stationId, connectionId: 'second', at: noon })).toBe('not-current');
  });

  test('closes the gate again for a new connection', async () => {
    const { live } = db.storesOf();
    await live.connect(first);
    await live.noteSeen({ stationId, connectionId: 'first', at: noon });

    await live.connect(second);

    expect((await live.findLink(stationId))?.callsFrom).toBeUndefined();
  });

  test('whose gate was closed gets calls again when it speaks, and only its own gate is closed', async () => {
    const { live } = db.storesOf();
    await live.connect(first);
    await live.noteSeen({ stationId, connectionId: 'first', at: noon });

    expect(await live.closeGate(stationId, 'second')).toBe('not-current');
    expect((await live.findLink(stationId))?.callsFrom).toBe(noon);
    expect(await live.closeGate(stationId, 'first')).toBe('closed');
    expect((await live.findLink(stationId))?.callsFrom).toBeUndefined();
    await live.noteSeen({ stationId, connectionId: 'first', at: noon + 9 });

    expect(await live.findLink(stationId)).toMatchObject({ connectionId: 'first', callsFrom: noon + 9 });
  });

  test('takes the word of a boot for when calls may come', async () => {
    const { live } = db.storesOf();
    await live.connect(first);
    const boot = {
      stationId,
      bootedAt: noon + 30,
      callsFrom: noon + 1030,
      registration: 'ACCEPTED',
      reason: 'PowerUp',
    } as const;

    expect(await live.recordBoot({ ...boot, connectionId: 'first' })).toBe('recorded');
    expect(await live.recordBoot({ ...boot, connectionId: 'second' })).toBe('not-current');
    await live.noteSeen({ stationId, connectionId: 'first', at: noon + 40 });

    expect(await live.findLink(stationId)).toMatchObject({ bootedAt: noon + 30, callsFrom: noon + 1030 });
  });

  test('of one tenant is not that of another', async () => {
    const [ours, theirs] = [db.storesOf(), db.storesOf()];
    await ours.live.connect(first);

    expect(await theirs.live.disconnect(stationId, 'first', noon)).toBe('not-current');
    expect(await theirs.live.findLink(stationId)).toBeUndefined();
    expect((await ours.live.findLink(stationId))?.connectionId).toBe('first');
  });
});

describe('the status of a connector', () => {
  const status = (evseId: number, at: number, said: 'AVAILABLE' | 'FAULTED' = 'AVAILABLE') => ({
    evseId,
    connectorId: 1,
    status: said,
    statusAt: at,
  });

  async function ids({ live }: Stores): Promise<readonly number[]> {
    return (await live.findLive(stationId)).connectors.map(({ evseId }) => evseId);
  }

  test('comes with the session at its connector, be it the latest or not', async () => {
    const { live, sessions } = db.storesOf();
    const session = aSession({ stationId, connector: { evseId: 1, connectorId: 1 } });
    const { sessionId } = session;
    await sessions.openSession(session, { occupies: true });

    expect([
      await live.recordConnectorStatus(stationId, status(1, noon + 5)),
      await live.recordConnectorStatus(stationId, status(1, noon)),
      await live.recordConnectorStatus(stationId, status(2, noon)),
    ]).toEqual([
      { outcome: 'recorded', sessionId },
      { outcome: 'stale', sessionId },
      { outcome: 'recorded' },
    ]);
  });

  test('is the latest one, in whatever order reports arrive', async () => {
    const { live } = db.storesOf();

    const outcomes = [
      await live.recordConnectorStatus(stationId, status(1, noon + 5, 'FAULTED')),
      await live.recordConnectorStatus(stationId, status(1, noon)),
      await live.recordConnectorStatus(stationId, status(1, noon + 5, 'FAULTED')),
    ];

    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['recorded', 'stale', 'recorded']);

    expect(await live.findConnector(stationId, { evseId: 1, connectorId: 1 })).toEqual(
      status(1, noon + 5, 'FAULTED'),
    );
    expect(await live.findConnector(stationId, { evseId: 2, connectorId: 1 })).toBeUndefined();
  });

  test('drops what the next report does not repeat', async () => {
    const { live } = db.storesOf();
    const fault = {
      ...status(1, noon, 'FAULTED'),
      errorCode: 'GroundFailure',
      info: 'wet',
      vendorErrorCode: '7',
    };
    await live.recordConnectorStatus(stationId, fault);
    expect((await live.findLive(stationId)).connectors).toEqual([fault]);

    await live.recordConnectorStatus(stationId, status(1, noon + 1));

    expect((await live.findLive(stationId)).connectors).toEqual([status(1, noon + 1)]);
  });

  test('and its session are told apart, whichever comes first', async () => {
    const stores = db.storesOf();
    const session = aSession();
    await stores.sessions.openSession(session, { occupies: true });
    const unheard = await stores.live.findConnector(stationId, { evseId: 1, connectorId: 1 });

    await stores.live.recordConnectorStatus(stationId, status(1, noon));

    const { sessionId } = session;
    expect(unheard).toEqual({ evseId: 1, connectorId: 1, status: 'UNKNOWN', statusAt: 0, sessionId });
    expect((await stores.live.findLive(stationId)).connectors).toEqual([{ ...status(1, noon), sessionId }]);
  });

  test('loses none of many reports at once, and lists them by number', async () => {
    const stores = db.storesOf();
    const evses = Array.from({ length: 12 }, (_, index) => index);

    await Promise.all(evses.map((evse) => stores.live.recordConnectorStatus(stationId, status(evse, noon))));

    expect(await ids(stores)).toEqual(evses);
  });

  test('of many stations comes with their connections, in the order asked for', async () => {
    const { live } = db.storesOf();
    await live.connect({ ...first, stationId: 'A' });
    await live.recordConnectorStatus('B', status(1, noon));

    const found = await live.findLives(['B', 'missing', 'A']);

    expect(found).toEqual([
      { stationId: 'B', connectors: [status(1, noon)], link: { stationId: 'B' } },
      { stationId: 'missing', connectors: [], link: { stationId: 'missing' } },
      { stationId: 'A', connectors: [], link: { ...first, stationId: 'A' } },
    ]);
  });

  test('of a hundred and twenty stations comes at once', async () => {
    const { live } = db.storesOf();
    const stationIds = Array.from({ length: 120 }, (_, index) => `S${index}`);
    await Promise.all(stationIds.map((id) => live.recordConnectorStatus(id, status(1, noon))));

    const found = await live.findLives(stationIds);

    expect(found.map((one) => one.stationId)).toEqual(stationIds);
    expect(found.every(({ connectors }) => connectors.length === 1)).toBe(true);
  });
});
