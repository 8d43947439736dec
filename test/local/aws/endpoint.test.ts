import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type ClientConfig, type Cloud, startCloud } from '../../../local/start-cloud.ts';
import { writeSmallApp } from '../fixtures/small-app.ts';

let cloud: Cloud;
let host: ClientConfig;
/** The key of a function whose role grants nothing. */
let stranger: ClientConfig;

beforeAll(async () => {
  cloud = await startCloud({ assemblyDir: writeSmallApp() });
  host = cloud.clientConfig();
  stranger = { ...host, credentials: { accessKeyId: cloud.accessKeyOf('Door'), secretAccessKey: 'x' } };
});

afterAll(() => cloud?.close());

/** A call that no installed SDK client makes. */
function raw(path: string, headers: Record<string, string>, body: string, config = host): Promise<Response> {
  const credential = `Credential=${config.credentials.accessKeyId}/20260101/eu-west-1/x/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=0`;
  return fetch(`${config.endpoint}${path}`, { method: 'POST', headers: { authorization, ...headers }, body });
}

describe('callers', () => {
  const entry = { EventBusName: 'small-bus', Source: 's', DetailType: 'd', Detail: '{}' };

  test('may do what their role’s policies grant', async () => {
    const credentials = { accessKeyId: cloud.accessKeyOf('Relay'), secretAccessKey: 'x' };
    const relay = new EventBridgeClient({ ...host, credentials });

    const answer = await relay.send(new PutEventsCommand({ Entries: [entry] }));

    expect(answer.FailedEntryCount).toBe(0);
    expect(answer.Entries?.[0]?.EventId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('are refused in AWS’s words without a grant', async () => {
    const client = new EventBridgeClient(stranger);

    await expect(client.send(new PutEventsCommand({ Entries: [entry] }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringMatching(
        /^User: arn:aws:sts::000000000000:assumed-role\/app-DoorRole\/local is not authorized to perform: events:PutEvents on resource: arn:aws:events:eu-west-1:000000000000:event-bus\/small-bus because no identity-based policy allows/,
      ),
    });
  });

  test('with a key that nobody has are unknown', async () => {
    const credentials = { accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'x' };
    const client = new EventBridgeClient({ ...host, credentials });

    await expect(client.send(new PutEventsCommand({ Entries: [entry] }))).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
  });

  test('of a service that is not here are told so loudly', async () => {
    const answer = await raw('/', { 'x-amz-target': 'AmazonSSM.GetParameter' }, '{}');

    expect(answer.status).toBe(501);
    expect(await answer.text()).toContain('AmazonSSM.GetParameter');
  });
});

describe('PutEvents', () => {
  test('reports a malformed entry beside the good ones', async () => {
    const client = new EventBridgeClient(host);
    const entry = { EventBusName: 'small-bus', Source: 's', DetailType: 'd' };

    const answer = await client.send(
      new PutEventsCommand({
        Entries: [
          { ...entry, Detail: '{}' },
          { ...entry, Detail: 'no json' },
        ],
      }),
    );

    expect(answer.FailedEntryCount).toBe(1);
    expect(answer.Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([undefined, 'MalformedDetail']);
  });

  test('takes ten entries at most', async () => {
    const client = new EventBridgeClient(host);
    const Entries = Array.from({ length: 11 }, () => ({ Source: 's', DetailType: 'd', Detail: '{}' }));

    await expect(client.send(new PutEventsCommand({ Entries }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});

describe('SQS', () => {
  test('sends, receives, hides and deletes through the real client, checksums included', async () => {
    const client = new SQSClient(host);
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: 'app-Inbox' }));
    await client.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: 'één',
        MessageAttributes: { kind: { DataType: 'String', StringValue: 'k' } },
      }),
    );
    await client.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: [{ Id: '1', MessageBody: 'two', DelaySeconds: 900 }],
      }),
    );

    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
    );
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    const ReceiptHandle = Messages[0]?.ReceiptHandle;
    await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 60 }));
    const { Successful } = await client.send(
      new DeleteMessageBatchCommand({ QueueUrl, Entries: [{ Id: 'a', ReceiptHandle }] }),
    );

    expect(Messages).toMatchObject([
      {
        Body: 'één',
        MessageAttributes: { kind: { StringValue: 'k' } },
        Attributes: { ApproximateReceiveCount: '1' },
      },
    ]);
    expect(Attributes).toMatchObject({
      ApproximateNumberOfMessagesNotVisible: '1',
      ApproximateNumberOfMessagesDelayed: '1',
    });
    expect(Successful).toEqual([{ Id: 'a' }]);
  });

  test('refuses a FIFO message without a group, and a queue that does not exist', async () => {
    const client = new SQSClient(host);
    const QueueUrl = cloud.resource('AWS::SQS::Queue', 'Ordered').ref;

    await expect(client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }))).rejects.toMatchObject({
      name: 'MissingParameter',
    });
    await expect(client.send(new GetQueueUrlCommand({ QueueName: 'none' }))).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
    });
  });

  test('refuses a caller without a grant', async () => {
    const client = new SQSClient(stranger);
    const QueueUrl = cloud.resource('AWS::SQS::Queue', 'Inbox').ref;

    await expect(client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('sqs:SendMessage'),
    });
  });
});

