import { gzipSync } from 'node:zlib';
import { accountId } from '../template/pseudo.ts';
import type { LineTest } from './filter-pattern.ts';

/** Sends the lines of one log group that pass a test to a function. */
export interface Subscription {
  filterName: string;
  logGroup: string;
  wants: LineTest;
  destinationArn: string;
  /** The functions that write to the log group. */
  writers: readonly string[];
}

/** What the lines of the functions are waiting for. */
export interface LogSubscriptions {
  /** Delivers what is gathered without waiting for more. */
  flush(): void;
  /** Lines gathered and not handed over yet. */
  pending(): number;
  /** Hands over what is gathered. */
  close(): void;
}

export interface LogSubscriptionsOptions {
  subscriptions: readonly Subscription[];
  /** Calls the listener with every line that a function writes from now on. */
  hear(functionName: string, listener: (line: string) => void): void;
  /** Takes an event for a function, durably, to be tried more than once. */
  deliver(destinationArn: string, payload: string): void;
  /** How long lines are gathered (default 1 s). */
  gatherMs?: number;
}

interface LogEvent {
  id: string;
  timestamp: number;
  message: string;
}

const mostEvents = 500;
/** Compressed and in base64 this stays far below what an asynchronous invocation takes. */
const mostCharacters = 256 * 1024;

/**
 * Gathers matching lines and invokes each subscription's function with them, asynchronously, in CloudWatch's event
 * shape (Lambda guide, "Using Lambda with CloudWatch Logs").
 */
export function openLogSubscriptions(options: LogSubscriptionsOptions): LogSubscriptions {
  const { subscriptions, hear, deliver, gatherMs = 1000 } = options;
  let lines = 0;
  const gatherers = subscriptions.map((subscription) => {
    let events: LogEvent[] = [];
    let characters = 0;
    let timer: NodeJS.Timeout | undefined;
    const flush = () => {
      clearTimeout(timer);
      timer = undefined;
      if (events.length === 0) return;
      deliver(subscription.destinationArn, payloadOf(subscription, events));
      events = [];
      characters = 0;
    };
    const take = (line: string) => {
      if (!subscription.wants(line)) return;
      const now = Date.now();
      events.push({ id: eventId(now, lines++), timestamp: now, message: `${line}\n` });
      characters += line.length;
      if (events.length >= mostEvents || characters >= mostCharacters) flush();
      else timer ??= setTimeout(flush, gatherMs);
    };
    for (const writer of subscription.writers) hear(writer, take);
    return { flush, pending: () => events.length };
  });
  const flush = () => {
    for (const gatherer of gatherers) gatherer.flush();
  };
  return {
    flush,
    pending: () => gatherers.reduce((sum, gatherer) => sum + gatherer.pending(), 0),
    close: flush,
  };
}

function payloadOf({ logGroup, filterName }: Subscription, logEvents: LogEvent[]): string {
  const data = {
    messageType: 'DATA_MESSAGE',
    owner: accountId,
    logGroup,
    logStream: 'local',
    subscriptionFilters: [filterName],
    logEvents,
  };
  // The lines go no farther than this process: packing them tightly would cost more than it saves.
  const packed = gzipSync(JSON.stringify(data), { level: 1 });
  return JSON.stringify({ awslogs: { data: packed.toString('base64') } });
}

/** 56 digits that grow, as CloudWatch's do. */
function eventId(timeMs: number, line: number): string {
  return `3${String(timeMs).padStart(15, '0')}${String(line).padStart(40, '0')}`;
}
