import { setTimeout as wait } from 'node:timers/promises';
import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type Shard,
  type _Record as StreamRecord,
} from '@aws-sdk/client-dynamodb-streams';
import type { EventStore } from './store.ts';

/** A table's stream and a client that may read it. */
export interface StreamSource {
  streamArn: string;
  client: DynamoDBStreamsClient;
}

export interface StreamReaderOptions {
  id: string;
  source: StreamSource;
  store: EventStore;
  startingPosition: 'LATEST' | 'TRIM_HORIZON';
  batchingWindowMs: number;
  batchSize: number;
  signal: AbortSignal;
  /** Gets the records of one shard in order; `checkpoint` says how far they need not be read again. */
  process(
    records: StreamRecord[],
    shardId: string,
    checkpoint: (sequenceNumber: string) => void,
  ): Promise<void>;
}

export interface StreamReader {
  /** Resolves when it is settled where reading begins: whatever is written from then on will be read. */
  ready: Promise<void>;
  /** Resolves when a read of every shard begun after this call found nothing. */
  drained(): Promise<void>;
  /** Settles when reading has ended after the signal. */
  closed: Promise<void>;
}

const busyPollMs = 15;
const idlePollMs = 100;
/** How long after the last record polling stays quick. */
const quickForMs = 2000;
const retryMs = 200;
const shardRefreshMs = 1000;

/** Stands for "from the oldest record" among the checkpoints: a shard that had none when it was first seen. */
const fromTheStart = '';

/** Reads a DynamoDB stream shard by shard, parents before their children, from where it was left. */
export function openStreamReader(options: StreamReaderOptions): StreamReader {
  const { source, signal } = options;
  const checkpoints = openCheckpoints(options.store, options.id);
  const readers = new Map<string, ShardReader>();
  const finished = new Set<string>();
  const listed = Promise.withResolvers<void>();

  const start = (shardId: string) => {
    const reader = new ShardReader(options, shardId, checkpoints);
    readers.set(shardId, reader);
    void reader.ended.then(() => finished.add(shardId));
  };
  const follow = async () => {
    while (!signal.aborted) {
      const shards = await listShards(source, signal).catch(() => []);
      for (const { ShardId = '', ParentShardId } of shards) {
        const parentIsRead =
          ParentShardId === undefined ||
          finished.has(ParentShardId) ||
          !shards.some((s) => s.ShardId === ParentShardId);
        if (!readers.has(ShardId) && parentIsRead) start(ShardId);
      }
      if (readers.size > 0) listed.resolve();
      const waitMs = readers.size === 0 ? retryMs : shardRefreshMs;
      await wait(waitMs, undefined, { signal }).catch(() => undefined);
    }
    listed.resolve();
    await Promise.all([...readers.values()].map(({ ended }) => ended));
  };
  const ready = listed.promise.then(async () => {
    await Promise.all([...readers.values()].map(({ positioned }) => positioned));
  });
  return {
    ready,
    async drained() {
      await ready;
      await Promise.all([...readers.values()].map((reader) => reader.drained()));
    },
    closed: follow(),
  };
}

async function listShards({ client, streamArn }: StreamSource, signal: AbortSignal): Promise<Shard[]> {
  const shards: Shard[] = [];
  let from: string | undefined;
  do {
    const request = { StreamArn: streamArn, ...(from === undefined ? {} : { ExclusiveStartShardId: from }) };
    const { StreamDescription } = await client.send(new DescribeStreamCommand(request), {
      abortSignal: signal,
    });
    shards.push(...(StreamDescription?.Shards ?? []));
    from = StreamDescription?.LastEvaluatedShardId;
  } while (from !== undefined);
  return shards;
}

class ShardReader {
  readonly ended: Promise<void>;
  /** Resolves when the place to begin at is known. */
  readonly positioned: Promise<void>;
  readonly #options: StreamReaderOptions;
  readonly #shardId: string;
  readonly #checkpoints: Checkpoints;
  #askers: (() => void)[] = [];
  #hurry = Promise.withResolvers<void>();
  readonly #begun = Promise.withResolvers<void>();
  #over = false;

  constructor(options: StreamReaderOptions, shardId: string, checkpoints: Checkpoints) {
    this.#options = options;
    this.#shardId = shardId;
    this.#checkpoints = checkpoints;
    this.positioned = this.#begun.promise;
    this.ended = this.#run();
  }

