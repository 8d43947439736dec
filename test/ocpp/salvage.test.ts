import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { keepUnfitMessage } from '#core/sessions/unfit-message.ts';
import { isPayload, type Quirk } from '../../functions/ocpp/quirks.ts';
import { salvage } from '../../functions/ocpp/salvage.ts';
import { checkOf, type OcppVersion } from '../../functions/ocpp/version.ts';
import { loadVersion } from '../../functions/ocpp/versions.ts';
import { newScene, noon } from '../core/sessions/scene.ts';
import { startTestDatabase } from '../support/engine.ts';
import { editions, readFixtures } from './fixture-files.ts';
import { hostileText, mutated } from './hostile-frames.ts';

describe.each(editions)('row 4: what is saved of messages of $subprotocol', ({ subprotocol, folder }) => {
  let version: OcppVersion;
  beforeAll(async () => {
    version = await loadVersion(subprotocol);
  });
  const messages = mutated(
    readFixtures(folder).filter(
      ({ action, answers }) => answers === undefined && /Transaction(Event)?$|^MeterValues$/.test(action),
    ),
  );
  const saved = (action: string, payload: Readonly<Record<string, unknown>>) => {
    const check = checkOf(version.requestChecks, action);
    if (!check) throw new Error(`${action} has no schema`);
    const quirks = new Set<Quirk>();
    return { check, quirks, ...salvage(payload, check, { note: (quirk) => quirks.add(quirk) }) };
  };

  test('fits its schema, is saved no further, and is all of it where nothing was off', () => {
    fc.assert(
      fc.property(messages, ({ action, payload }) => {
        const sent = JSON.parse(hostileText(payload));
        fc.pre(isPayload(sent));

        const { rest, cut, check, quirks } = saved(action, sent);

        if (check(sent, '') === undefined)
          expect({ rest, cut, quirks }).toEqual({ rest: sent, cut: [], quirks: new Set() });
        if (rest === undefined) return;
        expect(check(rest, '')).toBeUndefined();
        expect(saved(action, rest)).toMatchObject({ rest, cut: [] });
        expect({}).not.toHaveProperty('polluted');
      }),
      { numRuns: 400 },
    );
  });
});

test('row 4: a message of which next to nothing fits is kept as it came', async () => {
  const { requestChecks } = await loadVersion('ocpp1.6');
  const check = checkOf(requestChecks, 'MeterValues');
  const meterValue = Array.from({ length: 1_001 }, () => ({ odd: true }));

  const result = check && salvage({ connectorId: 1, meterValue }, check, { note: () => undefined });

  expect(result).not.toHaveProperty('rest');
});

test('row 4: what is kept has room in a store, however much it grew when it was written out', async () => {
  const db = await startTestDatabase();
  const scene = await newScene(db);
  const content = JSON.stringify(Array.from({ length: 30_000 }, () => 1e20));
  const parts = ['a', 'b'].map((place) => ({ place, fault: 'type', content }));

  await keepUnfitMessage(scene, { stationId: 'CS-1', receivedAt: noon, name: 'X', rest: 'TAKEN', parts });

  const { items } = await scene.unfitMessages.listMessages('CS-1', { limit: 5 });
  expect(items[0]?.parts.map(({ place }) => place)).toEqual(['a', 'b']);
  await db.close();
});
