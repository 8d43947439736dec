import type { Session, SessionEntry } from '#core/sessions/session.ts';
import { lackingFacts, withFacts } from '#core/sessions/session-facts.ts';
import type { SessionFacts } from '#core/sessions/session-store.ts';
import { isSamePlace } from '#core/sessions/supersede.ts';
import type { ConnectorRef } from '#core/stations/station.ts';
import { transact, update } from './requests.ts';
import { placesOf, readSession } from './session-items.ts';
import type { SessionWrites } from './session-writes.ts';
import type { StoreContext } from './store-context.ts';
import { Update } from './update.ts';

/** Each further round means that another writer changed the head in between. */
const mostRounds = 5;

/** Adds to a head what it lacks, in one write as long as it lacks all of it. Gives the head as it is then. */
export async function addFacts(
  context: StoreContext,
  { sessionId, stationId }: { sessionId: string; stationId: string },
  facts: SessionFacts,
): Promise<Session | undefined> {
  let missing = facts;
  for (let round = 0; round < mostRounds; round += 1) {
    const change = setFacts(context, new Update(), missing);
    change.when(`${change.name('stationId')} = ${change.value(stationId)}`);
    const request = change.for(context.tables.operations, context.keys.session(sessionId));
    const result = await update(context.client, { ...request, ReturnValues: 'ALL_OLD' });
    const met = result.done ? result.before : result.found;
    const known = met && readSession(met);
    if (known?.stationId !== stationId) return undefined;
    if (result.done) return withFacts(known, missing);
    missing = lackingFacts(known, facts);
    if (Object.keys(missing).length === 0) return known;
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
    const isThere = isSamePlace(session, withFacts(known, lackingFacts(known, session)));
    const occupies = start.occupies && known.state === 'ACTIVE' && isThere;
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
  const { startedAt, meterStartWh } = session;
  const token = hasBetterToken(known, session) ? undefined : session.token;
  const { token: _, ...facts } = lackingFacts(known, session);
  const filled: Session = { ...known, startedAt, ...(token === undefined ? {} : { token }) };
  const { order, byTimePk, byUserPk } = placesOf(context.keys, filled, context.clock());
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
  if (token && token.status !== 'ACCEPTED') change.when(hasNoBetterToken(change));
  return change.for(context.tables.operations, context.keys.session(session.sessionId));
}

/** A token that was refused at the start leaves the session to one that was accepted later, whichever is told first. */
function hasBetterToken({ token: known }: Session, { token }: Session): boolean {
  return token?.status !== 'ACCEPTED' && known?.status === 'ACCEPTED';
}

function hasNoBetterToken(change: Update): string {
  const status = `${change.name('token')}.${change.name('status')}`;
  return `${isAbsent(change, 'token')} OR ${status} <> ${change.value('ACCEPTED')}`;
}

/** The conditions keep what is there: a fact that came in meanwhile makes the write fail, not disappear. */
function setFacts({ keys }: StoreContext, change: Update, facts: SessionFacts): Update {
  const { connector, connectorAssumed, token, remoteStartId, reservationId } = facts;
  if (connector) {
    const named = connectorAssumed === true ? [] : [isAssumedAt(change, connector)];
    change
      .setAll({ connector, connectorAssumed })
      .when([isAbsent(change, 'connector'), ...named].join(' OR '));
  }
  if (token) {
    const byUserPk = token.userId === undefined ? undefined : keys.sessionsOfUser(token.userId);
    const isBetter = token.status === 'ACCEPTED';
    change.setAll({ token, byUserPk }).when(isBetter ? hasNoBetterToken(change) : isAbsent(change, 'token'));
  }
  for (const [name, value] of Object.entries({ remoteStartId, reservationId })) {
    if (value !== undefined) change.set(name, value).when(isAbsent(change, name));
  }
  return change;
}

function isAbsent(change: Update, name: string): string {
  return `attribute_not_exists(${change.name(name)})`;
}

function isAssumedAt(change: Update, { evseId }: ConnectorRef): string {
  const assumed = `${change.name('connectorAssumed')} = ${change.value(true)}`;
  return `(${assumed} AND ${change.name('connector')}.${change.name('evseId')} = ${change.value(evseId)})`;
}
