import { type AlertPorts, raiseAlert } from '../alerts/raise-alert.ts';
import type { Clock } from '../ports.ts';

/** How often wrong credentials came for a station lately. Times in epoch milliseconds. */
export interface FailedAttempts {
  readonly count: number;
  readonly lastAt: number;
  /** Until when nobody is listened to. */
  readonly blockedUntil?: number;
}

/** Failed attempts by station and by where they came from. Bound to one tenant. */
export interface FailedAttemptStore {
  find(stationId: string, source: string): Promise<FailedAttempts | undefined>;
  /** Keeps how things stand at a source, and gives how often the station was tried from anywhere. */
  note(stationId: string, source: string, attempts: FailedAttempts): Promise<{ ofStation: number }>;
  clear(stationId: string, source: string): Promise<void>;
}

/** After so many wrong ones in a row each further one doubles the wait. */
const freeAttempts = 5;
const firstBlockMs = 1_000;
const longestBlockMs = 300_000;
/** Who has been quiet for so long begins again. */
const forgottenAfterMs = 900_000;
/** From how many on, within that time and from anywhere, operators hear of it. */
const alertFrom = 5;

/** Whether attempts from this source are refused unheard now. */
export function isBlocked(attempts: FailedAttempts | undefined, now: number): boolean {
  return (attempts?.blockedUntil ?? 0) > now;
}

/** How things stand after one more wrong attempt. */
export function afterFailure(before: FailedAttempts | undefined, now: number): FailedAttempts {
  const count = before && now - before.lastAt < forgottenAfterMs ? before.count + 1 : 1;
  if (count < freeAttempts) return { count, lastAt: now };
  const blockMs = Math.min(longestBlockMs, firstBlockMs * 2 ** Math.min(count - freeAttempts, 20));
  return { count, lastAt: now, blockedUntil: now + blockMs };
}

/** Counts a wrong attempt. Operators hear once of each burst, from wherever it comes. */
export async function noteFailure(
  ports: AlertPorts & { attempts: FailedAttemptStore; clock: Clock },
  failed: {
    readonly stationId: string;
    readonly source: string;
    readonly before: FailedAttempts | undefined;
  },
): Promise<void> {
  const { stationId, source, before } = failed;
  const { ofStation } = await ports.attempts.note(stationId, source, afterFailure(before, ports.clock()));
  if (ofStation !== alertFrom) return;
  await raiseAlert(ports, {
    category: 'SECURITY_ALERT',
    severity: 'HIGH',
    kind: 'WRONG_PASSWORD',
    subject: '',
    message: 'somebody tries wrong credentials for the station again and again',
    stationId,
    details: { source },
  });
}
