import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import {
  billed,
  bills,
  type Course,
  cleanBill,
  courses,
  energyOf,
  hoursLater,
  type Message,
  newTenant,
  numbered,
  rest16,
  send,
  start16,
  trace201,
  uid,
} from './charging-trace.ts';

/**
 * The promise that everything else here serves: whatever a network makes of a session's messages, its bill is the same.
 */

let db: TestDatabase;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());

/** Every message at least once, in any order, up to three times each. */
function arrivals(messages: readonly Message[]): fc.Arbitrary<readonly Message[]> {
  return fc
    .tuple(
      fc.shuffledSubarray([...messages], { minLength: messages.length }),
      fc.shuffledSubarray([...messages, ...messages]),
      fc.infiniteStream(fc.nat()),
    )
    .map(([all, repeats, places]) =>
      repeats.reduce((arrived, message) => {
        const place = Number(places.next().value) % (arrived.length + 1);
        return arrived.toSpliced(place, 0, message);
      }, all),
    );
}

/** The messages of two transactions, each in its own order. */
function interleaved(one: readonly Message[], other: readonly Message[]): fc.Arbitrary<readonly Message[]> {
  const turns = fc.array(fc.boolean(), { minLength: one.length + other.length });
  return turns.map((isFirst) => {
    const [left, right] = [[...one], [...other]];
    const mixed = isFirst.flatMap((first) => (first ? left : right).splice(0, 1));
    return [...mixed, ...left, ...right];
  });
}

const bursting: Course = {
  steps: [300, 0, 200],
  powerApart: true,
  inKwh: true,
  lateToken: true,
  lateCable: true,
  readingsAtStop: true,
};

const billable = { billing: 'BILLABLE', token: { uid, status: 'ACCEPTED' } };

describe('OCPP 2.0.1: the events of a transaction, in any order and any number', () => {
  test('lead to the bill of the clean trace', async () => {
    const runs = courses.chain((course) => fc.tuple(fc.constant(course), arrivals(trace201(course))));
    await fc.assert(
      fc.asyncProperty(runs, async ([course, arrived]) => {
        const [clean, shaken] = await Promise.all([newTenant(db, 'ocpp2.0.1'), newTenant(db, 'ocpp2.0.1')]);

        for (const message of arrived) await send(shaken, 'ocpp2.0.1', message);

        const expected = await cleanBill(clean, 'ocpp2.0.1', course);
        expect(await billed(shaken)).toEqual(expected);
        expect(expected).toMatchObject({ ...billable, energyWh: energyOf(course) });
      }),
      { numRuns: 18 },
    );
  });

  test('lead to it also when they all come at the same moment', async () => {
    const [clean, shaken] = await Promise.all([newTenant(db, 'ocpp2.0.1'), newTenant(db, 'ocpp2.0.1')]);

    const frames = [...trace201(bursting), ...trace201(bursting)].toReversed();
    await Promise.all(frames.map((message) => send(shaken, 'ocpp2.0.1', message)));

    expect(await billed(shaken)).toEqual(await cleanBill(clean, 'ocpp2.0.1', bursting));
  });
});

describe('OCPP 1.6: what follows a start, in any order and any number', () => {
  test('leads to the bill of the clean trace', async () => {
    /** The number follows from the start alone, so it is the same for all. */
    const transactionId = await numbered(await newTenant(db, 'ocpp1.6'));
    const runs = courses.chain((course) =>
      fc.tuple(fc.constant(course), arrivals([start16(), ...rest16(transactionId, course)])),
    );
    await fc.assert(
      fc.asyncProperty(runs, async ([course, arrived]) => {
        const [clean, shaken] = await Promise.all([newTenant(db, 'ocpp1.6'), newTenant(db, 'ocpp1.6')]);
        expect(await numbered(shaken)).toBe(transactionId);

        for (const message of arrived) await send(shaken, 'ocpp1.6', message);

        const expected = await cleanBill(clean, 'ocpp1.6', course);
        expect(await billed(shaken)).toEqual(expected);
        expect(expected).toMatchObject({ ...billable, energyWh: energyOf(course) });
      }),
      { numRuns: 18 },
    );
  });

  test('leads to it also when all of it comes at the same moment', async () => {
    const [clean, shaken] = await Promise.all([newTenant(db, 'ocpp1.6'), newTenant(db, 'ocpp1.6')]);
    const messages = rest16(await numbered(shaken), bursting);

    const frames = [...messages, start16(), ...messages].toReversed();
    await Promise.all(frames.map((message) => send(shaken, 'ocpp1.6', message)));

    expect(await billed(shaken)).toEqual(await cleanBill(clean, 'ocpp1.6', bursting));
  });
});

describe.each(['ocpp1.6', 'ocpp2.0.1'] as const)(
  'row 65: two transactions of %s on one connector',
  (protocol) => {
    test('have the bills they have one after the other, whichever of them is told first', async () => {
      const transactionId = await numbered(await newTenant(db, 'ocpp1.6'));
      const [laterStart = start16()] = hoursLater(5, 0, [start16()]);
      const { transactionId: laterId } = await send(await newTenant(db, 'ocpp1.6'), 'ocpp1.6', laterStart);
      const traces = (course: Course) =>
        protocol === 'ocpp1.6'
          ? [
              [start16(), ...rest16(transactionId, course)],
              [laterStart, ...hoursLater(5, Number(laterId), rest16(transactionId, course))],
            ]
          : [trace201(course), hoursLater(5, 'tx-2', trace201(course))];
      const runs = courses.chain((course) => {
        const [one = [], other = []] = traces(course);
        return fc.tuple(fc.constant([...one, ...other]), interleaved(one, other));
      });
      await fc.assert(
        fc.asyncProperty(runs, async ([inOrder, arrived]) => {
          const [clean, mixed] = await Promise.all([newTenant(db, protocol), newTenant(db, protocol)]);
          for (const message of inOrder) await send(clean, protocol, message);

          for (const message of arrived) await send(mixed, protocol, message);

          const expected = await bills(clean);
          expect(await bills(mixed)).toEqual(expected);
          expect(expected).toMatchObject([billable, billable]);
        }),
        { numRuns: 12 },
      );
    });
  },
);
