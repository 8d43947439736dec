import type { Connector, Station } from '../stations/station.ts';
import type { Session } from './session.ts';

/** Whether `connectorOfSession` will not become another one while the session runs. */
export function isPlaceSettled({ connectors }: Station, session: Session): boolean {
  const { connector, connectorAssumed, state } = session;
  if (!connector) return connectors.length <= 1;
  const ofEvse = connectors.filter(({ evseId }) => evseId === connector.evseId);
  return connectorAssumed !== true || ofEvse.length <= 1 || state === 'ENDED';
}

/** The session's connector as its owner describes it; the only one there is when the session does not say. */
export function connectorOfSession(
  { connectors }: Station,
  { connector: place }: Pick<Session, 'connector'>,
): Connector | undefined {
  if (!place) return connectors.length === 1 ? connectors[0] : undefined;
  return connectors.find(
    ({ evseId, connectorId }) => evseId === place.evseId && connectorId === place.connectorId,
  );
}
