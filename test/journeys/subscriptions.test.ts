import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subscribeWithAmplify } from '../support/amplify-client.ts';
import { givenStation, goodToken } from '../support/given.ts';
import { type System, startSystem } from '../support/system.ts';

interface StatusUpdate {
  readonly stationId: string;
  readonly status: string;
}
interface SessionUpdate {
  readonly sessionId: string;
  readonly status: string;
}

let system: System;
beforeAll(async () => {
  system = await startSystem({ warm: true });
});
afterAll(async () => {
  await system.close();
});

const statusUpdates = {
  field: 'stationStatusUpdates',
  query: `subscription Updates($ids: [String!]) {
    stationStatusUpdates(stationIds: $ids) { tenantId stationId status timestamp }
  }`,
};

describe('a dashboard with AWS’s own client library', () => {
  it('hears of a station’s status within a second of the frame', async () => {
    const heard = await subscribeWithAmplify<StatusUpdate>(
      system.endpoints,
      { tenant: 'demo' },
      statusUpdates,
    );
    const station = await givenStation(system.endpoints, 'CP003');
    await station.boot();

    const sentAt = Date.now();
    await station.status(1, 'Charging');
    await heard.next(({ stationId, status }) => stationId === 'CP003' && status === 'OCCUPIED');

    expect(Date.now() - sentAt).toBeLessThan(1_000);
    heard.end();
    await station.close();
  });

  it('hears only of the stations it asked for, and never of another tenant’s', async () => {
    const heard = await subscribeWithAmplify<StatusUpdate>(
      system.endpoints,
      { tenant: 'demo' },
      { ...statusUpdates, variables: { ids: ['CP001'] } },
    );
    const [mine, unasked, foreign] = await Promise.all([
      givenStation(system.endpoints, 'CP001'),
      givenStation(system.endpoints, 'CP004'),
      givenStation(system.endpoints, 'CP001', { tenant: 'other' }),
    ]);

    await foreign.status(1, 'Charging');
    await unasked.status(1, 'Charging');
    await system.idle();
    await mine.status(1, 'Charging');
    await heard.next(({ status }) => status === 'OCCUPIED');
    await system.idle();

    expect(new Set(heard.arrived.map(({ stationId }) => stationId))).toEqual(new Set(['CP001']));
    expect(heard.arrived.filter(({ status }) => status === 'OCCUPIED')).toHaveLength(1);
    heard.end();
    await Promise.all([mine.close(), unasked.close(), foreign.close()]);
  });

  it('follows a session from start to end within a second of each frame', async () => {
    const heard = await subscribeWithAmplify<SessionUpdate>(
      system.endpoints,
      { tenant: 'demo' },
      {
        field: 'sessionUpdates',
        query:
          'subscription { sessionUpdates { tenantId sessionId status timestamp realTimeMetrics { currentPower } } }',
      },
    );
    const station = await givenStation(system.endpoints, 'CP204');
    await station.boot();

    const { charge } = await station.start(1, goodToken, new Date(), 0);
    const startedAt = Date.now();
    const { sessionId } = await heard.next(({ status }) => status === 'ACTIVE');
    expect(Date.now() - startedAt).toBeLessThan(1_000);
    await station.stop(charge, new Date(), 100);
    const endedAt = Date.now();
    await heard.next((update) => update.sessionId === sessionId && update.status === 'COMPLETED');

    expect(Date.now() - endedAt).toBeLessThan(1_000);
    heard.end();
    await station.close();
  });
});
