import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestDatabase, type TestDatabase } from '../support/engine.ts';
import {
  billed,
  type Course,
  cleanBill,
  courses,
  energyOf,
  type Message,
  newTenant,
  rest16,
  send,
  start16,
  stationId,
  type Tenant,
  trace201,
  uid,
} from './charging-trace.ts';

/**
 * A station does as OCPP says: it queues transaction messages, sends the next one when the last is answered, sends an
 * unanswered one again, and patches the number it waits for into what is queued (1.6). The network in between loses
 * frames and answers, holds frames up, and cuts the connection.
 */

let db: TestDatabase;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());

/** What becomes of an attempt that the station gets no answer to. `held up` frames come after the next message. */
type Failure = 'lost' | 'answer lost' | 'held up' | 'cut off';

/** How the sending of one message goes. A station gives up after three attempts, so two may fail. */
interface Fate {
  readonly failures: readonly Failure[];
  /** The station comes back on a new connection first; the end of the old one is told only later. */
  readonly afterReconnect: boolean;
}

const fates: fc.Arbitrary<Fate> = fc.record({
  failures: fc.array(fc.constantFrom<Failure>('lost', 'answer lost', 'held up', 'cut off'), { maxLength: 2 }),
  afterReconnect: fc.boolean(),
});

interface Weather {
  readonly course: Course;
  readonly fates: readonly Fate[];
  /** Which messages the station made while it was offline; all go out after its return. */
  readonly offline: { readonly from: number; readonly count: number };
}

const mostMessages = 16;
const weathers: fc.Arbitrary<Weather> = fc.record({
  course: courses,
  fates: fc.array(fates, { minLength: mostMessages, maxLength: mostMessages }),
  offline: fc.record({ from: fc.nat(6), count: fc.nat(mostMessages) }),
});

const smooth: Fate = { failures: [], afterReconnect: false };

type Protocol = 'ocpp1.6' | 'ocpp2.0.1';
/** Before its start is answered, a 1.6 transaction goes under this number inside the station. */
const unnumbered = -1;

/** What the station has in its queue, in the order in which it happened. */
function queueOf(protocol: Protocol, { course, offline }: Weather): readonly Message[] {
  if (protocol === 'ocpp1.6') return [start16(), ...rest16(unnumbered, course)];
  const whileOffline = (index: number) => index >= offline.from && index < offline.from + offline.count;
  return trace201(course).map(([action, payload], index) => [
    action,
    whileOffline(index) ? { ...payload, offline: true } : payload,
  ]);
}

/** The station's end of the line, and the network. */
class Line {
  readonly #tenant: Tenant;
  readonly #protocol: Protocol;
  #connections = 1;
  #heldUp: Message[] = [];
  #number = unnumbered;

  constructor(tenant: Tenant, protocol: Protocol) {
    this.#tenant = tenant;
    this.#protocol = protocol;
  }

  get #connectionId(): string {
    return `c-${this.#connections}`;
  }

  async reconnect(): Promise<void> {
    const { live } = this.#tenant.services;
    const old = this.#connectionId;
    this.#connections += 1;
    const connectedAt = this.#tenant.clock.now;
    await live.connect({
      stationId,
      connectionId: this.#connectionId,
      protocol: this.#protocol,
      connectedAt,
    });
    await live.disconnect(stationId, old, connectedAt + 1);
  }

  /** Sends one message of the queue until it is answered. */
  async deliver(queued: Message, { failures, afterReconnect }: Fate): Promise<void> {
    if (afterReconnect) await this.reconnect();
    const overtaken = this.#heldUp.splice(0).toReversed();
    const message = this.#patched(queued);
    for (const failure of failures) await this.#fail(message, failure);
    const answer = await this.#arrive(message);
    if (message[0] === 'StartTransaction') this.#number = Number(answer.transactionId);
    for (const late of overtaken) await this.#arrive(late);
  }

  /** What is still held up comes in. */
  async release(): Promise<void> {
    for (const message of this.#heldUp.splice(0)) await this.#arrive(message);
  }

  async #fail(message: Message, failure: Failure): Promise<void> {
    if (failure === 'held up') this.#heldUp.push(message);
    if (failure === 'answer lost') await this.#arrive(message);
    if (failure === 'cut off') {
      await Promise.all([this.#arrive(message), this.reconnect()]);
    }
  }

  #arrive(message: Message): Promise<Record<string, unknown>> {
    return send(this.#tenant, this.#protocol, message, this.#connectionId);
  }

  #patched([action, payload]: Message): Message {
    return 'transactionId' in payload
      ? [action, { ...payload, transactionId: this.#number }]
      : [action, payload];
  }
}

/** Lives through a transaction in the given weather, and gives its CDR. */
async function weatheredBill(protocol: Protocol, weather: Weather) {
  const tenant = await newTenant(db, protocol);
  const line = new Line(tenant, protocol);
  for (const [index, message] of queueOf(protocol, weather).entries()) {
    if (index === weather.offline.from + weather.offline.count) await line.reconnect();
    await line.deliver(message, weather.fates[index] ?? smooth);
  }
  await line.release();
  return billed(tenant);
}

describe.each(['ocpp1.6', 'ocpp2.0.1'] as const)('a transaction of %s', (protocol) => {
  test('gives the bill of the clean trace when frames and answers are lost, held up and cut off, and sent again', async () => {
    await fc.assert(
      fc.asyncProperty(weathers, async (weather) => {
        const bill = await weatheredBill(protocol, weather);

        expect(bill).toEqual(await cleanBill(await newTenant(db, protocol), protocol, weather.course));
        expect(bill).toMatchObject({
          billing: 'BILLABLE',
          token: { uid, status: 'ACCEPTED' },
          energyWh: energyOf(weather.course),
        });
      }),
      { numRuns: 18 },
    );
  });

  test('row 64: gives it also when all of it happened offline and is replayed [TC_037_1, TC_039, E04, E08, E12]', async () => {
    await fc.assert(
      fc.asyncProperty(courses, async (course) => {
        const offline = { from: 0, count: mostMessages };

        const bill = await weatheredBill(protocol, { course, fates: [], offline });

        expect(bill).toEqual(await cleanBill(await newTenant(db, protocol), protocol, course));
      }),
      { numRuns: 8 },
    );
  });
});
