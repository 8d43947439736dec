import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';

/** PutEvents takes ten entries and one megabyte at a time (EventBridge quotas). */
const entriesPerRequest = 10;
const bytesPerRequest = 1024 * 1024;

let client: EventBridgeClient | undefined;

/** An event for the bus. */
export interface BusEvent {
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
  /** When it happened, in epoch milliseconds. */
  readonly at?: number;
}

/** An event that the bus did not take: its index among those given, and why. */
export interface FailedEvent {
  readonly index: number;
  readonly reason: string;
}

/**
 * Puts events on a bus, in order, in as few requests as the quotas allow. Gives those that were not taken: the
 * others are on the bus, so only these may be told again. A request that fails as a whole fails all its events.
 */
export async function publish(busName: string, events: readonly BusEvent[]): Promise<readonly FailedEvent[]> {
  const failed: FailedEvent[] = [];
  for (const chunk of chunksOf(events.map((event) => entryOf(busName, event)))) {
    failed.push(...(await put(chunk)));
  }
  return failed;
}

interface NumberedEntry {
  readonly index: number;
  readonly entry: PutEventsRequestEntry;
}

async function put(chunk: readonly NumberedEntry[]): Promise<readonly FailedEvent[]> {
  try {
    client ??= new EventBridgeClient({ maxAttempts: 3 });
    const answer = await client.send(new PutEventsCommand({ Entries: chunk.map(({ entry }) => entry) }));
    return chunk.flatMap(({ index }, place) => {
      const { ErrorCode, ErrorMessage } = answer.Entries?.[place] ?? { ErrorCode: 'NoAnswer' };
      return ErrorCode === undefined ? [] : [{ index, reason: `${ErrorCode}: ${ErrorMessage ?? ''}` }];
    });
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return chunk.map(({ index }) => ({ index, reason }));
  }
}

function entryOf(busName: string, event: BusEvent): PutEventsRequestEntry {
  return {
    EventBusName: busName,
    Source: event.source,
    DetailType: event.detailType,
    Detail: JSON.stringify(event.detail),
    ...(event.at === undefined ? {} : { Time: new Date(event.at) }),
  };
}

function chunksOf(entries: readonly PutEventsRequestEntry[]): readonly (readonly NumberedEntry[])[] {
  const chunks: NumberedEntry[][] = [];
  let bytes = 0;
  for (const [index, entry] of entries.entries()) {
    const size = sizeOf(entry);
    const chunk = chunks.at(-1);
    if (chunk === undefined || chunk.length >= entriesPerRequest || bytes + size > bytesPerRequest) {
      chunks.push([{ index, entry }]);
      bytes = size;
    } else {
      chunk.push({ index, entry });
      bytes += size;
    }
  }
  return chunks;
}

/** As EventBridge counts: 14 bytes for the time, and the UTF-8 of source, detail type and detail. */
function sizeOf({ Source = '', DetailType = '', Detail = '' }: PutEventsRequestEntry): number {
  return 14 + Buffer.byteLength(Source) + Buffer.byteLength(DetailType) + Buffer.byteLength(Detail);
}
