import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Cloud, startCloud } from '../../../local/start-cloud.ts';
import { writeSmallApp } from '../fixtures/small-app.ts';

let cloud: Cloud;
let dynamo: DynamoDBClient;
let bus: EventBridgeClient;
let sqs: SQSClient;
const lines: string[] = [];

beforeAll(async () => {
  cloud = await startCloud({
    assemblyDir: writeSmallApp(),
    times: { retryMs: 10 },
    logger: (line) => lines.push(line),
  });
  dynamo = new DynamoDBClient(cloud.clientConfig('dynamodb'));
  bus = new EventBridgeClient(cloud.clientConfig());
  sqs = new SQSClient(cloud.clientConfig());
});

afterEach(() => cloud.setChaos(undefined));

afterAll(() => cloud?.close());

async function putItem(id: string, fail = false): Promise<void> {
  await dynamo.send(
    new PutItemCommand({
      TableName: cloud.table('items'),
      Item: { pk: { S: `ITEM#${id}` }, fail: { BOOL: fail } },
    }),
  );
}

/** How often the worker saw the item. */
async function timesDone(id: string): Promise<number> {
  const { Item } = await dynamo.send(
    new GetItemCommand({ TableName: cloud.table('items'), Key: { pk: { S: `DONE#ITEM#${id}` } } }),
  );
  return Number(Item?.times?.N ?? 0);
}

async function putEvent(detailType: string, detail: object): Promise<void> {
  const entry = {
    EventBusName: 'small-bus',
    Source: 'test',
    DetailType: detailType,
    Detail: JSON.stringify(detail),
  };
  await bus.send(new PutEventsCommand({ Entries: [entry] }));
}

/** Takes everything out of a queue. */
async function drain(queueName: string) {
  const QueueUrl = cloud.resource('AWS::SQS::Queue', queueName).ref;
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
  );
  for (const { ReceiptHandle } of Messages)
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  return Messages;
}

describe('from a table to a worker', () => {
  test('a written item goes through stream, bus and queue, and idle waits for the last effect', async () => {
    await putItem('plain');
    await cloud.idle();

    expect(await timesDone('plain')).toBe(1);
  });

  test('the stream’s filter lets nothing else through', async () => {
    await dynamo.send(
      new PutItemCommand({ TableName: cloud.table('items'), Item: { pk: { S: 'OTHER#1' } } }),
    );
    await cloud.idle();

    expect(await timesDone('OTHER#1')).toBe(0);
  });

  test('a failing message goes to the dead letters, the others of its batch do not', async () => {
    lines.length = 0;

    await Promise.all([putItem('bad', true), putItem('good')]);
    await cloud.idle();

    expect(await timesDone('good')).toBe(1);
    expect(lines).toEqual(['app-Jobs: a message is given up to app-Dead']);
    const dead = await drain('Dead');
    expect(dead.map(({ Body }) => JSON.parse(Body ?? '').detail)).toEqual([{ id: 'ITEM#bad', fail: true }]);
  });

  test('everything arrives, most of it twice, when deliveries are duplicated and shuffled', async () => {
    cloud.setChaos({ duplicate: 1, reorder: true, seed: 1 });
    const ids = Array.from({ length: 8 }, (_, i) => `chaos${i}`);

    await Promise.all(ids.map((id) => putItem(id)));
    await cloud.idle();

    for (const id of ids) expect(await timesDone(id)).toBeGreaterThanOrEqual(2);
  });
});

describe('asynchronous invocations', () => {
  test('are tried three times, then told to the on-failure destination', async () => {
    lines.length = 0;

    await putEvent('ForListener', { id: 'x', fail: true });
    await cloud.idle();

    expect(lines.filter((line) => line.includes('told to fail'))).toHaveLength(3);
    const [message] = await drain('Lost');
    expect(JSON.parse(message?.Body ?? '')).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
      requestPayload: { id: 'x', fail: true },
      responseContext: { functionError: 'Unhandled' },
      responsePayload: { errorType: 'Error' },
    });
  });

  test('that succeed leave nothing behind', async () => {
    await putEvent('ForListener', { id: 'x' });
    await cloud.idle();

    expect(await drain('Lost')).toEqual([]);
  });
});

describe('GraphQL targets', () => {
  test('run their operation with the event’s values', async () => {
    lines.length = 0;

    await putEvent('ForGraph', { id: 'a' });
    await cloud.idle();

    expect(lines).toEqual([]);
    expect(await drain('Lost')).toEqual([]);
  });

  test('count as delivered when the operation answers with data and errors, which is told', async () => {
    lines.length = 0;

    await putEvent('ForGraph', { id: 'a', note: 'refuse' });
    await cloud.idle();

    expect(lines.join()).toContain('refused on purpose');
    expect(await drain('Lost')).toEqual([]);
  });

  test('go straight to the dead letters when the rule’s role may not run the operation', async () => {
    await putEvent('ForGraphUnasked', { id: 'a' });
    await cloud.idle();

    const [message] = await drain('Lost');
    expect(JSON.parse(message?.Body ?? '')).toEqual({ id: 'a', note: null });
    expect(message?.MessageAttributes?.ERROR_CODE?.StringValue).toBe('NO_PERMISSIONS');
    expect(message?.MessageAttributes?.RULE_ARN?.StringValue).toMatch(/rule\/small-bus\/app-ToGraphUnasked$/);
  });
});

describe('schedules', () => {
  test('can be fired by hand', async () => {
    cloud.fireSchedule('Hourly');

    expect((await drain('Inbox')).map(({ Body }) => Body)).toEqual(['{"sweep":true}']);
  });

  test('that do not exist are named with those that do', () => {
    expect(() => cloud.fireSchedule('Daily')).toThrow(/Hourly/);
  });
});
