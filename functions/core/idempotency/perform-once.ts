import { DomainError } from '../errors.ts';
import { idAt } from '../id-at.ts';
import type { Clock, Digest, NewId } from '../ports.ts';
import type { PerformedStore } from './performed-store.ts';

const keptMs = 24 * 60 * 60 * 1000;

/** No attempt lives longer than the function that makes it (30 s), nor is it taken over before. */
const longestAttemptMs = 35_000;

export interface OncePorts {
  readonly performed: PerformedStore;
  /** Results may hold passwords that are given once: they are kept unreadable, each at its own place. */
  readonly seal: (place: string, text: string) => Promise<string>;
  readonly open: (place: string, sealed: string) => Promise<string>;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly digest: Digest;
}

/** A call with the name that its caller gave it. */
export interface RepeatableCall {
  readonly subject: string;
  readonly action: string;
  readonly clientToken: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** What an attempt at a call is made with. */
export interface Attempt {
  /** The same ids in the same order in every attempt: what one of them made, the next one finds. */
  readonly newId: NewId;
  /** A former attempt may have done some of it. */
  readonly isRepeat: boolean;
}

/**
 * Makes a call that its caller may repeat: the first result is given again for 24 hours. Throws `Conflict` while
 * another attempt runs, and when the name was used with other arguments. What was refused may be tried anew. What broke
 * off or ended with `Timeout` may have happened: the same call goes on with it, with the same ids.
 */
export async function performOnce(
  ports: OncePorts,
  call: RepeatableCall,
  perform: (attempt: Attempt) => Promise<unknown>,
): Promise<unknown> {
  const { performed, clock, digest } = ports;
  const callId = digest(JSON.stringify([call.subject, call.action, call.clientToken]));
  const fingerprint = digest(inOrder(call.arguments));
  const attemptId = ports.newId();
  const now = clock();
  const begun = await performed.begin({
    callId,
    fingerprint,
    attemptId,
    now,
    runningUntil: now + longestAttemptMs,
    keptUntil: now + keptMs,
  });
  if (begun.state === 'running') {
    throw refusal('the same request is still under way; ask again in a moment for its result');
  }
  if (begun.state === 'asked-otherwise') {
    throw refusal('this clientToken was used with other arguments within the last 24 hours');
  }
  if (begun.state === 'done') return JSON.parse(await ports.open(callId, begun.sealedResult));
  const { isRepeat, keptUntil } = begun;
  const made: Attempt = { isRepeat, newId: idsOf(ports, `${callId}/${fingerprint}`, keptUntil - keptMs) };
  const result = await attempt(ports, { callId, attemptId }, () => perform(made));
  const text = JSON.stringify(result ?? null);
  await performed.finish(callId, attemptId, await ports.seal(callId, text));
  return result;
}

async function attempt(
  { performed }: OncePorts,
  { callId, attemptId }: { callId: string; attemptId: string },
  perform: () => Promise<unknown>,
): Promise<unknown> {
  try {
    return await perform();
  } catch (error) {
    const isRefused = error instanceof DomainError && error.code !== 'Timeout';
    await (isRefused ? performed.abandon(callId, attemptId) : performed.suspend(callId, attemptId));
    throw error;
  }
}

/** Ids of the moment of the first attempt, in their order. */
function idsOf({ digest }: Pick<OncePorts, 'digest'>, seed: string, at: number): NewId {
  let count = 0;
  return () => {
    count += 1;
    return idAt(at, count.toString(16).padStart(3, '0') + digest(`${seed}/${count}`));
  };
}

function refusal(message: string): DomainError {
  return new DomainError('Conflict', message, 'clientToken');
}

/** JSON in which members stand in the order of their names: the same arguments give the same text. */
function inOrder(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1)))
      : member,
  );
}
