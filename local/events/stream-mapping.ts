import { setTimeout as wait } from 'node:timers/promises';
import type { _Record as StreamRecord } from '@aws-sdk/client-dynamodb-streams';
import type { InvocationResult } from '../lambda/environment.ts';
import type { Chaos } from './chaos.ts';
import type { Mapping } from './queue-mapping.ts';
import { compileFilters, failedItems } from './record-filter.ts';
import type { EventStore } from './store.ts';
import { openStreamReader, type StreamSource } from './stream-reader.ts';

/** An event source mapping from a table's stream to a function. */
export interface StreamMappingSettings {
  startingPosition: 'LATEST' | 'TRIM_HORIZON';
  batchSize: number;
  batchingWindowMs: number;
  /** -1: without end. */
  maximumRetryAttempts: number;
  /** -1: without end. */
  maximumRecordAgeMs: number;
  bisectOnError: boolean;
  reportBatchItemFailures: boolean;
  filters: string[];
  onFailureArn?: string | undefined;
}

export interface StreamMappingOptions {
  /** Names the checkpoints: the same mapping goes on where it was. */
  id: string;
  source: StreamSource;
  settings: StreamMappingSettings;
  functionArn: string;
  region: string;
  store: EventStore;
  chaos: Chaos;
  invoke: (payload: string) => Promise<InvocationResult>;
  sendTo: (arn: string, body: string) => void;
  /** First wait before a batch is tried again; doubles up to a minute. */
  retryMs: number;
}

export interface StreamMapping extends Mapping {
  /** Resolves when everything written from then on will be read. */
  ready: Promise<void>;
  /** Resolves when a read begun after this call found nothing new to process. */
  drained(): Promise<void>;
}

/** A stream record in the form a function gets it. */
interface LambdaRecord {
  dynamodb: { SequenceNumber?: string | undefined; ApproximateCreationDateTime?: number | undefined };
}

/** Moves a stream's records to a function, in order, at least once (Lambda guide, "DynamoDB event source"). */
export function startStreamMapping(options: StreamMappingOptions): StreamMapping {
  const { settings, source, region } = options;
  const passes = compileFilters(settings.filters);
  const stopping = new AbortController();
  const reader = openStreamReader({
    id: options.id,
    source,
    store: options.store,
    startingPosition: settings.startingPosition,
    batchingWindowMs: settings.batchingWindowMs,
    batchSize: settings.batchSize,
    signal: stopping.signal,
    async process(batch, shardId, checkpoint) {
      const records = batch.map((record) => toLambdaRecord(record, source.streamArn, region)).filter(passes);
      const delivery = new Delivery(options, stopping.signal, shardId, checkpoint);
      for (let start = 0; start < records.length; start += settings.batchSize) {
        await delivery.deliver(records.slice(start, start + settings.batchSize), 0);
      }
    },
  });
  return {
    ready: reader.ready,
    drained: () => reader.drained(),
    async close() {
      stopping.abort();
      await reader.closed;
    },
  };
}

/** Brings batches of one shard to the function, with retries, bisection and giving up as configured. */
class Delivery {
  readonly #options: StreamMappingOptions;
  readonly #signal: AbortSignal;
  readonly #shardId: string;
  readonly #checkpoint: (sequenceNumber: string) => void;

  constructor(
    options: StreamMappingOptions,
    signal: AbortSignal,
    shardId: string,
    checkpoint: (sequenceNumber: string) => void,
  ) {
    this.#options = options;
    this.#signal = signal;
    this.#shardId = shardId;
    this.#checkpoint = checkpoint;
  }

