import type { Session, SessionEntry } from '#core/sessions/session.ts';
import type { SessionFacts } from '#core/sessions/session-store.ts';
import { transact, update } from './requests.ts';
import { placesOf, readSession } from './session-items.ts';
import type { SessionWrites } from './session-writes.ts';
import type { StoreContext } from './store-context.ts';
import { Update } from './update.ts';

/** Each further round means that another writer changed the head in between. */
const mostRounds = 5;

const factNames = ['connector', 'token', 'remoteStartId', 'reservationId'] as const;

/** Adds to a head what it lacks, in one write as long as it lacks all of it. */
export async function addFacts(
  context: StoreContext,
  { sessionId, stationId }: { sessionId: string; stationId: string },
  facts: SessionFacts,
): Promise<void> {
  let missing = facts;
  for (let round = 0; round < mostRounds; round += 1) {
    if (factNames.every((name) => missing[name] === undefined)) return;
    const change = setFacts(context, new Update(), missing);
    change.when(`${change.name('stationId')} = ${change.value(stationId)}`);
    const key = context.keys.session(sessionId);
    const result = await update(context.client, change.for(context.tables.operations, key));
    if (result.done || result.found === undefined) return;
    const known = readSession(result.found);
    if (known.stationId !== stationId) return;
    missing = missingFacts(known, facts);
  }
  throw new Error(`the facts of session ${sessionId} could not be added`);
}

/**
 * Fills a head that was made without its start event. The start's own words (time, meter, token) replace what stood
 * in for them: a later event may have shown somebody else's token. What else later events said stays, and so does an
 * end.
 */
export async function fillPartial(
  context: StoreContext,
  writes: SessionWrites,
  start: { known: Session; session: Session; entry: SessionEntry; occupies: boolean },
): Promise<'filled' | 'known'> {
  const { session, entry } = start;
  let known = start.known;
  for (let round = 0; round < mostRounds; round += 1) {
    if (known.partial !== true) {
      await writes.addEntries(session.sessionId, [entry]);
      return 'known';
    }
    const occupies = start.occupies && known.state === 'ACTIVE';
    const result = await transact(context.client, [
      { Update: fillUpdate(context, known, session) },
      { Update: writes.entry(session.sessionId, entry) },
      ...(occupies ? writes.occupy(session) : []),
    ]);
    if (result === 'done') return 'filled';
    const found = result[0]?.found;
    if (found === undefined) break;
    known = readSession(found);
  }
  throw new Error(`the head of session ${session.sessionId} could not be filled`);
}

function fillUpdate(context: StoreContext, known: Session, session: Session) {
  const { startedAt, meterStartWh, token } = session;
  const { token: _, ...facts } = missingFacts(known, session);
  const filled: Session = { ...known, startedAt, ...(token === undefined ? {} : { token }) };
  const { order, byTimePk, byUserPk } = placesOf(context.keys, filled, Date.now());
  const change = setFacts(context, new Update(), facts)
    .setAll({
      startedAt,
      order,
      byTimePk,
      ...(meterStartWh === undefined ? {} : { meterStartWh }),
      ...(token === undefined ? {} : { token, byUserPk }),
    })
    .remove('partial');
  change.when(`${change.name('partial')} = ${change.value(true)}`);
  change.when(`${change.name('state')} = ${change.value(known.state)}`);
  return change.for(context.tables.operations, context.keys.session(session.sessionId));
}

function missingFacts(known: Session, facts: SessionFacts): SessionFacts {
  return Object.fromEntries(
    factNames
      .filter((name) => known[name] === undefined && facts[name] !== undefined)
      .map((name) => [name, facts[name]]),
  );
}

/** The conditions keep what is there: a fact that came in meanwhile makes the write fail, not disappear. */
function setFacts({ keys }: StoreContext, change: Update, facts: SessionFacts): Update {
  for (const name of factNames) {
    if (facts[name] === undefined) continue;
    change.set(name, facts[name]).when(`attribute_not_exists(${change.name(name)})`);
  }
  const userId = facts.token?.userId;
  return userId === undefined ? change : change.set('byUserPk', keys.sessionsOfUser(userId));
}
