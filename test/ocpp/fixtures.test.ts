import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAnswer } from '../../functions/ocpp/calls.ts';
import { loadVersion } from '../../functions/ocpp/versions.ts';
import { editions, readFixtures, referee } from './fixture-files.ts';
import { openRoom, type Room, type TestStation } from './room-under-test.ts';

let room: Room;
beforeAll(async () => {
  room = await openRoom();
});
afterAll(() => room.close());

/** Quirks that only our reading of the content finds: the official schemas let them pass. */
const unseenBySchemas = new Set(['misspelt-celsius', 'transaction-id-out-of-range']);

describe.each(editions)('example messages of $subprotocol', ({ subprotocol, folder, source }) => {
  const fixtures = readFixtures(folder);
  const requests = fixtures.filter(({ answers }) => answers === undefined);
  const answers = fixtures.filter((fixture) => fixture.answers !== undefined);
  const official = referee(source);
  let station: TestStation;
  beforeAll(async () => {
    station = await room.givenStation(`station-${folder}`, subprotocol);
  });

  test.each(requests)('$action/$name: the official schema agrees with what is expected', (fixture) => {
    const fits = official(`${fixture.action}.req`)(fixture.payload);

    const expected =
      fixture.error === undefined && (fixture.quirk === undefined || unseenBySchemas.has(fixture.quirk));
    expect(fits).toBe(expected);
  });

  test.each(requests.filter(({ error }) => error === undefined))(
    '$action/$name: is answered as the official schema asks',
    async ({ action, payload, quirk }) => {
      const received = await station.sends(JSON.stringify([2, 'id-1', action, payload]));

      const [type, messageId, answer] = JSON.parse(received.answer ?? '[]');
      expect([type, messageId, received.error]).toEqual([3, 'id-1', undefined]);
      expect(official(`${action}.conf`)(answer)).toBe(true);
      expect([...received.quirks]).toEqual(quirk === undefined ? [] : [quirk]);
    },
  );

  test.each(requests.filter(({ error }) => error !== undefined))(
    'row 46: $action/$name is refused with its own code, naming the member at fault',
    async ({ action, payload, error }) => {
      const received = await station.sends(JSON.stringify([2, 'id-1', action, payload]));

      const [type, messageId, code, description, details] = JSON.parse(received.answer ?? '[]');
      expect([type, messageId, code, details]).toEqual([4, 'id-1', error?.code, {}]);
      expect(description.startsWith(error?.names)).toBe(true);
    },
  );

  test.each(answers)('row 48: $action/$name ends the command as $answers', async (fixture) => {
    const version = await loadVersion(subprotocol);
    const request = {
      kind: 'CALL',
      action: fixture.action,
      payload: {},
    } as const;

    const { outcome } = readAnswer(version, request, {
      kind: 'result',
      messageId: 'id-1',
      payload: fixture.payload,
      quirks: [],
    });

    expect(outcome.state).toBe(fixture.answers);
    expect(official(`${fixture.action}.conf`)(fixture.payload)).toBe(fixture.answers !== 'FAILED');
  });

  test('there is an example of every action that is built', async () => {
    const version = await loadVersion(subprotocol);

    const built = new Set([...version.inbound, ...version.outbound].map(({ name }) => name));

    expect([...new Set(fixtures.map(({ action }) => action))].sort()).toEqual([...built].sort());
  });
});