  drained(): Promise<void> {
    if (this.#over) return Promise.resolve();
    return new Promise((resolve) => {
      this.#askers.push(resolve);
      this.#hurry.resolve();
    });
  }

  async #run(): Promise<void> {
    const { signal } = this.#options;
    while (!signal.aborted) {
      try {
        if (await this.#readToEnd()) break;
      } catch (error) {
        if (signal.aborted) break;
        // Records fell off the stream's 24 hours while nothing ran: go on with what is left.
        if (isNamed(error, 'TrimmedDataAccessException')) this.#checkpoints.set(this.#shardId, fromTheStart);
        else if (!isNamed(error, 'ExpiredIteratorException')) {
          await wait(retryMs, undefined, { signal }).catch(() => undefined);
        }
      }
    }
    this.#over = true;
    this.#begun.resolve();
    for (const asker of this.#askers) asker();
  }

  /** Reads from the checkpoint on; true when the shard is closed and read to its end. */
  async #readToEnd(): Promise<boolean> {
    const { source, signal } = this.#options;
    let iterator = await this.#iterator();
    this.#begun.resolve();
    let held: StreamRecord[] = [];
    let heldSinceMs = 0;
    let lastRecordAtMs = 0;
    while (iterator !== undefined && !signal.aborted) {
      const askers = this.#askers;
      const request = new GetRecordsCommand({ ShardIterator: iterator, Limit: 1000 });
      const { Records = [], NextShardIterator } = await source.client.send(request, { abortSignal: signal });
      iterator = NextShardIterator;
      const now = Date.now();
      if (held.length === 0) heldSinceMs = now;
      held.push(...Records);
      if (this.#isDue(held, now - heldSinceMs) || iterator === undefined) {
        await this.#process(held);
        held = [];
      }
      if (Records.length > 0) {
        lastRecordAtMs = now;
      } else {
        if (held.length === 0) this.#answer(askers);
        await this.#pause(now - lastRecordAtMs < quickForMs ? busyPollMs : idlePollMs);
      }
    }
    return !signal.aborted;
  }

  #isDue(held: StreamRecord[], heldForMs: number): boolean {
    const { batchSize, batchingWindowMs } = this.#options;
    return held.length > 0 && (held.length >= batchSize || heldForMs >= batchingWindowMs);
  }

  #answer(askers: (() => void)[]): void {
    this.#askers = this.#askers.filter((asker) => !askers.includes(asker));
    for (const asker of askers) asker();
  }

  async #process(records: StreamRecord[]): Promise<void> {
    const { process, signal } = this.#options;
    await process(records, this.#shardId, (sequenceNumber) =>
      this.#checkpoints.set(this.#shardId, sequenceNumber),
    );
    const last = records.at(-1)?.dynamodb?.SequenceNumber;
    if (last !== undefined && !signal.aborted) this.#checkpoints.set(this.#shardId, last);
  }

  async #pause(ms: number): Promise<void> {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, this.#options.signal]);
    await Promise.race([wait(ms, undefined, { signal }).catch(() => undefined), this.#hurry.promise]);
    stop.abort();
    this.#hurry = Promise.withResolvers<void>();
    if (this.#askers.length > 0) this.#hurry.resolve();
  }

  async #iterator(): Promise<string | undefined> {
    const { startingPosition } = this.#options;
    let position = this.#checkpoints.get(this.#shardId);
    if (position === undefined) {
      position = startingPosition === 'LATEST' ? await this.#lastSequenceNumber() : fromTheStart;
      this.#checkpoints.set(this.#shardId, position);
    }
    return this.#requestIterator(position);
  }

  async #requestIterator(position: string): Promise<string | undefined> {
    const { client, streamArn } = this.#options.source;
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({
        StreamArn: streamArn,
        ShardId: this.#shardId,
        ...(position === fromTheStart
          ? { ShardIteratorType: 'TRIM_HORIZON' }
          : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: position }),
      }),
      { abortSignal: this.#options.signal },
    );
    return ShardIterator;
  }

  /**
   * Where LATEST begins, as a place that can be kept: an iterator of type LATEST would, after a kill before the
   * first checkpoint, begin later than it did the first time.
   */
  async #lastSequenceNumber(): Promise<string> {
    const { client } = this.#options.source;
    let last = fromTheStart;
    let iterator = await this.#requestIterator(fromTheStart);
    while (iterator !== undefined) {
      const { Records = [], NextShardIterator } = await client.send(
        new GetRecordsCommand({ ShardIterator: iterator, Limit: 1000 }),
      );
      last = Records.at(-1)?.dynamodb?.SequenceNumber ?? last;
      iterator = Records.length > 0 ? NextShardIterator : undefined;
    }
    return last;
  }
}

interface Checkpoints {
  get(shardId: string): string | undefined;
  set(shardId: string, sequenceNumber: string): void;
}

function openCheckpoints({ db }: EventStore, mapping: string): Checkpoints {
  const read = db.prepare('SELECT sequence_number FROM checkpoints WHERE mapping = ? AND shard = ?');
  const write = db.prepare('INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?)');
  return {
    get: (shardId) => read.get(mapping, shardId)?.sequence_number as string | undefined,
    set: (shardId, sequenceNumber) => void write.run(mapping, shardId, sequenceNumber),
  };
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
