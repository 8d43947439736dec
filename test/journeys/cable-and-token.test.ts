import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, givenStation, goodToken } from '../support/given.ts';
import { dataOf } from '../support/graphql-client.ts';
import { type System, startSystem } from '../support/system.ts';

interface CdrView {
  readonly billing: string;
  readonly energyWh: number;
  readonly evseId: number;
}

const cdrsQuery = `query Of($stationId: String!) {
  cdrs(filter: { stationId: $stationId }) { billing energyWh evseId }
}`;

const startMutation = `mutation Start($input: StartSessionInput!) {
  startSession(input: $input, timeoutSeconds: 20) { transactionId connector { connectorId } authToken { uid } }
}`;

let system: System;
beforeAll(async () => {
  system = await startSystem({ warm: true });
});
afterAll(async () => {
  await system.close();
});

const idToken = { idToken: goodToken, type: 'ISO14443' };
const cable = { triggerReason: 'CablePluggedIn', evse: { id: 2, connectorId: 1 } };

/** A station of 2.0.1 with two connectors, and what it tells of its one transaction, ten minutes apart. */
async function givenTeller(stationId: string) {
  const station = await givenStation(system.endpoints, stationId);
  await station.boot();
  const begun = Date.now() - 3_600_000;
  let seqNo = -1;
  const tell = (eventType: string, { energyWh, transactionInfo = {}, ...more }: Record<string, unknown>) => {
    seqNo += 1;
    const timestamp = new Date(begun + seqNo * 600_000).toISOString();
    const meterValue = [{ timestamp, sampledValue: [{ value: energyWh, context: 'Sample.Periodic' }] }];
    return station.client.call('TransactionEvent', {
      ...{ eventType, timestamp, seqNo, triggerReason: 'Trigger' },
      transactionInfo: { transactionId: `${stationId}-tx`, ...Object(transactionInfo) },
      ...(energyWh === undefined ? {} : { meterValue }),
      ...more,
    });
  };
  return { station, tell };
}

async function cdrsOf(stationId: string): Promise<readonly CdrView[]> {
  await system.idle();
  return dataOf(await ask<{ cdrs: CdrView[] }>(system.endpoints, cdrsQuery, { stationId })).cdrs;
}

it('a driver who shows the token before the cable is billed for the connector of the cable [E03, E01.FR.16]', async () => {
  const { station, tell } = await givenTeller('CP202');

  await tell('Started', { triggerReason: 'Authorized', idToken, energyWh: 1_000 });
  await tell('Updated', cable);
  await tell('Ended', { energyWh: 5_000, transactionInfo: { stoppedReason: 'EVDisconnected' } });
  await station.close();

  expect(await cdrsOf('CP202')).toMatchObject([{ billing: 'BILLABLE', energyWh: 4_000, evseId: 2 }]);
});

it('a driver who plugs in and starts from elsewhere gets the session that the cable began [F01]', async () => {
  const { station, tell } = await givenTeller('CP203');
  const told: Promise<unknown>[] = [];
  station.client.handle('RequestStartTransaction', async ({ params }) => {
    const { remoteStartId } = Object(params);
    const start = { triggerReason: 'RemoteStart', idToken, transactionInfo: { remoteStartId } };
    told.push(tell('Updated', start));
    return { status: 'Accepted', transactionId: 'CP203-tx' };
  });
  await tell('Started', { ...cable, energyWh: 1_000 });

  const input = { stationId: 'CP203', connectorId: 2, authTokenId: goodToken };
  const { startSession } = dataOf(
    await ask<{ startSession: unknown }>(system.endpoints, startMutation, { input }),
  );
  await Promise.all(told);
  await tell('Ended', { energyWh: 5_000, transactionInfo: { stoppedReason: 'Remote' } });
  await station.close();

  expect(startSession).toMatchObject({ transactionId: 'CP203-tx', connector: { connectorId: 2 } });
  expect(await cdrsOf('CP203')).toMatchObject([{ billing: 'BILLABLE', energyWh: 4_000 }]);
});
