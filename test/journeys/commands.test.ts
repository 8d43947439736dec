import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, givenStation, goodToken } from '../support/given.ts';
import { dataOf } from '../support/graphql-client.ts';
import { type System, startSystem } from '../support/system.ts';

interface Result {
  readonly sendStationCommand: {
    readonly commandId: string;
    readonly status: string;
    readonly response: string | null;
    readonly errorCode: string | null;
  };
}

const send = `mutation Send($stationId: String!, $command: StationCommand!, $parameters: AWSJSON, $wait: Int) {
  sendStationCommand(stationId: $stationId, command: { command: $command, parameters: $parameters }, timeoutSeconds: $wait) {
    commandId status response errorCode
  }
}`;

let system: System;
beforeAll(async () => {
  system = await startSystem({ warm: true });
});
afterAll(async () => {
  await system.close();
});

const start = (stationId: string, parameters: object, wait = 10) =>
  ask<Result>(system.endpoints, send, {
    stationId,
    command: 'START_TRANSACTION',
    parameters: JSON.stringify(parameters),
    wait,
  });

describe.each([
  { stationId: 'CP003', remoteStart: 'RemoteStartTransaction', remoteStop: 'RemoteStopTransaction' },
  { stationId: 'CP203', remoteStart: 'RequestStartTransaction', remoteStop: 'RequestStopTransaction' },
])('an operator of $stationId', ({ stationId, remoteStart, remoteStop }) => {
  it('starts and stops a charge and gets the station’s own answers [TC_011_1, TC_028, F02, F03]', async () => {
    const station = await givenStation(system.endpoints, stationId);
    const calls: { action: string; payload: Record<string, unknown> }[] = [];
    station.client.handle(remoteStart, async ({ params }) => {
      calls.push({ action: remoteStart, payload: params ?? {} });
      return { status: 'Accepted' };
    });
    station.client.handle(remoteStop, async ({ params }) => {
      calls.push({ action: remoteStop, payload: params ?? {} });
      return { status: 'Rejected' };
    });
    await station.boot();

    const started = dataOf(await start(stationId, { connectorId: 1, idToken: goodToken })).sendStationCommand;
    const { charge } = await station.start(1, goodToken, new Date(), 0);
    const stopped = dataOf(
      await ask<Result>(system.endpoints, send, {
        stationId,
        command: 'STOP_TRANSACTION',
        parameters: JSON.stringify({ transactionId: charge.transactionId }),
      }),
    ).sendStationCommand;

    expect(started).toMatchObject({ status: 'ACCEPTED', response: JSON.stringify({ status: 'Accepted' }) });
    expect(stopped).toMatchObject({ status: 'REJECTED', response: JSON.stringify({ status: 'Rejected' }) });
    expect(calls.map(({ action }) => action)).toEqual([remoteStart, remoteStop]);
    expect(JSON.stringify(calls[0]?.payload)).toContain(goodToken);
    expect(calls[1]?.payload.transactionId).toBe(charge.transactionId);
    await station.stop(charge, new Date(), 10);
    await station.close();
  });

  it('has the next command wait while one is in flight', async () => {
    const station = await givenStation(system.endpoints, stationId);
    let open = 0;
    let most = 0;
    const release = Promise.withResolvers<void>();
    station.client.handle(remoteStart, async () => {
      open += 1;
      most = Math.max(most, open);
      await release.promise;
      open -= 1;
      return { status: 'Accepted' };
    });
    await station.boot();

    const first = start(stationId, { connectorId: 1, idToken: goodToken }, 20);
    const second = start(stationId, { connectorId: 2, idToken: goodToken }, 20);
    const { commands } = await untilOneIsSent(stationId);
    release.resolve();
    const results = (await Promise.all([first, second])).map(dataOf);

    expect(commands.filter(({ status }) => status === 'SENT')).toHaveLength(1);
    expect(results.map(({ sendStationCommand }) => sendStationCommand.status)).toEqual([
      'ACCEPTED',
      'ACCEPTED',
    ]);
    expect(most).toBe(1);
    await station.close();
  });
});

async function untilOneIsSent(stationId: string): Promise<{ commands: { status: string }[] }> {
  for (;;) {
    const { commands } = dataOf(
      await ask<{ commands: { items: { status: string }[] } }>(
        system.endpoints,
        'query Of($stationId: String!) { commands(stationId: $stationId, limit: 2) { items { status } } }',
        { stationId },
      ),
    );
    if (commands.items.some(({ status }) => status === 'SENT')) return { commands: commands.items };
  }
}

describe('a command', () => {
  it('to a station that is not there is refused at once', async () => {
    const { errors } = await start('CP005', { connectorId: 1, idToken: goodToken });

    expect(errors?.[0]?.errorType).toBe('StationOffline');
  });

  it('with a parameter at fault names it', async () => {
    const { errors } = await start('CP005', { connectorId: 7, idToken: goodToken });

    expect(errors?.[0]).toMatchObject({
      errorType: 'Validation',
      errorInfo: { field: 'parameters.connectorId' },
    });
  });

  it('that the station’s version does not have says so', async () => {
    const { errors } = await ask(system.endpoints, send, {
      stationId: 'CP005',
      command: 'SET_VARIABLES',
      parameters: '{}',
    });

    expect(errors?.[0]?.errorType).toBe('NotSupported');
  });

  it('that nobody answers in time is pending for the caller and told later', async () => {
    const station = await givenStation(system.endpoints, 'CP004');
    station.client.handle('RemoteStartTransaction', () => new Promise(() => undefined));
    await station.boot();

    const { status, commandId } = dataOf(
      await start('CP004', { connectorId: 1, idToken: goodToken }, 6),
    ).sendStationCommand;
    const { command } = dataOf(
      await ask<{ command: { status: string } }>(
        system.endpoints,
        'query Of($id: ID!) { command(id: $id) { status } }',
        {
          id: commandId,
        },
      ),
    );

    expect([status, command.status]).toEqual(['PENDING', 'SENT']);
    await station.client.close({ force: true });
  });
});
