import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, givenStation, goodToken } from '../support/given.ts';
import { dataOf } from '../support/graphql-client.ts';
import { type System, startSystem } from '../support/system.ts';

let system: System;
let sessionId: string;

beforeAll(async () => {
  system = await startSystem();
  const station = await givenStation(system.endpoints, 'CP002');
  await station.boot();
  await station.status(1, 'Charging');
  await station.start(1, goodToken, new Date(), 100);
  await station.close();
  await system.idle();
  const { sessions } = dataOf(
    await ask<{ sessions: { id: string }[] }>(system.endpoints, '{ sessions(filter: {}) { id } }'),
  );
  sessionId = sessions[0]?.id ?? '';
});
afterAll(async () => {
  await system.close();
});

const other = { tenant: 'other' };

describe('another tenant', () => {
  it('lists its own stations, sessions and CDRs alone', async () => {
    const answer = await ask(
      system.endpoints,
      '{ stations(filter: {}) { stationId } sessions(filter: {}) { id } cdrs(filter: {}) { id } activeSessionsCount }',
      {},
      other,
    );

    expect(dataOf(answer)).toEqual({
      stations: [{ stationId: 'CP001' }],
      sessions: [],
      cdrs: [],
      activeSessionsCount: 0,
    });
  });

  it('gets nothing for ids of the first, and cannot tell them from ids of nobody', async () => {
    const query = `query Of($id: ID!, $stationId: String!, $station: ID!) {
      session(id: $id) { id }
      station(id: $station) { id }
      stationByStationId(stationId: $stationId) { id }
    }`;

    const theirs = await ask(
      system.endpoints,
      query,
      { id: sessionId, station: 'CP005', stationId: 'CP005' },
      other,
    );
    const nobodys = await ask(system.endpoints, query, { id: 'none', station: 'XX', stationId: 'XX' }, other);

    expect(theirs).toEqual(nobodys);
    expect(dataOf(theirs)).toEqual({ session: null, station: null, stationByStationId: null });
  });

  it('cannot call, change, delete or block what is not its own', async () => {
    const answers = await Promise.all([
      ask(
        system.endpoints,
        `mutation { sendStationCommand(stationId: "CP002", command: { command: STOP_TRANSACTION, parameters: "{\\"sessionId\\":\\"${sessionId}\\"}" }) { status } }`,
        {},
        other,
      ),
      ask(
        system.endpoints,
        'mutation { updateStation(id: "CP002", input: { name: "mine" }) { id } }',
        {},
        other,
      ),
      ask(system.endpoints, 'mutation { deleteStation(id: "CP002") }', {}, other),
      ask(system.endpoints, `mutation { blockAuthToken(id: "${goodToken}") { id } }`, {}, other),
    ]);

    for (const { errors } of answers) expect(errors?.[0]?.errorType).toBe('NotFound');
  });

  it('keeps its own station with the same id apart', async () => {
    const station = await givenStation(system.endpoints, 'CP001', { tenant: 'other' });
    await station.boot();

    const accepted = await station.authorize(goodToken);
    const own = await station.authorize('0F0F0F0F0F0F');
    await station.close();

    expect([accepted, own]).toEqual([false, true]);
  });
});

describe('a caller', () => {
  it('without a token is refused', async () => {
    const response = await fetch(system.endpoints.graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ activeSessionsCount }' }),
    });

    expect(response.status).toBe(401);
  });

  it('who only reads cannot provision or call', async () => {
    const viewer = { role: 'VIEWER' };
    const [create, call, read] = await Promise.all([
      ask(system.endpoints, 'mutation { createAuthToken(input: { uid: "AB" }) { id } }', {}, viewer),
      ask(
        system.endpoints,
        'mutation { sendStationCommand(stationId: "CP001", command: { command: RESET }) { status } }',
        {},
        viewer,
      ),
      ask<{ activeSessionsCount: number }>(system.endpoints, '{ activeSessionsCount }', {}, viewer),
    ]);

    expect(create.errors?.[0]?.errorType).toBe('Unauthorized');
    expect(call.errors?.[0]?.errorType).toBe('Unauthorized');
    expect(dataOf(read).activeSessionsCount).toBe(1);
  });

  it('of the platform, who has no tenant, sees no tenant’s data', async () => {
    const { jwt } = system.endpoints.users.find(({ role }) => role === 'SUPER_ADMIN') ?? { jwt: '' };
    const response = await fetch(system.endpoints.graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: jwt },
      body: JSON.stringify({ query: '{ activeSessionsCount }' }),
    });

    const { errors } = (await response.json()) as { errors: { errorType: string }[] };
    expect(errors[0]?.errorType).toBe('Unauthorized');
  });
});
