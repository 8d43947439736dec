import { learnReservationAnswer } from '../reservation-answer.ts';
import { defineOutboundAction } from './define-action.ts';
import { parentIdTagOf } from './id-tag.ts';

/**
 * ReserveNow (1.6 §5.13), to the station: keep a connector, or with number 0 any connector, for a tag.
 *
 * A number that the station knows replaces that reservation by itself, so a repeat changes nothing. Kinds of
 * connectors are not in 1.6: the schema refuses them.
 */
export const reserveNow = defineOutboundAction({
  name: 'ReserveNow',
  kinds: ['RESERVE'],
  toRequest({ number, place, token, expiresAt }) {
    const { evseId = 0, connectorType } = place;
    return {
      connectorId: evseId,
      expiryDate: new Date(expiresAt).toISOString(),
      idTag: token.uid,
      reservationId: number,
      ...parentIdTagOf(token.groupId),
      ...(connectorType === undefined ? {} : { connectorType }),
    };
  },
  learn: ({ request, answer: { status } }, call) =>
    learnReservationAnswer({ number: request.reservationId, status }, call),
});
