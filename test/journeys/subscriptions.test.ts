import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subscribeWithAmplify } from '../support/amplify-client.ts';
import { ask, givenStation, goodToken } from '../support/given.ts';
import { dataOf } from '../support/graphql-client.ts';
import { type System, startSystem } from '../support/system.ts';

interface StatusUpdate {
  readonly stationId: string;
  readonly status: string;
}
interface Metrics {
  readonly sessionId: string;
  readonly currentPower: number | null;
  readonly currentEnergy: number | null;
}
interface SessionUpdate {
  readonly stationId: string;
  readonly sessionId: string;
  readonly status: string;
  readonly realTimeMetrics: (Metrics & { readonly timestamp: string }) | null;
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

  it('hears what a station is when it reconnects and says nothing more', async () => {
    const before = await givenStation(system.endpoints, 'CP002');
    await before.boot();
    await before.status(1, 'Charging');
    await before.close();
    await system.idle();
    const heard = await subscribeWithAmplify<StatusUpdate>(
      system.endpoints,
      { tenant: 'demo' },
      { ...statusUpdates, variables: { ids: ['CP002'] } },
    );

    const station = await givenStation(system.endpoints, 'CP002');
    await heard.next(() => true);
    await system.idle();

    expect(heard.arrived.map(({ status }) => status)).toEqual(['OCCUPIED']);
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

  it('follows a session nobody we know authorised as what it is, to its end', async () => {
    const heard = await subscribeWithAmplify<SessionUpdate>(
      system.endpoints,
      { tenant: 'demo' },
      {
        field: 'sessionUpdates',
        query: `subscription { sessionUpdates {
          tenantId stationId sessionId status timestamp realTimeMetrics { currentEnergy duration timestamp }
        } }`,
      },
    );
    const station = await givenStation(system.endpoints, 'CP005');
    await station.boot();

    const begun = new Date();
    const { charge } = await station.start(1, 'DEADBEEF01', begun, 1000);
    await station.meter(charge, { at: begun, energyWh: 1500, powerW: 7400, stateOfCharge: 50 });
    await station.stop(charge, new Date(), 1500);
    await system.idle();

    const own = heard.arrived.filter(({ stationId }) => stationId === 'CP005');
    expect(new Set(own.map(({ status }) => status))).toEqual(new Set(['INVALID']));
    expect(own.find(({ realTimeMetrics }) => realTimeMetrics)?.realTimeMetrics).toMatchObject({
      currentEnergy: 0.5,
      timestamp: begun.toISOString(),
    });
    heard.end();
    await station.close();
  });

  it('follows the readings of a session, with what it took since its begin', async () => {
    const station = await givenStation(system.endpoints, 'CP202');
    await station.boot();
    const { charge } = await station.start(1, goodToken, new Date(), 500);
    await system.idle();
    const { sessions } = dataOf(
      await ask<{ sessions: { sessionId: string }[] }>(
        system.endpoints,
        '{ sessions(filter: { stationIds: ["CP202"], status: [ACTIVE] }) { sessionId } }',
      ),
    );
    const [{ sessionId } = { sessionId: '' }] = sessions;
    const heard = await subscribeWithAmplify<Metrics>(
      system.endpoints,
      { tenant: 'demo' },
      {
        field: 'sessionMetrics',
        query: `subscription Metrics($id: ID!) {
          sessionMetrics(sessionId: $id) { tenantId sessionId currentPower currentEnergy duration }
        }`,
        variables: { id: sessionId },
      },
    );

    const sentAt = Date.now();
    await station.meter(charge, { at: new Date(), energyWh: 1500, powerW: 7400, stateOfCharge: 50 });
    const metrics = await heard.next(({ currentEnergy }) => currentEnergy !== null);

    expect(Date.now() - sentAt).toBeLessThan(1_000);
    expect(metrics).toMatchObject({ sessionId, currentEnergy: 1, currentPower: 7.4 });
    heard.end();
    await station.stop(charge, new Date(), 1600);
    await station.close();
  });

  it('hears of each connector, of connections as they come and go, and of alerts', async () => {
    const connectors = await subscribeWithAmplify<{ connectorId: number; status: string }>(
      system.endpoints,
      { tenant: 'demo' },
      {
        field: 'connectorStatusUpdates',
        query: `subscription { connectorStatusUpdates(stationIds: ["CP205"]) {
          tenantId stationId connectorId evseId status timestamp
        } }`,
      },
    );
    const connections = await subscribeWithAmplify<{ stationId: string; status: string }>(
      system.endpoints,
      { tenant: 'demo' },
      {
        field: 'ocppConnectionEvents',
        query: 'subscription { ocppConnectionEvents { tenantId stationId status ocppVersion timestamp } }',
      },
    );
    const alerts = await subscribeWithAmplify<{ category: string; severity: string; stationId: string }>(
      system.endpoints,
      { tenant: 'demo' },
      {
        field: 'systemAlerts',
        query: `subscription { systemAlerts(severity: [MEDIUM, HIGH, CRITICAL]) {
          tenantId id severity category stationId message timestamp
        } }`,
      },
    );

    const station = await givenStation(system.endpoints, 'CP205');
    await connections.next(({ stationId, status }) => stationId === 'CP205' && status === 'CONNECTED');
    await station.boot();
    await station.status(2, 'Charging');
    await connectors.next(({ connectorId, status }) => connectorId === 2 && status === 'OCCUPIED');
    const event = { type: 'TamperDetectionActivated', timestamp: new Date().toISOString() };
    await station.client.call('SecurityEventNotification', event);
    await alerts.next(({ category, stationId }) => category === 'SECURITY_ALERT' && stationId === 'CP205');
    await station.close();
    await connections.next(({ stationId, status }) => stationId === 'CP205' && status === 'DISCONNECTED');

    for (const heard of [connectors, connections, alerts]) heard.end();
  });

  it('is refused where its role may not look, and hears nothing of a session it has not', async () => {
    const asDriver = { tenant: 'demo', role: 'DRIVER' };
    const metrics = {
      field: 'sessionMetrics',
      query: 'subscription { sessionMetrics(sessionId: "nobody-has-it") { tenantId sessionId } }',
    };

    await expect(subscribeWithAmplify(system.endpoints, asDriver, statusUpdates)).rejects.toBeDefined();
    await expect(subscribeWithAmplify(system.endpoints, asDriver, metrics)).rejects.toBeDefined();
  });
});
