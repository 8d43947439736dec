import type { CircumstancePorts } from '../cdrs/issue-cdr.ts';
import { runningCost } from '../cdrs/running-cost.ts';
import type { CommandStore } from '../commands/command-store.ts';
import { enqueueCommand } from '../commands/request-command.ts';
import { DomainError } from '../errors.ts';
import type { Clock, NewId } from '../ports.ts';
import type { StationLimitsStore } from '../stations/station-limits.ts';
import type { StationLiveStore } from '../stations/station-store.ts';
import { showsCost } from './follow-cost.ts';
import type { SessionStore } from './session-store.ts';

export interface CostPorts extends CircumstancePorts {
  readonly sessions: SessionStore;
  readonly commands: CommandStore;
  readonly live: StationLiveStore;
  readonly limits: StationLimitsStore;
  readonly clock: Clock;
  readonly newId: NewId;
}

/** A display needs no more, and a station's queue has other things to carry. */
const everyMs = 60_000;

/**
 * Tells a station what one of its sessions costs so far, at most once a minute for each. Nothing for a session that
 * has ended, whose end is answered with the cost, for one without a price, and for a station that is away or shows none.
 */
export async function tellCost(
  ports: CostPorts,
  { sessionId }: { sessionId: string },
): Promise<'told' | 'nothing-to-tell' | 'too-soon'> {
  const session = await ports.sessions.findSession(sessionId);
  // Where the system gives the numbers there is no such message.
  if (session?.state !== 'ACTIVE' || session.startKey !== undefined) return 'nothing-to-tell';
  if (session.token?.status !== 'ACCEPTED') return 'nothing-to-tell';
  const claim = await ports.sessions.claimCostUpdate(sessionId, ports.clock(), everyMs);
  if (claim === 'too-soon') return 'too-soon';
  const { stationId, transactionRef } = session;
  if (!showsCost(await ports.limits.findLimits(stationId), ports.clock())) return 'nothing-to-tell';
  const cost = await runningCost(ports, { sessionId });
  if (!cost) return 'nothing-to-tell';
  try {
    await enqueueCommand(ports, {
      stationId,
      name: 'COST_UPDATED',
      request: { kind: 'TELL_COST', transactionRef, amount: cost.amount },
      timeoutMs: everyMs,
      whenOffline: 'FAIL',
    });
  } catch (error) {
    if (error instanceof DomainError && error.code === 'StationOffline') return 'nothing-to-tell';
    throw error;
  }
  return 'told';
}
