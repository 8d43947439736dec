import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { SessionEntry } from '#core/sessions/session.ts';
import type { SessionEnd } from '#core/sessions/session-store.ts';
import type { ConnectorRef } from '#core/stations/station.ts';
import { connectorName } from './keys.ts';
import { getItem, transact, update } from './requests.ts';
import { forOneWrite, type SessionWrites } from './session-writes.ts';
import { readConnectors, sessionAttribute } from './station-live-store.ts';
import type { StoreContext } from './store-context.ts';
import { Update } from './update.ts';

interface Ending {
  readonly session: { sessionId: string; stationId: string; connector?: ConnectorRef };
  readonly end: SessionEnd;
  readonly entries: readonly SessionEntry[];
}

/**
 * Ends a session: head, entries and the connector's freedom in one transaction. The connector is freed only of
 * this session: when another one runs there by now, it is left alone. Who does not know the connector pays for
 * a look at the station, after the end: a session that stays behind there is superseded by the next start.
 */
export async function endSession(
  context: StoreContext,
  writes: SessionWrites,
  ending: Ending,
): Promise<'ended' | 'already-ended' | 'unknown'> {
  const { session, entries } = ending;
  const { first, surplus } = forOneWrite(entries);
  await writes.addEntries(session.sessionId, surplus);
  const core: readonly TransactWriteItem[] = [
    { Update: headUpdate(context, ending) },
    ...first.map((entry) => ({ Update: writes.entry(session.sessionId, entry) })),
  ];
  let result = await transact(context.client, [...core, ...releaseOf(context, session)]);
  if (result !== 'done' && result[0]?.failed !== true) result = await transact(context.client, core);
  if (result !== 'done') {
    const found = result[0]?.found;
    if (found === undefined || found.stationId !== session.stationId) return 'unknown';
    await writes.addEntries(session.sessionId, first);
  }
  if (session.connector === undefined) await releaseAnywhere(context, session);
  return result === 'done' ? 'ended' : 'already-ended';
}

function headUpdate({ keys, tables }: StoreContext, { session, end }: Ending) {
  const { endedAt, endReceivedAt, meterStopWh, stopReason, stopTokenUid, endedByCheck } = end;
  const change = new Update()
    .setAll({
      state: 'ENDED',
      endedAt,
      stopReason,
      byStationPk: keys.sessionsOfStation(session.stationId),
      ...(endReceivedAt === undefined ? {} : { endReceivedAt }),
      ...(meterStopWh === undefined ? {} : { meterStopWh }),
      ...(stopTokenUid === undefined ? {} : { stopTokenUid }),
      ...(endedByCheck === undefined ? {} : { endedByCheck }),
    })
    .remove('openPk', ...(endedByCheck === undefined ? ['endedByCheck'] : []));
  change.when(`${change.name('stationId')} = ${change.value(session.stationId)}`);
  change.when(isEndable(change, stopReason === 'SUPERSEDED' || endedByCheck === true));
  return change.for(tables.operations, keys.session(session.sessionId));
}

/** A session that we closed (`isClosedByUs`) takes its own end when that arrives late, until it is billed. */
function isEndable(change: Update, byUs: boolean): string {
  const open = `${change.name('state')} = ${change.value('ACTIVE')}`;
  if (byUs) return open;
  const superseded = `${change.name('stopReason')} = ${change.value('SUPERSEDED')}`;
  const numbered = `attribute_exists(${change.name('startKey')})`;
  const untold = `(${change.name('endedByCheck')} = ${change.value(true)} AND ${numbered})`;
  return `${open} OR ((${superseded} OR ${untold}) AND attribute_not_exists(${change.name('cdrId')}))`;
}

function releaseOf(
  { keys, tables }: StoreContext,
  { sessionId, stationId, connector }: Ending['session'],
): readonly { Update: ReturnType<Update['for']> }[] {
  if (connector === undefined) return [];
  const change = new Update();
  const attribute = sessionAttribute(connectorName(connector));
  change.remove(attribute).when(`${change.name(attribute)} = ${change.value(sessionId)}`);
  return [{ Update: change.for(tables.operations, keys.live(stationId)) }];
}

async function releaseAnywhere(context: StoreContext, session: Ending['session']): Promise<void> {
  const live = await getItem(context.client, context.tables.operations, context.keys.live(session.stationId));
  const held = live ? readConnectors(live).filter(({ sessionId }) => sessionId === session.sessionId) : [];
  for (const connector of held) {
    for (const { Update: release } of releaseOf(context, { ...session, connector })) {
      await update(context.client, release);
    }
  }
}
