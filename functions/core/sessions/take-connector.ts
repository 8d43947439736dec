import type { ConnectorLive, ConnectorRef } from '../stations/station.ts';
import type { StationLiveStore } from '../stations/station-store.ts';
import type { Session } from './session.ts';
import type { SessionStore } from './session-store.ts';
import { supersede } from './supersede.ts';

/** Nobody refused it: a session without a token is one that its station lets run. */
export function isAccepted({ token }: Session): boolean {
  return token === undefined || token.status === 'ACCEPTED';
}

/**
 * Makes a session the one of its connector when that became known, or its token was accepted, only after its start: as
 * a start would, an older session there is superseded, and a newer one stays. Safe to repeat.
 */
export async function takeConnector(
  ports: { readonly live: StationLiveStore; readonly sessions: SessionStore },
  session: Session,
): Promise<void> {
  const { sessionId, stationId, connector, startedAt } = session;
  if (session.state !== 'ACTIVE' || session.partial === true || !connector || !isAccepted(session)) return;
  const { connectors } = await ports.live.findLive(stationId);
  const held = connectors.filter((one) => one.sessionId === sessionId);
  if (held.some(isAt(connector))) return;
  const occupantId = connectors.find(isAt(connector))?.sessionId;
  const occupant = occupantId === undefined ? undefined : await ports.sessions.findSession(occupantId);
  if (occupant && occupant.startedAt > startedAt) return;
  const place = { sessionId, stationId, connector };
  const outcome = await ports.sessions.moveToConnector(place, held);
  if (outcome === 'moved' && occupant) {
    await supersede(ports, { stationId, sessionId: occupant.sessionId, endedAt: startedAt });
  }
}

function isAt({ evseId, connectorId }: ConnectorRef) {
  return (one: ConnectorLive) => one.evseId === evseId && one.connectorId === connectorId;
}
