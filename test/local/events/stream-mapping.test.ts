import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type DynamoEndpoint, startDynamoEndpoint } from '../../../local/dynamodb/endpoint.ts';
import { createChaos } from '../../../local/events/chaos.ts';
import { type EventStore, openStore } from '../../../local/events/store.ts';
import {
  type StreamMapping,
  type StreamMappingSettings,
  startStreamMapping,
} from '../../../local/events/stream-mapping.ts';

interface Record {
  eventName: string;
  eventSourceARN: string;
  dynamodb: {
    SequenceNumber: string;
    ApproximateCreationDateTime: number;
    NewImage: { pk: { S: string }; raw?: { B: string } };
  };
}

let endpoint: DynamoEndpoint;
let client: DynamoDBClient;
let streams: DynamoDBStreamsClient;
let store: EventStore;
let streamArn: string;
let table: string;
let mapping: StreamMapping | undefined;
let tables = 0;

beforeAll(async () => {
  endpoint = await startDynamoEndpoint({ engine: { kind: 'embedded' } });
  const config = {
    region: 'eu-west-1',
    endpoint: endpoint.url,
    credentials: { accessKeyId: 'k', secretAccessKey: 's' },
  };
  client = new DynamoDBClient(config);
  streams = new DynamoDBStreamsClient(config);
});

beforeEach(async () => {
  store = openStore(undefined);
  table = `table-${tables++}`;
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
  const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
  streamArn = Table?.LatestStreamArn ?? '';
});

afterEach(async () => {
  await mapping?.close();
  store.close();
});

afterAll(() => endpoint?.close());

async function put(...keys: string[]): Promise<void> {
  for (const pk of keys) await client.send(new PutItemCommand({ TableName: table, Item: { pk: { S: pk } } }));
}

interface Given {
  settings?: Partial<StreamMappingSettings>;
  duplicate?: number;
  /** What the function answers to a batch of keys; throwing makes it a failed invocation. */
  answer?: (keys: string[], records: Record[]) => unknown;
}

/** Starts a mapping whose function notes the batches it gets. */
function given({ settings = {}, duplicate = 0, answer = () => null }: Given = {}) {
  const batches: string[][] = [];
  const given: Record[] = [];
  const destinations: { arn: string; body: { [key: string]: unknown } }[] = [];
  mapping = startStreamMapping({
    id: 'mapping',
    source: { streamArn, client: streams },
    functionArn: 'arn:fn',
    region: 'eu-west-1',
    store,
    chaos: createChaos({ duplicate }),
    retryMs: 1,
    settings: {
      startingPosition: 'TRIM_HORIZON',
      batchSize: 10,
      batchingWindowMs: 0,
      maximumRetryAttempts: -1,
      maximumRecordAgeMs: -1,
      bisectOnError: false,
      reportBatchItemFailures: false,
      filters: [],
      ...settings,
    },
    sendTo: (arn, body) => destinations.push({ arn, body: JSON.parse(body) }),
    invoke: async (payload) => {
      const { Records } = JSON.parse(payload) as { Records: Record[] };
      const keys = Records.map(({ dynamodb }) => dynamodb.NewImage.pk.S);
      batches.push(keys);
      given.push(...Records);
      try {
        return { payload: JSON.stringify(answer(keys, Records) ?? null) };
      } catch {
        return { payload: '{}', functionError: 'Unhandled' as const };
      }
    },
  });
  return { batches, records: given, destinations, mapping };
}

/** Fails batches that hold the key, for the first `times` of them. */
function failOn(key: string, times = Number.POSITIVE_INFINITY): (keys: string[]) => void {
  let left = times;
  return (keys) => {
    if (keys.includes(key) && left-- > 0) throw new Error('told to fail');
  };
}

