import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { largestFrameBytes } from '../../functions/ocpp/frame.ts';
import type { Received } from '../../functions/ocpp/receive-frame.ts';
import type { OcppVersion } from '../../functions/ocpp/version.ts';
import { loadVersion } from '../../functions/ocpp/versions.ts';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import {
  billed,
  type Course,
  cleanBill,
  type Message,
  newTenant,
  numbered,
  receive,
  rest16,
  send,
  trace201,
} from './charging-trace.ts';
import { editions, readFixtures, referee } from './fixture-files.ts';
import { hostileText, mutated, strayErrors, strayTexts, truncated } from './hostile-frames.ts';
import { noon, openRoom, type Room, type TestStation } from './room-under-test.ts';

let room: Room;
let db: TestDatabase;
beforeAll(async () => {
  [room, db] = await Promise.all([openRoom(), startTestDatabase()]);
});
afterAll(() => Promise.all([room.close(), db.close()]));

/** What the JSON says, or nothing when it is not JSON. */
function read(text: string): unknown {
  try {
    return JSON.parse(text.replace(/\0+\s*$/, '').trim());
  } catch {
    return undefined;
  }
}

describe.each(editions)('whatever a station of $subprotocol sends', ({ subprotocol, folder, source }) => {
  const official = referee(source);
  const examples = readFixtures(folder).filter(({ answers }) => answers === undefined);
  const answers = readFixtures(folder).filter((fixture) => fixture.answers !== undefined);
  const valid = examples.filter(({ error }) => error === undefined);
  let version: OcppVersion;
  let station: TestStation;
  beforeAll(async () => {
    version = await loadVersion(subprotocol);
    station = await room.givenStation(`fuzzed-${folder}`, subprotocol);
  });

  /** The answer is a frame of the version, to this message; a failure of our own is none. */
  function expectFit(text: string, { answer, fault, error }: Received): void {
    const sent = read(text);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect({}).not.toHaveProperty('polluted');
    expect(fault, `our own failure: ${String(error)}`).not.toBe('internal');
    expect(error).toBeUndefined();
    const [sentType, id, action] = Array.isArray(sent) ? sent : [];
    // Only its being one of these matters: what else stands there may be too deep to print.
    const type = [2, 3, 4].find((known) => known === sentType);
    if (answer === undefined) {
      expect(
        type === 2 && typeof id === 'string' && id !== '' && Buffer.byteLength(text) <= largestFrameBytes,
      ).toBe(false);
      return;
    }
    const [answerType, answeredId, third, description, details] = JSON.parse(answer);
    const ownId = typeof id === 'string' && id !== '' ? id : version.unreadableMessageId;
    expect([ownId, version.unreadableMessageId]).toContain(answeredId);
    if (answerType === 3) {
      expect(type).toBe(2);
      expect(version.inbound.map(({ name }) => name)).toContain(action);
      expect(official(`${action}.conf`)(third)).toBe(true);
      return;
    }
    expect(answerType).toBe(4);
    expect([3, 4]).not.toContain(type);
    expect(Object.values(version.errorCodes)).toContain(third);
    expect(description.length).toBeLessThanOrEqual(255);
    expect(details).toEqual({});
  }

  test('texts and frames of no meaning get an answer of the version or none', async () => {
    await fc.assert(
      fc.asyncProperty(strayTexts, async (text) => {
        expectFit(text, await station.sends(text));
      }),
      { numRuns: 600 },
    );
  });

  test('a call with members of other types, sizes and names is taken in or refused by its schema', async () => {
    await fc.assert(
      fc.asyncProperty(mutated(valid), async ({ action, payload }) => {
        const text = hostileText([2, 'id-1', action, payload]);

        const received = await station.sends(text);

        expectFit(text, received);
        const sent = (read(text) as unknown[])[3];
        // The schemas bound no depth: ours does.
        if (depthOf(sent) <= 64 && official(`${action}.req`)(sent))
          expect(received).toMatchObject({ kind: 'call', answer: expect.stringMatching(/^\[3,"id-1",/) });
      }),
      { numRuns: 700 },
    );
  });

  test('an answer to our own call ends its command, whatever is in it', async () => {
    const { commands } = room.services;
    const { stationId } = station;
    const failures = strayErrors.map((frame) => ({ type: 4, frame }));
    const results = mutated(answers).map(({ action, payload }) => ({ type: 3, action, frame: [payload] }));
    await fc.assert(
      fc.asyncProperty(fc.oneof({ weight: 4, arbitrary: results }, failures), async (answer) => {
        const commandId = crypto.randomUUID();
        const text = hostileText([answer.type, commandId, ...answer.frame]);
        fc.pre(Buffer.byteLength(text) < largestFrameBytes);
        const action = 'action' in answer ? answer.action : 'Reset';
        const request = { kind: 'CALL', action, payload: {} } as const;
        const times = { createdAt: noon, deadlineAt: noon + 30_000, sentAt: noon };
        await commands.addCommand({ commandId, stationId, name: 'CALL', request, state: 'SENT', ...times });

        const received = await station.sends(text);

        expect(received).toMatchObject({ settled: 'settled' });
        expect(received.answer).toBeUndefined();
        const command = await commands.findCommand(stationId, commandId);
        expect(['ACCEPTED', 'REJECTED', 'FAILED']).toContain(command?.state);
      }),
      { numRuns: 200 },
    );
  });

  test('a frame that breaks off is unreadable', async () => {
    const texts = valid.map(({ action, payload }) => JSON.stringify([2, 'id-1', action, payload]));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...texts).chain(truncated), async (text) => {
        const received = await station.sends(text);

        expectFit(text, received);
        expect(received.kind).toBe(text === '' ? 'blank' : 'broken');
      }),
      { numRuns: 200 },
    );
  });

  test('a session in the midst of it is billed as if it were alone', async () => {
    const course: Course = {
      steps: [300, 0, 200],
      powerApart: false,
      inKwh: true,
      lateToken: true,
      lateCable: false,
      readingsAtStop: true,
    };
    const expected = await cleanBill(await newTenant(db, subprotocol), subprotocol, course);
    const others = valid.filter(({ action }) => !/Transaction|MeterValues/.test(action));
    const noise = fc.array(fc.oneof(strayTexts, mutated(others).map(asText)), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.array(noise, { minLength: 8, maxLength: 8 }), fc.nat(), async (noises, cut) => {
        const tenant = await newTenant(db, subprotocol);
        const hears = (text: string) => receive(tenant, subprotocol, text);
        const messages: readonly Message[] =
          subprotocol === 'ocpp1.6' ? rest16(await numbered(tenant), course) : trace201(course);
        for (const [index, message] of messages.entries()) {
          for (const text of noises[index] ?? []) await hears(text);
          for (const text of spoilt(message, cut)) await hears(text);
          await send(tenant, subprotocol, message);
        }

        expect(await billed(tenant)).toEqual(expected);
      }),
      { numRuns: 12 },
    );
  });
});

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

function asText({ action, payload }: { action: string; payload: unknown }): string {
  return hostileText([2, 'id-2', action, payload]);
}

/** The message as no version means it: broken off, without a member it needs, with one that it does not know. */
function spoilt([action, payload]: Message, cut: number): readonly string[] {
  const whole = JSON.stringify([2, 'id-3', action, payload]);
  const { timestamp, meterValue, ...rest } = payload;
  return [
    whole.slice(0, 1 + (cut % (whole.length - 1))),
    JSON.stringify([2, 'id-3', action, rest]),
    JSON.stringify([2, 'id-3', action, { ...payload, unheardOf: 1 }]),
  ];
}
