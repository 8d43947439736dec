import * as z from 'zod';
import type { Chaos } from '../events/chaos.ts';
import { openQueue, type Queue, type QueueSettings } from '../events/queue.ts';
import type { EventStore } from '../events/store.ts';
import type { Model, Resource } from '../template/model.ts';

const seconds = (fallback: number) =>
  z.coerce
    .number()
    .default(fallback)
    .transform((value) => value * 1000);

const queueSchema = z.object({
  FifoQueue: z.boolean().default(false),
  ContentBasedDeduplication: z.boolean().default(false),
  VisibilityTimeout: seconds(30),
  DelaySeconds: seconds(0),
  ReceiveMessageWaitTimeSeconds: seconds(0),
  MessageRetentionPeriod: seconds(345_600),
  MaximumMessageSize: z.coerce.number().default(1_048_576),
  RedrivePolicy: z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number() }).optional(),
});

/** The app's queues, by ARN. `logger` hears of every message that is given up. */
export function openQueues(
  model: Model,
  store: EventStore,
  chaos: Chaos,
  logger: (line: string) => void,
): Map<string, Queue> {
  const queues = new Map<string, Queue>();
  const deadLetterQueue = (arn: string): Queue => {
    const queue = queues.get(arn);
    if (!queue) throw new Error(`No dead-letter queue ${arn}`);
    return queue;
  };
  for (const resource of model.ofType('AWS::SQS::Queue')) {
    const settings = queueSettings(resource);
    const giveUp = (arn: string) => {
      logger(`${settings.name}: a message is given up to ${arn.split(':').at(-1)}`);
      return deadLetterQueue(arn);
    };
    queues.set(settings.arn, openQueue(settings, store, chaos, giveUp));
  }
  for (const { settings } of queues.values()) {
    if (settings.deadLetter) deadLetterQueue(settings.deadLetter.targetArn);
  }
  return queues;
}

function queueSettings(resource: Resource): QueueSettings {
  const properties = resource.read(queueSchema);
  const { RedrivePolicy } = properties;
  return {
    name: resource.attribute('QueueName'),
    arn: resource.attribute('Arn'),
    url: resource.ref,
    fifo: properties.FifoQueue,
    contentBasedDeduplication: properties.ContentBasedDeduplication,
    visibilityTimeoutMs: properties.VisibilityTimeout,
    delayMs: properties.DelaySeconds,
    receiveWaitMs: properties.ReceiveMessageWaitTimeSeconds,
    retentionMs: properties.MessageRetentionPeriod,
    maxMessageBytes: properties.MaximumMessageSize,
    ...(RedrivePolicy
      ? {
          deadLetter: {
            targetArn: RedrivePolicy.deadLetterTargetArn,
            maxReceiveCount: RedrivePolicy.maxReceiveCount,
          },
        }
      : {}),
  };
}
