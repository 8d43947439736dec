import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type BusEvent, publish } from '#adapters/eventbridge/publish.ts';
import { pointClientsAt, type RecordedRequest, startRecorder } from '../../support/aws-recorder.ts';

type Entry = Readonly<Record<string, unknown>>;

let endpoint: Awaited<ReturnType<typeof startRecorder>>;
let refuse: (detail: string) => boolean;
beforeAll(async () => {
  endpoint = await startRecorder((request) => {
    const entries = entriesOf(request);
    if (entries.some(({ Detail }) => Detail === '"poison"')) {
      return { status: 400, body: { message: 'no' }, errorType: 'ValidationException' };
    }
    const Entries = entries.map(({ Detail }) =>
      refuse(String(Detail)) ? { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow' } : { EventId: '1' },
    );
    return { status: 200, body: { Entries, FailedEntryCount: 0 } };
  });
  pointClientsAt(endpoint.url);
});
beforeEach(() => {
  refuse = () => false;
  endpoint.requests.length = 0;
});
afterAll(() => endpoint.close());

function entriesOf({ body }: RecordedRequest): readonly Entry[] {
  return JSON.parse(body).Entries;
}

function eventOf(detail: unknown): BusEvent {
  return { source: 'csms.stations', detailType: 'StationReady.v1', detail };
}

describe('publishing', () => {
  test('puts events on the bus in order, ten at a time', async () => {
    const events = Array.from({ length: 23 }, (_, number) => eventOf({ number }));

    expect(await publish('bus', events)).toEqual([]);

    expect(endpoint.requests.map((request) => entriesOf(request).length)).toEqual([10, 10, 3]);
    expect(endpoint.requests.flatMap(entriesOf)).toEqual(
      events.map(({ source, detailType, detail }) => ({
        EventBusName: 'bus',
        Source: source,
        DetailType: detailType,
        Detail: JSON.stringify(detail),
      })),
    );
  });

  test('keeps a request below one megabyte', async () => {
    const large = 'é'.repeat(200_000);

    await publish(
      'bus',
      Array.from({ length: 5 }, () => eventOf(large)),
    );

    expect(endpoint.requests.map((request) => entriesOf(request).length)).toEqual([2, 2, 1]);
  });

  test('names the events that the bus did not take', async () => {
    refuse = (detail) => detail === '3' || detail === '11';

    const failed = await publish(
      'bus',
      Array.from({ length: 12 }, (_, number) => eventOf(number)),
    );

    expect(failed).toEqual([
      { index: 3, reason: 'ThrottlingException: slow' },
      { index: 11, reason: 'ThrottlingException: slow' },
    ]);
  });

  test('fails the events of a refused request and no others', async () => {
    const events = Array.from({ length: 12 }, (_, number) => eventOf(number === 4 ? 'poison' : number));

    const failed = await publish('bus', events);

    expect(failed.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('asks nothing for no events', async () => {
    expect(await publish('bus', [])).toEqual([]);
    expect(endpoint.requests).toEqual([]);
  });
});