describe('a stream mapping', () => {
  test('gives records in order, in batches, in the form Lambda gives them', async () => {
    await put('a', 'b', 'c');

    const { batches, records, mapping } = given({ settings: { batchSize: 2 } });
    await mapping.drained();

    expect(batches).toEqual([['a', 'b'], ['c']]);
    expect(records[0]).toMatchObject({
      eventName: 'INSERT',
      eventSource: 'aws:dynamodb',
      awsRegion: 'eu-west-1',
      eventSourceARN: streamArn,
      dynamodb: { Keys: { pk: { S: 'a' } }, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
    const createdAt = records[0]?.dynamodb.ApproximateCreationDateTime ?? 0;
    expect(Math.abs(Date.now() / 1000 - createdAt)).toBeLessThan(60);
  });

  test('gives binary values as Base64', async () => {
    const Item = { pk: { S: 'a' }, raw: { B: Buffer.from('hi') } };
    await client.send(new PutItemCommand({ TableName: table, Item }));

    const { records, mapping } = given();
    await mapping.drained();

    expect(records[0]?.dynamodb.NewImage.raw).toEqual({ B: 'aGk=' });
  });

  test('goes on behind the last processed record when it is started again', async () => {
    await put('a', 'b');
    const first = given();
    await first.mapping.drained();
    await first.mapping.close();
    await put('c');

    const second = given();
    await second.mapping.drained();

    expect(second.batches).toEqual([['c']]);
  });

  test('from LATEST on gives what is written once it is ready, also when it is lost before the first record', async () => {
    await put('old');
    const first = given({ settings: { startingPosition: 'LATEST' } });
    await first.mapping.ready;
    await first.mapping.close();
    await put('new');

    const second = given({ settings: { startingPosition: 'LATEST' } });
    await second.mapping.drained();

    expect(second.batches).toEqual([['new']]);
  });

  test('passes over records that no filter lets through', async () => {
    await put('a1', 'b1', 'a2');

    const filters = ['{"dynamodb":{"Keys":{"pk":{"S":[{"prefix":"a"}]}}}}'];
    const { batches, mapping } = given({ settings: { filters } });
    await mapping.drained();

    expect(batches).toEqual([['a1', 'a2']]);
  });

  test('tries a failed batch again before anything behind it', async () => {
    await put('a', 'b', 'c');

    const { batches, mapping } = given({ settings: { batchSize: 2 }, answer: failOn('b', 2) });
    await mapping.drained();

    expect(batches).toEqual([['a', 'b'], ['a', 'b'], ['a', 'b'], ['c']]);
  });

  test('gives up after the retries and reports where the batch lay', async () => {
    await put('a', 'b', 'c');

    const { batches, destinations, mapping } = given({
      settings: { batchSize: 2, maximumRetryAttempts: 1, onFailureArn: 'arn:dead' },
      answer: failOn('a'),
    });
    await mapping.drained();

    expect(batches).toEqual([['a', 'b'], ['a', 'b'], ['c']]);
    expect(destinations).toMatchObject([
      {
        arn: 'arn:dead',
        body: {
          requestContext: {
            functionArn: 'arn:fn',
            condition: 'RetryAttemptsExhausted',
            approximateInvokeCount: 2,
          },
          DDBStreamBatchInfo: { batchSize: 2, streamArn },
        },
      },
    ]);
  });

  test('bisects down to the poison record and loses nothing else', async () => {
    await put('a', 'b', 'poison', 'd', 'e');

    const { batches, destinations, mapping } = given({
      settings: { bisectOnError: true, maximumRetryAttempts: 0, onFailureArn: 'arn:dead' },
      answer: failOn('poison'),
    });
    await mapping.drained();

    const succeeded = batches.filter((keys) => !keys.includes('poison')).flat();
    expect(succeeded).toEqual(['a', 'b', 'd', 'e']);
    expect(destinations.map(({ body }) => body.DDBStreamBatchInfo)).toMatchObject([{ batchSize: 1 }]);
  });

  test('goes on at the first item that the function reports as failed', async () => {
    await put('a', 'b', 'c');
    let failed = false;

    const { batches, mapping } = given({
      settings: { reportBatchItemFailures: true },
      answer: (keys, records) => {
        if (failed) return { batchItemFailures: [] };
        failed = true;
        return {
          batchItemFailures: [{ itemIdentifier: records[keys.indexOf('b')]?.dynamodb.SequenceNumber }],
        };
      },
    });
    await mapping.drained();

    expect(batches).toEqual([
      ['a', 'b', 'c'],
      ['b', 'c'],
    ]);
  });

  test('drops records that are too old', async () => {
    await put('a');

    const { batches, destinations, mapping } = given({
      settings: { maximumRecordAgeMs: 0, onFailureArn: 'arn:dead' },
      answer: failOn('a'),
    });
    await mapping.drained();

    expect(batches.length).toBeLessThanOrEqual(1);
    expect(destinations).toHaveLength(1);
  });

  test('delivers batches twice but in order when told to', async () => {
    await put('a', 'b', 'c');

    const { batches, mapping } = given({ settings: { batchSize: 1 }, duplicate: 1 });
    await mapping.drained();

    expect(batches.flat()).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);
  });
});
