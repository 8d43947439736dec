import { assembleSession } from '../sessions/assemble-session.ts';
import { type CircumstancePorts, findCircumstances, type IssueCdrPorts, powerOf } from './issue-cdr.ts';
import { rateRecord } from './rate-record.ts';

/** Displays show amounts; the bill itself is exact. */
const decimalPlaces = 4;

/**
 * What a session costs by everything known of it now, taxes included where the tariff knows them: the very rating
 * that will bill it. `undefined` when it has no price, or none that would stand: nobody accepted its token, events
 * of it are missing, or somebody has to look at it first.
 *
 * Reads the whole session: its price follows from all of its readings.
 */
export async function runningCost(
  ports: CircumstancePorts & Pick<IssueCdrPorts, 'sessions'>,
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
  const rating = rateRecord(record, circumstances);
  if (!rating) return undefined;
  const { totalCost, currency } = rating;
  const amount = Number(Number(totalCost.inclVat ?? totalCost.exclVat).toFixed(decimalPlaces));
  return { amount, currency };
}