  async deliver(records: LambdaRecord[], attempt: number): Promise<void> {
    if (records.length === 0 || this.#signal.aborted) return;
    const { settings, chaos } = this.#options;
    if (this.#tooOld(records)) return this.#giveUp(records, 'RecordAgeExceeded', attempt);
    const failedFrom = await this.#invoke(records);
    if (this.#signal.aborted) return;
    if (failedFrom === records.length) {
      // Delivered again: what at-least-once allows. The order of records stays.
      if (chaos.copies() === 2) await this.#invoke(records);
      return this.#done(records);
    }
    this.#done(records.slice(0, failedFrom));
    const rest = records.slice(failedFrom);
    if (settings.bisectOnError && rest.length > 1) {
      const middle = Math.ceil(rest.length / 2);
      await this.deliver(rest.slice(0, middle), attempt);
      return this.deliver(rest.slice(middle), attempt);
    }
    if (settings.maximumRetryAttempts >= 0 && attempt >= settings.maximumRetryAttempts) {
      return this.#giveUp(rest, 'RetryAttemptsExhausted', attempt + 1);
    }
    await this.#backOff(attempt);
    return this.deliver(rest, attempt + 1);
  }

  /** Invokes and gives the index of the first record that failed; the number of records when none did. */
  async #invoke(records: LambdaRecord[]): Promise<number> {
    const { invoke, settings } = this.#options;
    const result = await invoke(JSON.stringify({ Records: records }, binaryAsBase64)).catch(() => undefined);
    if (!result || result.functionError) return 0;
    if (!settings.reportBatchItemFailures) return records.length;
    const failed = failedItems(result.payload);
    if (!failed) return 0;
    const first = records.findIndex(({ dynamodb }) => failed.includes(dynamodb.SequenceNumber ?? ''));
    if (first !== -1) return first;
    return failed.length === 0 ? records.length : 0;
  }

  #done(records: LambdaRecord[]): void {
    const last = records.at(-1)?.dynamodb.SequenceNumber;
    if (last !== undefined) this.#checkpoint(last);
  }

  #tooOld(records: LambdaRecord[]): boolean {
    const { maximumRecordAgeMs } = this.#options.settings;
    const newest = records.at(-1)?.dynamodb.ApproximateCreationDateTime;
    return maximumRecordAgeMs >= 0 && newest !== undefined && Date.now() - newest * 1000 > maximumRecordAgeMs;
  }

  #giveUp(records: LambdaRecord[], condition: string, invokeCount: number): void {
    const { settings, functionArn, source, sendTo } = this.#options;
    if (settings.onFailureArn !== undefined) {
      const [first, last] = [records[0]?.dynamodb, records.at(-1)?.dynamodb];
      const arrival = (seconds: number | undefined) => new Date((seconds ?? 0) * 1000).toISOString();
      const report = {
        requestContext: { functionArn, condition, approximateInvokeCount: invokeCount },
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        version: '1.0',
        timestamp: new Date().toISOString(),
        DDBStreamBatchInfo: {
          shardId: this.#shardId,
          startSequenceNumber: first?.SequenceNumber,
          endSequenceNumber: last?.SequenceNumber,
          approximateArrivalOfFirstRecord: arrival(first?.ApproximateCreationDateTime),
          approximateArrivalOfLastRecord: arrival(last?.ApproximateCreationDateTime),
          batchSize: records.length,
          streamArn: source.streamArn,
        },
      };
      sendTo(settings.onFailureArn, JSON.stringify(report));
    }
    this.#done(records);
  }

  async #backOff(attempt: number): Promise<void> {
    const delayMs = Math.min(60_000, this.#options.retryMs * 2 ** attempt);
    await wait(delayMs, undefined, { signal: this.#signal }).catch(() => undefined);
  }
}

function toLambdaRecord(record: StreamRecord, streamArn: string, region: string): LambdaRecord {
  const { dynamodb, userIdentity } = record;
  return {
    ...record,
    awsRegion: region,
    eventSourceARN: streamArn,
    dynamodb: {
      ...dynamodb,
      ApproximateCreationDateTime: (dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0) / 1000,
    },
    ...(userIdentity && { userIdentity: { principalId: userIdentity.PrincipalId, type: userIdentity.Type } }),
  } as LambdaRecord;
}

/** Binary attribute values travel as Base64; a Buffer's own JSON form would come first, hence `this`. */
function binaryAsBase64(this: unknown, key: string, value: unknown): unknown {
  const held = (this as Record<string, unknown>)[key];
  return held instanceof Uint8Array ? Buffer.from(held).toString('base64') : value;
}
