import { DomainError, type DomainErrorCode } from '../errors.ts';
import type { Clock, NewId } from '../ports.ts';
import type { Actor, AuditEntry, AuditStore } from './audit-store.ts';
import { targetOf } from './target.ts';
import { withoutSecrets } from './without-secrets.ts';

export interface AuditPorts {
  readonly audit: AuditStore;
  readonly clock: Clock;
  readonly newId: NewId;
  /** Whether a setting of stations is a password or a key. */
  readonly isSecret: (setting: string) => boolean;
  /** Hears of an entry that could not be kept. */
  readonly onLost: (entry: AuditEntry, error: unknown) => void;
}

/** What doors write into their log, with the entry, when it could not be kept: an alarm looks for it. */
export const lostEntryMessage = 'an entry of the audit trail could not be kept';

/** A change that somebody asks for. */
export interface AskedChange {
  readonly actor: Actor;
  readonly door: AuditEntry['door'];
  readonly action: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/**
 * Refusals that stand in the trail: for lack of rights, and those of stations, to which something may have been sent.
 * What was refused because it made no sense changed nothing.
 */
const recordedRefusals: ReadonlySet<DomainErrorCode> = new Set([
  'NotAllowed',
  'StationOffline',
  'StationRefused',
  'Timeout',
]);

/**
 * Does what was asked for and writes it into the tenant's trail, with how it ended. What `perform` gives or throws is
 * what the caller gets, also when the entry could not be kept: the change has happened. It is written once, afterwards:
 * a second entry before each change would double what the trail costs, for the few whose function dies in between, and
 * of those the function's alarm tells.
 */
export async function recordChange<Result>(
  ports: AuditPorts,
  change: AskedChange,
  perform: () => Promise<Result>,
): Promise<Result> {
  try {
    const result = await perform();
    await record(ports, change, { outcome: 'DONE' }, result);
    return result;
  } catch (error) {
    if (!(error instanceof DomainError)) {
      await record(ports, change, { outcome: 'FAILED' });
    } else if (recordedRefusals.has(error.code)) {
      await record(ports, change, { outcome: 'REFUSED', errorType: error.code });
    }
    throw error;
  }
}

async function record(
  ports: AuditPorts,
  change: AskedChange,
  end: Pick<AuditEntry, 'outcome' | 'errorType'>,
  result?: unknown,
): Promise<void> {
  const target = targetOf(change.arguments, result);
  const entry: AuditEntry = {
    entryId: ports.newId(),
    at: ports.clock(),
    actor: change.actor,
    door: change.door,
    action: change.action,
    ...(target === undefined ? {} : { target }),
    argumentsJson: withoutSecrets(change.arguments, ports.isSecret),
    ...end,
  };
  await ports.audit.addEntry(entry).catch((error: unknown) => ports.onLost(entry, error));
}
