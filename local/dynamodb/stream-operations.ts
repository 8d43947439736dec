import { type ChangeStream, formatSequence } from './change-stream.ts';
import type { Store } from './store.ts';
import type { Table } from './table.ts';
import { type Body, coralError, serviceError, validationError } from './wire.ts';

const SHARD_ID = 'shardId-00000000000000000000-00000001';
const MAX_RECORDS = 1000;
const MAX_BYTES = 1024 * 1024;
const ITERATOR_LIFE_MS = 15 * 60_000;
const LIST_LIMIT = 100;

interface Place {
  readonly table: Table;
  readonly stream: ChangeStream;
}

/** The DynamoDB Streams API over the tables' change streams; every stream has one shard. */
export class StreamOperations {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  listStreams(input: Body): Body {
    const places = this.#places().filter(({ table }) => (input.TableName ?? table.name) === table.name);
    const arns = places.map((place) => arnOf(place));
    const start = input.ExclusiveStartStreamArn;
    const from = start === undefined ? 0 : arns.indexOf(String(start)) + 1;
    const limit = Number(input.Limit ?? LIST_LIMIT);
    const page = places.slice(from, from + limit);
    return {
      Streams: page.map((place) => ({
        StreamArn: arnOf(place),
        StreamLabel: place.stream.settings.label,
        TableName: place.table.name,
      })),
      ...(places.length > from + limit ? { LastEvaluatedStreamArn: arns[from + limit - 1] } : {}),
    };
  }

  describeStream(input: Body): Body {
    const place = this.#place(input.StreamArn);
    const { settings, trimmedThrough } = place.stream;
    const isShardSkipped = input.ExclusiveStartShardId === SHARD_ID;
    const ending = settings.closedAfter;
    const shard = {
      ShardId: SHARD_ID,
      SequenceNumberRange: {
        StartingSequenceNumber: formatSequence(trimmedThrough + 1),
        ...(ending === undefined ? {} : { EndingSequenceNumber: formatSequence(ending) }),
      },
    };
    return {
      StreamDescription: {
        StreamArn: arnOf(place),
        StreamLabel: settings.label,
        StreamStatus: ending === undefined ? 'ENABLED' : 'DISABLED',
        StreamViewType: settings.viewType,
        CreationRequestDateTime: Math.floor(settings.createdAtMs / 1000),
        TableName: place.table.name,
        KeySchema: place.table.settings.description.KeySchema,
        Shards: isShardSkipped ? [] : [shard],
      },
    };
  }

  getShardIterator(input: Body): Body {
    const place = this.#place(input.StreamArn);
    if (input.ShardId !== SHARD_ID) {
      throw serviceError(
        'ResourceNotFoundException',
        `Requested resource not found: Shard: ${input.ShardId}`,
      );
    }
    return { ShardIterator: encodeIterator(arnOf(place), this.#startAfter(place.stream, input)) };
  }

  getRecords(input: Body): Body {
    const { arn, after, createdAtMs } = decodeIterator(input.ShardIterator);
    if (createdAtMs < Date.now() - ITERATOR_LIFE_MS) {
      throw serviceError(
        'ExpiredIteratorException',
        'The shard iterator has expired and can no longer be used',
      );
    }
    const { stream } = this.#place(arn);
    refuseTrimmed(stream, after);
    const limit = Math.min(Number(input.Limit ?? MAX_RECORDS), MAX_RECORDS);
    const records = withinPage(
      stream.after(after, limit, this.#store.visibleSequence).map(({ body }) => body),
    );
    const last = records.at(-1);
    const reached = last === undefined ? after : sequenceOf(last);
    const isAtEnd = stream.settings.closedAfter !== undefined && reached >= stream.lastSequence;
    return { Records: records, ...(isAtEnd ? {} : { NextShardIterator: encodeIterator(arn, reached) }) };
  }

  #startAfter(stream: ChangeStream, input: Body): number {
    const sequence = Number(input.SequenceNumber);
    switch (input.ShardIteratorType) {
      case 'TRIM_HORIZON':
        return stream.trimmedThrough;
      case 'LATEST':
        return Math.max(stream.lastSequence, this.#store.lastSequence);
      case 'AT_SEQUENCE_NUMBER':
        return refuseTrimmed(stream, sequence - 1);
      case 'AFTER_SEQUENCE_NUMBER':
        return refuseTrimmed(stream, sequence);
      default:
        throw validationError(
          `1 validation error detected: Value '${input.ShardIteratorType}' at 'shardIteratorType' failed to satisfy ` +
            'constraint: Member must satisfy enum value set: [AFTER_SEQUENCE_NUMBER, LATEST, AT_SEQUENCE_NUMBER, TRIM_HORIZON]',
        );
    }
  }

  #places(): Place[] {
    return this.#store.names().flatMap((name) => {
      const table = this.#store.table(name);
      return table.streams.map((stream) => ({ table, stream }));
    });
  }

  #place(arn: unknown): Place {
    const place = this.#places().find((candidate) => arnOf(candidate) === arn);
    if (place === undefined) {
      throw serviceError(
        'ResourceNotFoundException',
        `Requested resource not found: Stream: ${arn} not found`,
      );
    }
    return place;
  }
}

function arnOf({ table, stream }: Place): string {
  return `${table.settings.description.TableArn}/stream/${stream.settings.label}`;
}

function refuseTrimmed(stream: ChangeStream, after: number): number {
  if (after >= stream.trimmedThrough) return after;
  throw serviceError(
    'TrimmedDataAccessException',
    'The operation attempted to read past the oldest stream record in a shard',
  );
}

/** Records up to the size of one page; one at least. */
function withinPage(records: Body[]): Body[] {
  let bytes = 0;
  const end = records.findIndex((record) => {
    bytes += Number((record.dynamodb as Body).SizeBytes);
    return bytes > MAX_BYTES;
  });
  return end === -1 ? records : records.slice(0, Math.max(1, end));
}

function sequenceOf(record: Body): number {
  return Number((record.dynamodb as Body).SequenceNumber);
}

function encodeIterator(arn: string, after: number): string {
  const state = Buffer.from(JSON.stringify({ after, createdAtMs: Date.now() })).toString('base64');
  return `${arn}|1|${state}`;
}

function decodeIterator(iterator: unknown): { arn: string; after: number; createdAtMs: number } {
  const [arn, , state] = String(iterator).split('|');
  try {
    const { after, createdAtMs } = JSON.parse(Buffer.from(state ?? '', 'base64').toString());
    return { arn: String(arn), after: Number(after), createdAtMs: Number(createdAtMs) };
  } catch {
    throw coralError('ValidationException', 'Invalid ShardIterator');
  }
}
