import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Chaos } from './chaos.ts';
import type { Message, NewMessage, SentMessage } from './message.ts';
import { type MessageRow, type MessageTable, openMessageTable, sequenceNumber } from './message-table.ts';
import type { EventStore } from './store.ts';

/** An SQS queue as the template describes it. */
export interface QueueSettings {
  name: string;
  arn: string;
  url: string;
  fifo: boolean;
  contentBasedDeduplication: boolean;
  visibilityTimeoutMs: number;
  delayMs: number;
  receiveWaitMs: number;
  retentionMs: number;
  maxMessageBytes: number;
  deadLetter?: { targetArn: string; maxReceiveCount: number };
}

export interface ReceiveOptions {
  max: number;
  visibilityTimeoutMs?: number | undefined;
  waitMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** A queue. Standard ones may deliver twice and out of order; FIFO ones keep each group in order. */
export interface Queue {
  readonly settings: QueueSettings;
  /** @throws {QueueError} when the message is not allowed on this queue */
  send(message: NewMessage): SentMessage;
  /** Takes up to `max` messages, waiting up to `waitMs` for the first. Those received too often are moved away. */
  receive(options: ReceiveOptions): Promise<Message[]>;
  /** Ends a message; false when the receipt is out of date or unknown. */
  delete(receipt: string): boolean;
  /** Makes a received message visible again after that time from now; false as for `delete`. */
  changeVisibility(receipt: string, timeoutMs: number): boolean;
  /** Messages by state: visible, received but not deleted, not yet visible for the first time. */
  counts(): { visible: number; inFlight: number; delayed: number };
}

/** A refusal in SQS's words; `name` is the error code. */
export class QueueError extends Error {
  override readonly name: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = code;
  }
}

const deduplicationMs = 5 * 60_000;

/**
 * Opens a queue with the messages it had (SQS developer guide). `deadLetterQueue` is asked for when a message has
 * been received more often than the redrive policy allows.
 */
export function openQueue(
  settings: QueueSettings,
  store: EventStore,
  chaos: Chaos,
  deadLetterQueue: (arn: string) => Queue,
): Queue {
  return new StoredQueue(settings, store, chaos, deadLetterQueue);
}

class StoredQueue implements Queue {
  readonly settings: QueueSettings;
  readonly #store: EventStore;
  readonly #chaos: Chaos;
  readonly #deadLetterQueue: (arn: string) => Queue;
  readonly #messages: MessageTable;
  /** Settles at the next change that receivers may wait for. */
  #changed = Promise.withResolvers<void>();

  constructor(
    settings: QueueSettings,
    store: EventStore,
    chaos: Chaos,
    deadLetterQueue: (arn: string) => Queue,
  ) {
    this.settings = settings;
    this.#store = store;
    this.#chaos = chaos;
    this.#deadLetterQueue = deadLetterQueue;
    this.#messages = openMessageTable(store, settings.name);
    this.#messages.deleteSentBefore(Date.now() - settings.retentionMs);
  }

  send(message: NewMessage): SentMessage {
    checkMessage(this.settings, message);
    const now = Date.now();
    const visibleAtMs = now + (message.delayMs ?? this.settings.delayMs);
    const sent = this.settings.fifo
      ? this.#sendOnce(message, now, visibleAtMs)
      : this.#sendStandard(message, now, visibleAtMs);
    this.#wake();
    return sent;
  }

