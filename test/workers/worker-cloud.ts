import type { Context } from 'aws-lambda';
import { type AwsAnswer, type AwsCall, startAwsEndpoint } from '../../local/aws/endpoint.ts';
import { eventBridgeService } from '../../local/aws/event-bridge.ts';
import { sqsService } from '../../local/aws/sqs.ts';
import { createChaos } from '../../local/events/chaos.ts';
import { createEventBuses } from '../../local/events/event-bus.ts';
import { openQueue } from '../../local/events/queue.ts';
import { openStore } from '../../local/events/store.ts';
import type { Principal } from '../../local/iam/principals.ts';
import type { TestDatabase } from '../support/engine.ts';

const busName = 'test-bus';
const graceSeconds = 300;

/** An event as its consumers get it. */
export interface Told {
  readonly id: string;
  readonly source: string;
  readonly 'detail-type': string;
  readonly time: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface WorkerCloud {
  /** What reached the bus, in its order. */
  readonly told: Told[];
  /** The messages sent to the one queue there is, with their delays. */
  readonly queued: { readonly body: string; readonly delaySeconds: number }[];
  /** Looks at each call before the service does; an answer of its own stands for the service's. */
  intercept: (call: AwsCall) => AwsAnswer | undefined;
  close(): Promise<void>;
}

export const graceMs = graceSeconds * 1000;

/** So often is a session tried to be rated. */
export const ratingAttempts = 5;

/** A bus, a queue and the tables behind the addresses that functions find in their environment. */
export async function startWorkerCloud(db: TestDatabase): Promise<WorkerCloud> {
  const store = openStore(undefined);
  const told: Told[] = [];
  const target = {
    makeInput: (event: unknown) => JSON.stringify(event),
    accept: (input: string) => void told.push(JSON.parse(input) as Told),
  };
  const rule = {
    name: 'all',
    busName,
    pattern: { source: [{ prefix: '' }] },
    enabled: true,
    targets: [target],
  };
  const buses = createEventBuses(store, [busName], [rule], {
    accountId: '000000000000',
    region: 'eu-west-1',
  });
  const endpoint = await startAwsEndpoint();
  const queueUrl = `${endpoint.url}/000000000000/rating`;
  const queue = openQueue(
    {
      name: 'rating',
      arn: 'arn:aws:sqs:eu-west-1:000000000000:rating',
      url: queueUrl,
      fifo: false,
      contentBasedDeduplication: false,
      visibilityTimeoutMs: 30_000,
      delayMs: 0,
      receiveWaitMs: 0,
      retentionMs: 86_400_000,
      maxMessageBytes: 262_144,
    },
    store,
    createChaos(),
    () => {
      throw new Error('no dead letters here');
    },
  );
  const cloud: WorkerCloud = {
    told,
    queued: [],
    intercept: () => undefined,
    close: async () => {
      await endpoint.close();
      store.close();
    },
  };
  const watch = (call: AwsCall) => {
    if (call.headers['x-amz-target'] === 'AmazonSQS.SendMessage') {
      const { MessageBody, DelaySeconds } = JSON.parse(call.body.toString());
      cloud.queued.push({ body: MessageBody, delaySeconds: DelaySeconds });
    }
    return cloud.intercept(call);
  };
  endpoint.serve([watch, eventBridgeService(buses), sqsService([queue])], new Map([['test', everything]]));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint.url,
    AWS_ENDPOINT_URL_DYNAMODB: db.url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    REGISTRY_TABLE: db.tables.registry,
    OPERATIONS_TABLE: db.tables.operations,
    LEDGER_TABLE: db.tables.ledger,
    BUS_NAME: busName,
    RATING_QUEUE_URL: queueUrl,
    UNREADABLE_CHANGES_QUEUE_URL: queueUrl,
    RATING_GRACE_SECONDS: String(graceSeconds),
    RATING_ATTEMPTS: String(ratingAttempts),
  });
  return cloud;
}

const everything: Principal = {
  arn: 'arn:aws:iam::000000000000:role/test',
  accessKeyId: 'test',
  secretAccessKey: 'test',
  statements: [{ effect: 'Allow', actions: ['*'], resources: ['*'] }],
};

/** What Lambda hands a function besides the event. */
export const lambdaContext = {
  functionName: 'worker',
  functionVersion: '$LATEST',
  memoryLimitInMB: '256',
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:worker',
  awsRequestId: 'request-1',
} as Context;
