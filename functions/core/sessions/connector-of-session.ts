import type { Connector, Station } from '../stations/station.ts';
import type { Session } from './session.ts';

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
