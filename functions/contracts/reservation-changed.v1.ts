import * as z from 'zod';
import { defineEvent } from './define-event.ts';

export const reservationChanged = defineEvent({
  source: 'csms.reservations',
  detailType: 'ReservationChanged.v1',
  when: 'A reservation was asked for, or came to another state. It comes to exactly one final state.',
  detail: {
    reservationId: z.string(),
    stationId: z.string(),
    number: z.int(),
    state: z.string(),
    /** Epoch milliseconds. */
    expiresAt: z.int(),
    place: z.object({
      evseId: z.int().optional(),
      connectorId: z.int().optional(),
      connectorType: z.string().optional(),
    }),
    tokenUid: z.string(),
    refusal: z.string().optional(),
    sessionId: z.string().optional(),
  },
});
