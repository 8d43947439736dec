import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import * as z from 'zod';
import type { Chaos } from '../events/chaos.ts';
import type { Queue } from '../events/queue.ts';
import { type Mapping, startQueueMapping } from '../events/queue-mapping.ts';
import type { EventStore } from '../events/store.ts';
import { type StreamMapping, startStreamMapping } from '../events/stream-mapping.ts';
import { isAllowed } from '../iam/evaluate.ts';
import type { Principal } from '../iam/principals.ts';
import type { SendTo } from '../lambda/async-invocations.ts';
import type { Functions } from '../lambda/functions.ts';
import type { Model, Resource } from '../template/model.ts';
import { region } from '../template/pseudo.ts';

const mappingSchema = z.object({
  FunctionName: z.string(),
  EventSourceArn: z.string(),
  Enabled: z.boolean().default(true),
  BatchSize: z.coerce.number().optional(),
  MaximumBatchingWindowInSeconds: z.coerce.number().default(0),
  StartingPosition: z.enum(['LATEST', 'TRIM_HORIZON']).default('LATEST'),
  MaximumRetryAttempts: z.coerce.number().default(-1),
  MaximumRecordAgeInSeconds: z.coerce.number().default(-1),
  BisectBatchOnFunctionError: z.boolean().default(false),
  FunctionResponseTypes: z.array(z.string()).default([]),
  FilterCriteria: z.object({ Filters: z.array(z.object({ Pattern: z.string() })) }).optional(),
  DestinationConfig: z.object({ OnFailure: z.object({ Destination: z.string() }).optional() }).optional(),
  ScalingConfig: z.object({ MaximumConcurrency: z.coerce.number().optional() }).optional(),
});
type MappingProperties = z.infer<typeof mappingSchema>;

export interface EventSourcesOptions {
  model: Model;
  store: EventStore;
  chaos: Chaos;
  functions: Functions;
  /** The role of each function, by function name. */
  roles: ReadonlyMap<string, Principal>;
  queues: ReadonlyMap<string, Queue>;
  /** Stream ARNs by table name. */
  streamArns: ReadonlyMap<string, string>;
  streamsClient: DynamoDBStreamsClient;
  sendTo: SendTo;
  retryMs: number;
}

export interface EventSources {
  /** Queues that a function reads. */
  consumedQueues: Queue[];
  /** Resolves when everything written to a stream from then on will be read. */
  ready: Promise<unknown>;
  /** Resolves when every stream was found read to its end by a read begun after this call. */
  streamsDrained(): Promise<void>;
  close(): Promise<void>;
}

/** Actions without which Lambda refuses to create a mapping. */
const neededActions = {
  sqs: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
  dynamodb: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
};

/** Starts the app's event source mappings. Throws when a function's role may not read its source. */
export function startEventSources(options: EventSourcesOptions): EventSources {
  const streams: StreamMapping[] = [];
  const others: Mapping[] = [];
  const consumedQueues: Queue[] = [];
  for (const resource of options.model.ofType('AWS::Lambda::EventSourceMapping')) {
    const properties = resource.read(mappingSchema);
    if (!properties.Enabled) continue;
    assertMayRead(resource, properties, options);
    const queue = options.queues.get(properties.EventSourceArn);
    if (queue) {
      consumedQueues.push(queue);
      others.push(queueMapping(queue, properties, options));
    } else {
      streams.push(streamMapping(resource, properties, options));
    }
  }
  return {
    consumedQueues,
    ready: Promise.all(streams.map((stream) => stream.ready)),
    async streamsDrained() {
      await Promise.all(streams.map((stream) => stream.drained()));
    },
    async close() {
      await Promise.all([...streams, ...others].map((mapping) => mapping.close()));
    },
  };
}

function queueMapping(queue: Queue, properties: MappingProperties, options: EventSourcesOptions): Mapping {
  return startQueueMapping({
    queue,
    region,
    settings: {
      batchSize: properties.BatchSize ?? 10,
      batchingWindowMs: properties.MaximumBatchingWindowInSeconds * 1000,
      // Lambda itself begins with five pollers; one machine has no use for more.
      maximumConcurrency: Math.min(properties.ScalingConfig?.MaximumConcurrency ?? 5, 5),
      reportBatchItemFailures: reportsItems(properties),
      filters: filtersOf(properties),
    },
    invoke: (payload) => options.functions.invoke(properties.FunctionName, payload),
    retryMs: options.retryMs,
  });
}

function streamMapping(
  resource: Resource,
  properties: MappingProperties,
  options: EventSourcesOptions,
): StreamMapping {
  const [, tableName = ''] = /:table\/([^/]+)\/stream\//.exec(properties.EventSourceArn) ?? [];
  const streamArn = options.streamArns.get(tableName);
  if (streamArn === undefined)
    throw new Error(`${resource.logicalId}: ${properties.EventSourceArn} is no stream`);
  return startStreamMapping({
    id: resource.ref,
    source: { streamArn, client: options.streamsClient },
    functionArn: options.functions.settings(properties.FunctionName).arn,
    region,
    store: options.store,
    chaos: options.chaos,
    settings: {
      startingPosition: properties.StartingPosition,
      batchSize: properties.BatchSize ?? 100,
      batchingWindowMs: properties.MaximumBatchingWindowInSeconds * 1000,
      maximumRetryAttempts: properties.MaximumRetryAttempts,
      maximumRecordAgeMs:
        properties.MaximumRecordAgeInSeconds * (properties.MaximumRecordAgeInSeconds < 0 ? 1 : 1000),
      bisectOnError: properties.BisectBatchOnFunctionError,
      reportBatchItemFailures: reportsItems(properties),
      filters: filtersOf(properties),
      onFailureArn: properties.DestinationConfig?.OnFailure?.Destination,
    },
    invoke: (payload) => options.functions.invoke(properties.FunctionName, payload),
    sendTo: (arn, body) => options.sendTo(arn, body, {}),
    retryMs: options.retryMs,
  });
}

function assertMayRead(
  resource: Resource,
  properties: MappingProperties,
  options: EventSourcesOptions,
): void {
  const { name } = options.functions.settings(properties.FunctionName);
  const statements = options.roles.get(name)?.statements ?? [];
  const needed = properties.EventSourceArn.startsWith('arn:aws:sqs:')
    ? neededActions.sqs
    : neededActions.dynamodb;
  const missing = needed.filter(
    (action) => !isAllowed(statements, { action, resource: properties.EventSourceArn }),
  );
  if (missing.length === 0) return;
  throw new Error(
    `${resource.logicalId}: the role of ${name} lacks ${missing.join(', ')} on ${properties.EventSourceArn}`,
  );
}

function reportsItems(properties: MappingProperties): boolean {
  return properties.FunctionResponseTypes.includes('ReportBatchItemFailures');
}

function filtersOf(properties: MappingProperties): string[] {
  return properties.FilterCriteria?.Filters.map(({ Pattern }) => Pattern) ?? [];
}
