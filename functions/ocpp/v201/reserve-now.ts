import { learnReservationAnswer } from '../reservation-answer.ts';
import { defineOutboundAction } from './define-action.ts';
import { groupIdTokenOf, idTokenOf } from './id-token.ts';
import type { ConnectorEnumType } from './schema/messages.ts';

/**
 * ReserveNow (2.0.1 H01), to the station: keep an EVSE, any EVSE with a kind of connector, or any EVSE for a token.
 *
 * An id that the station knows replaces that reservation by itself (H01.FR.02), so a repeat changes nothing.
 */
export const reserveNow = defineOutboundAction({
  name: 'ReserveNow',
  kinds: ['RESERVE'],
  toRequest({ number, place, token, expiresAt }) {
    const { evseId, connectorType } = place;
    return {
      id: number,
      expiryDateTime: new Date(expiresAt).toISOString(),
      idToken: idTokenOf(token),
      ...(evseId === undefined ? {} : { evseId }),
      // Held to the schema's list before it is sent.
      ...(connectorType === undefined ? {} : { connectorType: connectorType as ConnectorEnumType }),
      ...groupIdTokenOf(token.groupId),
    };
  },
  learn: ({ request, answer: { status } }, call) =>
    learnReservationAnswer({ number: request.id, status }, call),
});
