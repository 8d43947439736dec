import { itemSizeBytes } from './item-size.ts';
import type { Change } from './table.ts';
import type { Body } from './wire.ts';

const RETENTION_MS = 24 * 3_600_000;
const MAX_RECORDS = 100_000;
const TRIM_STEP = 1_000;
const SEQUENCE_DIGITS = 21;

/** What is kept of a stream next to its records. */
export interface StreamSettings {
  /** Creation time without the zone, as in the stream's ARN. */
  readonly label: string;
  readonly viewType: string;
  readonly createdAtMs: number;
  /** Sequence of the last record of a stream that was switched off. */
  closedAfter?: number;
}

/** A record with its place in the stream. */
export interface StreamRecord {
  readonly sequence: number;
  readonly createdAtMs: number;
  /** The record as `GetRecords` answers it. */
  readonly body: Body;
}

/** Who removed an item, on records of items that expired. */
export const TIME_TO_LIVE_IDENTITY = { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' };

/** Records of one table's changes in the order of the writes: one shard, 24 hours or 100 000 records. */
export class ChangeStream {
  readonly settings: StreamSettings;
  #records: StreamRecord[] = [];
  #trimmedThrough = 0;

  constructor(settings: StreamSettings) {
    this.settings = settings;
  }

  /** Records at or before this sequence have been dropped. */
  get trimmedThrough(): number {
    return this.#trimmedThrough;
  }

  get lastSequence(): number {
    return this.#records.at(-1)?.sequence ?? this.#trimmedThrough;
  }

  append(record: StreamRecord): void {
    this.#records.push(record);
  }

  /** Records after `sequence`, oldest first, up to `limit` of them and none after `through`. */
  after(sequence: number, limit: number, through: number): StreamRecord[] {
    let low = 0;
    let high = this.#records.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#records[middle] as StreamRecord).sequence <= sequence) low = middle + 1;
      else high = middle;
    }
    return this.#records.slice(low, low + limit).filter((record) => record.sequence <= through);
  }

  /** Drops what is older than the retention or beyond the bound; answers the dropped records. */
  trim(nowMs: number): StreamRecord[] {
    const oldest = this.#records[0];
    const isTooMany = this.#records.length > MAX_RECORDS + TRIM_STEP;
    const isTooOld = oldest !== undefined && oldest.createdAtMs < nowMs - RETENTION_MS;
    if (!isTooMany && !isTooOld) return [];
    const firstKept = this.#records.findIndex((record) => record.createdAtMs >= nowMs - RETENTION_MS);
    const expired = firstKept === -1 ? this.#records.length : firstKept;
    const dropped = this.#records.splice(0, Math.max(expired, this.#records.length - MAX_RECORDS));
    this.#trimmedThrough = dropped.at(-1)?.sequence ?? this.#trimmedThrough;
    return dropped;
  }
}

/** A sequence number as the API shows it: digits of fixed width, so that text order is number order. */
export function formatSequence(sequence: number): string {
  return String(sequence).padStart(SEQUENCE_DIGITS, '0');
}

/** The record of one change, with the images that the view type asks for. */
export function recordOf(
  change: Change,
  stream: StreamSettings,
  at: { sequence: number; nowMs: number; region: string; isExpiry: boolean },
): StreamRecord {
  const { before, after, table } = change;
  const keys = table.keyAttributes((after ?? before) as NonNullable<typeof after>);
  const isNewShown = stream.viewType === 'NEW_IMAGE' || stream.viewType === 'NEW_AND_OLD_IMAGES';
  const isOldShown = stream.viewType === 'OLD_IMAGE' || stream.viewType === 'NEW_AND_OLD_IMAGES';
  const newImage = isNewShown ? after : undefined;
  const oldImage = isOldShown ? before : undefined;
  const sizeBytes = [keys, newImage, oldImage].reduce(
    (sum, image) => sum + (image ? itemSizeBytes(image) : 0),
    0,
  );
  const body = {
    awsRegion: at.region,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(at.nowMs / 1000),
      Keys: keys,
      ...(newImage === undefined ? {} : { NewImage: newImage }),
      ...(oldImage === undefined ? {} : { OldImage: oldImage }),
      SequenceNumber: formatSequence(at.sequence),
      SizeBytes: sizeBytes,
      StreamViewType: stream.viewType,
    },
    eventID: eventId(stream, at.sequence),
    eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
    eventSource: 'aws:dynamodb',
    eventVersion: '1.1',
    ...(at.isExpiry ? { userIdentity: TIME_TO_LIVE_IDENTITY } : {}),
  };
  return { sequence: at.sequence, createdAtMs: at.nowMs, body };
}

function eventId(stream: StreamSettings, sequence: number): string {
  return `${stream.createdAtMs.toString(16)}${sequence.toString(16)}`.padStart(32, '0');
}
