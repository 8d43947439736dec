import type { ReservationRefusal } from '#core/reservations/reservation.ts';
import { recordReservationAnswer } from '#core/reservations/settle-reservation.ts';
import { defineOutboundAction } from './define-action.ts';
import { groupIdTokenOf, idTokenOf } from './id-token.ts';
import type { ConnectorEnumType, ReserveNowResponse } from './schema/messages.ts';

const refusals: Readonly<Record<Exclude<ReserveNowResponse['status'], 'Accepted'>, ReservationRefusal>> = {
  Faulted: 'FAULTED',
  Occupied: 'OCCUPIED',
  Rejected: 'REJECTED',
  Unavailable: 'UNAVAILABLE',
};

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
      ...(token.groupId === undefined ? {} : { groupIdToken: groupIdTokenOf(token.groupId) }),
    };
  },
  async learn({ request, answer: { status } }, { stationId, services }) {
    const refusal = status === 'Accepted' ? {} : { refusal: refusals[status] };
    await recordReservationAnswer(services, { stationId, number: request.id, ...refusal });
  },
});
