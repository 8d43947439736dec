import type { Session } from './session.ts';
import type { SessionFacts } from './session-store.ts';

/**
 * What of these facts a head lacks. The first of each kind stays, whatever the order they come in, with two exceptions:
 * a connector that the station names takes the place of one that was assumed for the same EVSE, and a token that was
 * accepted that of one that was not.
 */
export function lackingFacts(head: SessionFacts, facts: SessionFacts): SessionFacts {
  const { connector, token, remoteStartId, reservationId } = facts;
  const place = { ...(connector ? { connector } : {}), ...(facts.connectorAssumed ? assumed : {}) };
  return {
    ...(lacksConnector(head, facts) ? place : {}),
    ...(token && lacksToken(head, facts) ? { token } : {}),
    ...(remoteStartId === undefined || head.remoteStartId !== undefined ? {} : { remoteStartId }),
    ...(reservationId === undefined || head.reservationId !== undefined ? {} : { reservationId }),
  };
}

const assumed = { connectorAssumed: true } as const;

function lacksConnector(head: SessionFacts, { connector, connectorAssumed }: SessionFacts): boolean {
  if (!connector || !head.connector) return connector !== undefined;
  const isSameEvse = head.connector.evseId === connector.evseId;
  return head.connectorAssumed === true && connectorAssumed !== true && isSameEvse;
}

function lacksToken({ token: known }: SessionFacts, { token }: SessionFacts): boolean {
  return known === undefined || (known.status !== 'ACCEPTED' && token?.status === 'ACCEPTED');
}

/** A head with what it lacked. */
export function withFacts(head: Session, lacking: SessionFacts): Session {
  if (!lacking.connector) return { ...head, ...lacking };
  const { connectorAssumed: _, ...rest } = head;
  return { ...rest, ...lacking };
}