  async receive(options: ReceiveOptions): Promise<Message[]> {
    const { max, visibilityTimeoutMs = this.settings.visibilityTimeoutMs, signal } = options;
    const deadlineMs = Date.now() + (options.waitMs ?? this.settings.receiveWaitMs);
    for (;;) {
      // Messages pile up meanwhile, and can be shuffled.
      if (this.#chaos.reorders && !this.settings.fifo) await wait(this.#chaos.pauseMs());
      // One moment for both looks: a message that becomes visible between two would be in neither.
      const now = Date.now();
      const taken = this.#take(max, visibilityTimeoutMs, now);
      const leftMs = deadlineMs - now;
      if (taken.length > 0 || leftMs <= 0 || signal?.aborted) return taken;
      const nextMs = (this.#messages.nextVisibleAt(now) ?? Number.POSITIVE_INFINITY) - now;
      await elapsed(this.#changed.promise, Math.max(1, Math.min(leftMs, nextMs)), signal);
    }
  }

  delete(receipt: string): boolean {
    const deleted = this.#messages.deleteByReceipt(receipt);
    // The next message of its group has become available.
    if (deleted && this.settings.fifo) this.#wake();
    return deleted;
  }

  changeVisibility(receipt: string, timeoutMs: number): boolean {
    const found = this.#messages.setVisibility(receipt, Date.now() + timeoutMs);
    if (found) this.#wake();
    return found;
  }

  counts() {
    return this.#messages.counts(Date.now());
  }

  #sendStandard(message: NewMessage, now: number, visibleAtMs: number): SentMessage {
    const messageId = randomUUID();
    for (let copy = this.#chaos.copies(); copy > 0; copy--) {
      this.#messages.insert(messageId, message, now, visibleAtMs);
    }
    return { messageId };
  }

  #sendOnce(message: NewMessage, now: number, visibleAtMs: number): SentMessage {
    const bodyHash = () => createHash('sha256').update(message.body).digest('hex');
    const deduplicationId = message.deduplicationId ?? bodyHash();
    return this.#store.atomically(() => {
      const earlier = this.#messages.deduplicated(deduplicationId, now);
      if (earlier) return { messageId: earlier.messageId, sequenceNumber: sequenceNumber(earlier.seq) };
      const messageId = randomUUID();
      const seq = this.#messages.insert(messageId, { ...message, deduplicationId }, now, visibleAtMs);
      this.#messages.remember(deduplicationId, messageId, seq, now + deduplicationMs);
      return { messageId, sequenceNumber: sequenceNumber(seq) };
    });
  }

  #take(max: number, visibilityTimeoutMs: number, now: number): Message[] {
    return this.#store.atomically(() => {
      const taken: Message[] = [];
      for (const row of this.#candidates(now, max)) {
        const { deadLetter } = this.settings;
        if (deadLetter && row.receive_count >= deadLetter.maxReceiveCount) {
          this.#deadLetterQueue(deadLetter.targetArn).send(this.#messages.asNew(row));
          this.#messages.delete(row.seq);
        } else {
          taken.push(this.#messages.markReceived(row, randomUUID(), now, now + visibilityTimeoutMs));
        }
      }
      return taken;
    });
  }

  #candidates(now: number, max: number): MessageRow[] {
    if (this.settings.fifo) return this.#messages.firstVisibleByGroup(now, max);
    const looked = this.#chaos.reorders ? Math.max(50, max) : max;
    return this.#chaos.shuffled(this.#messages.visible(now, looked)).slice(0, max);
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

function checkMessage(settings: QueueSettings, message: NewMessage): void {
  if (Buffer.byteLength(message.body) > settings.maxMessageBytes) {
    const limit = `Message must be shorter than ${settings.maxMessageBytes} bytes.`;
    throw new QueueError('InvalidParameterValue', `One or more parameters are invalid. Reason: ${limit}`);
  }
  if (message.body === '') {
    throw new QueueError('MissingParameter', 'The request must contain the parameter MessageBody.');
  }
  if (!settings.fifo) return;
  if (message.groupId === undefined) {
    throw new QueueError('MissingParameter', 'The request must contain the parameter MessageGroupId.');
  }
  if (message.deduplicationId === undefined && !settings.contentBasedDeduplication) {
    throw new QueueError(
      'InvalidParameterValue',
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
  }
  if (message.delayMs !== undefined && message.delayMs > 0) {
    throw new QueueError(
      'InvalidParameterValue',
      `Value ${message.delayMs / 1000} for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.`,
    );
  }
}

/** Resolves when something happened, the time has passed or the signal came. */
async function elapsed(
  event: Promise<void>,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const done = Promise.withResolvers<void>();
  const timer = setTimeout(done.resolve, Math.min(timeoutMs, 2_147_483_647));
  signal?.addEventListener('abort', () => done.resolve(), { once: true });
  try {
    await Promise.race([event, done.promise]);
  } finally {
    clearTimeout(timer);
  }
}
