import { assembleSession, type SessionRecord } from '../sessions/assemble-session.ts';
import type { Session, SessionEntry } from '../sessions/session.ts';
import { unmeasuredDoubts } from '../tariffs/unmeasured.ts';
import { type CircumstancePorts, findCircumstances, type IssueCdrPorts, powerOf } from './issue-cdr.ts';
import { rateRecord } from './rate-record.ts';

/** Displays show amounts; the bill itself is exact. */
const decimalPlaces = 4;

/**
 * What a session costs by everything known of it now, taxes included where the tariff knows them: the very rating
 * that will bill it. While it runs time goes on: since the last word of its station the vehicle has done what that said.
 * `undefined` when it has no price, or none that would stand: nobody accepted its token, events
 * of it are missing, or somebody has to look at it first.
 *
 * Reads the whole session: its price follows from all of its readings.
 */
export async function runningCost(
  ports: CircumstancePorts & Pick<IssueCdrPorts, 'sessions' | 'clock'>,
  { sessionId }: { sessionId: string },
): Promise<{ amount: number; currency: string } | undefined> {
  const session = await ports.sessions.findSession(sessionId);
  if (session?.token?.status !== 'ACCEPTED') return undefined;
  const [entries, circumstances] = await Promise.all([
    ports.sessions.listEntries(sessionId),
    findCircumstances(ports, session),
  ]);
  if (circumstances.doubts.length > 0) return undefined;
  const record = assembleSession(session, entries, powerOf(circumstances.connector));
  const isSettled = session.state !== 'ENDED' || record.complete;
  if (!isSettled || record.missingSeqNos.length > 0 || record.reviewReasons.length > 0) return undefined;
  const rating = rateRecord(untilNow(record, { session, entries, now: ports.clock() }), circumstances);
  if (!rating || !circumstances.tariff) return undefined;
  if (unmeasuredDoubts(circumstances.tariff, rating.periods).length > 0) return undefined;
  const { totalCost, currency } = rating;
  const amount = Number(Number(totalCost.inclVat ?? totalCost.exclVat).toFixed(decimalPlaces));
  return { amount, currency };
}

/** Now, by the clock of the station: what came soonest after it happened tells how far that is from ours. */
function untilNow(
  record: SessionRecord,
  { session, entries, now }: { session: Session; entries: readonly SessionEntry[]; now: number },
): SessionRecord {
  if (record.endedAt !== undefined) return record;
  const { startedAt, startReceivedAt } = session;
  const delays = [
    ...(startReceivedAt === undefined ? [] : [startReceivedAt - startedAt]),
    ...entries.map(({ at, receivedAt }) => receivedAt - at),
  ];
  const [first = 0] = delays;
  const least = delays.reduce((least, delay) => Math.min(least, delay), first);
  return { ...record, lastAt: Math.max(record.lastAt, now - least) };
}
