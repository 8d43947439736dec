import type { ConnectorRef } from '#core/stations/station.ts';
import { connectorName } from './keys.ts';
import { transact } from './requests.ts';
import { sessionAttribute } from './station-live-store.ts';
import type { StoreContext } from './store-context.ts';
import { Update } from './update.ts';

/**
 * Gives an open session its connector and takes those from it that it leaves, in one transaction: one that ends at the
 * same moment must not be left behind there. The head is written as it is, which no stream tells.
 */
export async function moveToConnector(
  { client, keys, tables }: StoreContext,
  { sessionId, stationId, connector }: { sessionId: string; stationId: string; connector: ConnectorRef },
  leaves: readonly ConnectorRef[],
): Promise<'moved' | 'stays'> {
  const head = new Update().set('stationId', stationId);
  head.when(`${head.name('state')} = ${head.value('ACTIVE')}`);
  head.when(`${head.name('stationId')} = ${head.value(stationId)}`);
  const live = new Update()
    .set('stationId', stationId)
    .set(sessionAttribute(connectorName(connector)), sessionId);
  for (const place of leaves) {
    const attribute = sessionAttribute(connectorName(place));
    live.remove(attribute).when(`${live.name(attribute)} = ${live.value(sessionId)}`);
  }
  const result = await transact(client, [
    { Update: head.for(tables.operations, keys.session(sessionId)) },
    { Update: live.for(tables.operations, keys.live(stationId)) },
  ]);
  return result === 'done' ? 'moved' : 'stays';
}
