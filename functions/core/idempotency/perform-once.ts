import { DomainError } from '../errors.ts';
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

/**
 * Makes a call that its caller may repeat: the first result is given again for 24 hours. Throws `Conflict` while
 * another attempt runs, and when the name was used with other arguments. What failed may be tried again.
 */
export async function performOnce(
  ports: OncePorts,
  call: RepeatableCall,
  perform: () => Promise<unknown>,
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
  const result = await attempt(ports, { callId, attemptId }, perform);
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
    await performed.abandon(callId, attemptId);
    throw error;
  }
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
