import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chooseTariff } from '#core/tariffs/choose-tariff.ts';
import {
  activateTariff,
  changeTariff,
  createTariff,
  deactivateTariff,
  type TariffDescription,
} from '#core/tariffs/manage-tariffs.ts';
import type { Tariff } from '#core/tariffs/tariff.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { newScene, noon, type Scene } from '../sessions/scene.ts';
import { priced } from './tariff-scene.ts';

let db: TestDatabase;
let scene: Scene;
beforeAll(async () => {
  db = await startTestDatabase();
});
beforeEach(async () => {
  scene = await newScene(db);
});
afterAll(() => db.close());

const described: TariffDescription = {
  tariffId: 'day',
  name: 'Day',
  currency: 'EUR',
  elements: [{ priceComponents: [{ type: 'ENERGY', price: '0.30', stepSize: 1 }] }],
};
const ref = { tariffId: 'day' };
const revisions = async () => (await scene.tariffs.listRevisions('day', { limit: 50 })).items;

describe('a tariff', () => {
  test('is a draft until it is activated, and every change of it stays readable', async () => {
    await createTariff(scene, described);
    scene.now += 1000;
    await activateTariff(scene, ref);
    scene.now += 1000;
    await changeTariff(scene, ref, (before) => priced(before, '0.40'));

    expect(
      (await revisions()).map(({ revision, status, updatedAt }) => [revision, status, updatedAt]),
    ).toEqual([
      [3, 'ACTIVE', noon + 2000],
      [2, 'ACTIVE', noon + 1000],
      [1, 'DRAFT', noon],
    ]);
    expect(await scene.tariffs.findRevision('day', 2)).toMatchObject({ elements: described.elements });
    expect(await scene.tariffs.findTariff('day')).toMatchObject({ revision: 3, createdAt: noon });
  });

  test('is not made twice under one id, nor changed by whoever saw another revision', async () => {
    await createTariff(scene, described);
    await changeTariff(scene, ref, (before) => ({ ...before, name: 'Dusk' }));

    await expect(createTariff(scene, described)).rejects.toMatchObject({
      code: 'Conflict',
      field: 'tariffId',
    });
    const stale = { ...ref, expectedRevision: 1 };
    await expect(activateTariff(scene, stale)).rejects.toMatchObject({ code: 'Conflict', field: 'version' });
    expect(await scene.tariffs.findTariff('day')).toMatchObject({ name: 'Dusk', status: 'DRAFT' });
  });

  test('that is active is not activated once more, and a draft is not taken out of use', async () => {
    await createTariff(scene, described);

    await expect(deactivateTariff(scene, ref)).rejects.toMatchObject({ code: 'Conflict' });
    const first = await activateTariff(scene, ref);
    expect(await activateTariff(scene, ref)).toEqual(first);
    await deactivateTariff(scene, ref);
    expect(await deactivateTariff(scene, ref)).toMatchObject({ revision: 3, status: 'INACTIVE' });
  });

  test('takes all changes that are made at once, one after the other', async () => {
    await createTariff(scene, described);

    await Promise.all([
      changeTariff(scene, ref, (before) => ({ ...before, name: 'Dusk' })),
      changeTariff(scene, ref, (before) => ({ ...before, description: 'dear' })),
    ]);

    expect(await scene.tariffs.findTariff('day')).toMatchObject({
      name: 'Dusk',
      description: 'dear',
      revision: 3,
    });
  });

  test.each<[string, Partial<TariffDescription>, string]>([
    ['another kind', { type: 'AD_HOC_PAYMENT' }, 'type'],
    ['another currency', { currency: 'CHF' }, 'currency'],
    ['no prices', { elements: [] }, 'elements'],
    ['no name', { name: ' ' }, 'name'],
  ])('that is in use is refused %s', async (_, change, field) => {
    await createTariff(scene, described);
    await activateTariff(scene, ref);

    const refused = changeTariff(scene, ref, (before) => ({ ...before, ...change }));

    await expect(refused).rejects.toMatchObject({ code: 'Validation', field });
    expect(await revisions()).toHaveLength(2);
  });

  test.each([['a b'], [''], ['x'.repeat(37)]])('is not called %j', async (tariffId) => {
    await expect(createTariff(scene, { ...described, tariffId })).rejects.toMatchObject({
      field: 'tariffId',
    });
  });
});

/** One thing that happens to a tariff, some time after the one before. A clock may also go back. */
const step = fc.record({
  laterMs: fc.integer({ min: -3, max: 5 }),
  act: fc.constantFrom('change', 'activate', 'deactivate'),
});

/** What a naive reader of the whole history says was in force. */
function inForce(history: readonly Tariff[], at: number): Tariff | undefined {
  const [last] = history.filter(({ updatedAt }) => updatedAt <= at).slice(-1);
  return last?.status === 'ACTIVE' ? last : undefined;
}

test('whatever happened to a tariff, a session is priced by the revision that was in force when it started', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 30 }),
      fc.integer({ min: -5, max: 60 }),
      async (steps, startMs) => {
        const own = await newScene(db);
        const history = [await createTariff(own, described)];
        for (const [index, { laterMs, act }] of steps.entries()) {
          own.now += laterMs;
          const done = await happens(own, act, index);
          if (done && done.revision > history.length) history.push(done);
        }

        const { tariff } = await chooseTariff(
          { ...own, tenant: { defaultTariffId: 'day' } },
          { stationId: 'CS-1', startedAt: noon + startMs },
        );

        expect(tariff).toEqual(inForce(history, noon + startMs));
      },
    ),
    { numRuns: 40 },
  );
});

async function happens(own: Scene, act: string, index: number): Promise<Tariff | undefined> {
  if (act === 'change') return changeTariff(own, ref, (before) => priced(before, `${index}.5`));
  if (act === 'activate') return activateTariff(own, ref);
  return (await own.tariffs.findTariff('day'))?.status === 'DRAFT' ? undefined : deactivateTariff(own, ref);
}