describe('secrets', () => {
  test('are generated as asked, given to who may read them, and survive a restart', async () => {
    const assemblyDir = writeSmallApp();
    const dataDir = mkdtempSync(join(tmpdir(), 'secrets-'));
    const read = async () => {
      const running = await startCloud({ assemblyDir, dataDir });
      const SecretId = running.resource('AWS::SecretsManager::Secret', 'Pepper').ref;
      const client = new SecretsManagerClient(running.clientConfig());
      const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId }));
      await running.close();
      return SecretString;
    };

    const [first, second] = [await read(), await read()];

    expect(JSON.parse(first)).toEqual({ user: 'u', key: expect.stringMatching(/^.{20}$/) });
    expect(second).toBe(first);
  });

  test('are refused without a grant', async () => {
    const client = new SecretsManagerClient(stranger);
    const SecretId = cloud.resource('AWS::SecretsManager::Secret', 'Pepper').ref;

    await expect(client.send(new GetSecretValueCommand({ SecretId }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });
});

describe('Lambda', () => {
  test('is invoked synchronously and tells of a function’s error in a header', async () => {
    const path = '/2015-03-31/functions/app-Listener/invocations';

    const fine = await raw(path, {}, '{"id":1}');
    const failed = await raw(path, {}, '{"fail":true}');
    const refused = await raw(path, {}, '{}', stranger);
    const missing = await raw('/2015-03-31/functions/none/invocations', {}, '{}');

    expect(await fine.json()).toEqual({ heard: 1 });
    expect(failed.headers.get('x-amz-function-error')).toBe('Unhandled');
    expect(await failed.json()).toMatchObject({ errorType: 'Error' });
    expect([refused.status, missing.status]).toEqual([403, 404]);
  });
});

describe('asynchronous invocation', () => {
  test('is accepted at once, up to one megabyte', async () => {
    const path = '/2015-03-31/functions/app-Listener/invocations';
    const headers = { 'x-amz-invocation-type': 'Event' };

    const accepted = await raw(path, headers, '{"id":1}');
    const tooLarge = await raw(path, headers, JSON.stringify('x'.repeat(1_100_000)));
    await cloud.idle();

    expect([accepted.status, tooLarge.status]).toEqual([202, 413]);
  });
});

describe('the front door', () => {
  test('leads the stations’ path to the WebSocket API and everything else to the HTTP API', async () => {
    const http = await fetch(`${cloud.urls.http}/hello`);
    const wrong = await fetch(`${cloud.urls.ocpp.replace('ws', 'http')}/demo/CP1`);

    expect(await http.json()).toEqual({ path: '/hello' });
    expect(wrong.status).toBe(403);
  });

  test('connections can be posted to, asked about and closed, and are gone afterwards', async () => {
    const socket = new WebSocket(`${cloud.urls.ocpp}/demo/CP1`);
    await once(socket, 'open');
    socket.send('hello');
    const [echoed] = await once(socket, 'message');
    const { connectionId: ConnectionId, echo } = JSON.parse(String(echoed)) as Record<string, string>;
    const { ref } = cloud.resource('AWS::ApiGatewayV2::Api', 'Socket');
    const endpoint = `${host.endpoint}/${ref}/live`;
    const client = new ApiGatewayManagementApiClient({ ...host, endpoint });

    const arrived = once(socket, 'message');
    await client.send(new PostToConnectionCommand({ ConnectionId, Data: 'from outside' }));
    const { Identity } = await client.send(new GetConnectionCommand({ ConnectionId }));
    const closed = once(socket, 'close');
    const denied = new ApiGatewayManagementApiClient({ ...stranger, endpoint });
    const refusal = denied
      .send(new PostToConnectionCommand({ ConnectionId, Data: 'x' }))
      .catch((error) => error);
    expect(await refusal).toMatchObject({
      message: expect.stringContaining('execute-api:ManageConnections'),
    });
    await client.send(new DeleteConnectionCommand({ ConnectionId }));

    expect(echo).toBe('hello');
    expect(String((await arrived)[0])).toBe('from outside');
    expect(Identity?.SourceIp).toBe('127.0.0.1');
    await closed;
    await expect(client.send(new PostToConnectionCommand({ ConnectionId, Data: 'x' }))).rejects.toMatchObject(
      {
        name: 'GoneException',
      },
    );
  });
});
