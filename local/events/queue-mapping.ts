import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { InvocationResult } from '../lambda/environment.ts';
import type { Message } from './message.ts';
import type { Queue } from './queue.ts';
import { compileFilters, failedItems, filterableMessage } from './record-filter.ts';

/** An event source mapping from a queue to a function. */
export interface QueueMappingSettings {
  batchSize: number;
  batchingWindowMs: number;
  maximumConcurrency: number;
  reportBatchItemFailures: boolean;
  filters: string[];
}

export interface QueueMappingOptions {
  queue: Queue;
  settings: QueueMappingSettings;
  region: string;
  invoke: (payload: string) => Promise<InvocationResult>;
  /** A message that failed once comes back after this long at most, where SQS lets its visibility timeout pass. */
  retryMs?: number | undefined;
}

/** Something that moves records to a function until it is closed. */
export interface Mapping {
  /** Stops; what is being processed is not waited for and will be delivered again. */
  close(): Promise<void>;
}

/** Polls a queue on behalf of a function (Lambda guide, "Using Lambda with Amazon SQS"). */
export function startQueueMapping(options: QueueMappingOptions): Mapping {
  const { queue, settings } = options;
  const passes = compileFilters(settings.filters);
  const stopping = new AbortController();
  const { signal } = stopping;
  let running = 0;
  let slotFree = Promise.withResolvers<void>();

  const collect = async (): Promise<Message[]> => {
    const messages = await queue.receive({ max: settings.batchSize, waitMs: 20_000, signal });
    if (settings.batchingWindowMs === 0 || messages.length === 0) return messages;
    const untilMs = Date.now() + settings.batchingWindowMs;
    while (messages.length < settings.batchSize && Date.now() < untilMs && !signal.aborted) {
      const waitMs = untilMs - Date.now();
      messages.push(...(await queue.receive({ max: settings.batchSize - messages.length, waitMs, signal })));
    }
    return messages;
  };
  const process = async (messages: Message[]) => {
    const records = messages.map((message) => toRecord(message, queue, options.region));
    const wanted = records.filter((record) => passes(filterableMessage(record)));
    const failed = new Set(await invokeBatch(options, wanted));
    if (signal.aborted) return;
    for (const { receiptHandle, messageId, attributes } of records) {
      if (!failed.has(messageId)) queue.delete(receiptHandle);
      else if (options.retryMs !== undefined) {
        // Longer each time: a shortened wait must not use up the deliveries before a passing trouble has passed.
        const waitMs = options.retryMs * 2 ** (Number(attributes.ApproximateReceiveCount) - 1);
        queue.changeVisibility(receiptHandle, Math.min(waitMs, queue.settings.visibilityTimeoutMs));
      }
    }
  };
  const poll = async () => {
    while (!signal.aborted) {
      if (running >= settings.maximumConcurrency) {
        await slotFree.promise;
        continue;
      }
      const messages = await collect();
      if (messages.length === 0 || signal.aborted) continue;
      running++;
      void process(messages).finally(() => {
        running--;
        slotFree.resolve();
        slotFree = Promise.withResolvers<void>();
      });
      // Other work of this process gets its turn between batches.
      await wait(0);
    }
  };
  const polling = poll();

  return {
    async close() {
      stopping.abort();
      slotFree.resolve();
      await polling;
    },
  };
}

/** Invokes with a batch and gives the ids of the messages that failed. */
async function invokeBatch(
  { settings, queue, invoke }: QueueMappingOptions,
  records: QueueRecord[],
): Promise<string[]> {
  if (records.length === 0) return [];
  const all = records.map(({ messageId }) => messageId);
  const result = await invoke(JSON.stringify({ Records: records })).catch(() => undefined);
  if (!result || result.functionError) return all;
  if (!settings.reportBatchItemFailures) return [];
  const failed = failedItems(result.payload);
  if (!failed || failed.some((id) => !all.includes(id))) return all;
  // In a FIFO queue nothing that follows a failure in its group may count as done.
  return queue.settings.fifo ? withFollowers(records, failed) : failed;
}

function withFollowers(records: QueueRecord[], failed: string[]): string[] {
  const brokenGroups = new Set<string | undefined>();
  return records
    .filter(({ messageId, attributes }) => {
      if (failed.includes(messageId)) brokenGroups.add(attributes.MessageGroupId);
      return brokenGroups.has(attributes.MessageGroupId);
    })
    .map(({ messageId }) => messageId);
}

interface QueueRecord {
  messageId: string;
  receiptHandle: string;
  body: string;
  attributes: Record<string, string>;
  messageAttributes: Record<string, object>;
  md5OfBody: string;
  eventSource: 'aws:sqs';
  eventSourceARN: string;
  awsRegion: string;
}

function toRecord(message: Message, queue: Queue, region: string): QueueRecord {
  const messageAttributes = Object.entries(message.attributes).map(([name, attribute]) => [
    name,
    {
      dataType: attribute.DataType,
      ...(attribute.StringValue === undefined ? {} : { stringValue: attribute.StringValue }),
      ...(attribute.BinaryValue === undefined ? {} : { binaryValue: attribute.BinaryValue }),
      stringListValues: [],
      binaryListValues: [],
    },
  ]);
  return {
    messageId: message.messageId,
    receiptHandle: message.receipt,
    body: message.body,
    attributes: messageSystemAttributes(message),
    messageAttributes: Object.fromEntries(messageAttributes),
    md5OfBody: createHash('md5').update(message.body).digest('hex'),
    eventSource: 'aws:sqs',
    eventSourceARN: queue.settings.arn,
    awsRegion: region,
  };
}

/** The attributes SQS itself gives a message. */
export function messageSystemAttributes(message: Message): Record<string, string> {
  const { groupId, deduplicationId } = message;
  return {
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(message.sentAtMs),
    SenderId: 'local',
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAtMs),
    ...(groupId === undefined ? {} : { MessageGroupId: groupId, SequenceNumber: message.sequenceNumber }),
    ...(deduplicationId === undefined ? {} : { MessageDeduplicationId: deduplicationId }),
  };
}
