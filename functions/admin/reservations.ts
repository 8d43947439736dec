import * as z from 'zod';
import { cancelReservation, reserve } from '#core/reservations/manage-reservations.ts';
import type { Reservation } from '#core/reservations/reservation.ts';
import { termsOf, termsShape } from './command-terms.ts';
import {
  moment,
  operators,
  pageAnswer,
  pageOf,
  parameter,
  type Route,
  readBody,
  readers,
  rfc3339,
  rfc3339OrNull,
} from './route.ts';

const wishShape = z.strictObject({
  /** The token to reserve for. */
  idToken: z.string().min(1),
  groupId: z.string().min(1).optional(),
  expiresAt: moment,
  /** By EVSE, by station-wide number, by kind of connector, or none: whatever becomes free. */
  evseId: z.int().positive().optional(),
  connectorId: z.int().positive().optional(),
  connectorType: z.string().min(1).optional(),
  ...termsShape,
  /** How long the question may wait to be sent. */
  timeoutSeconds: z.int().min(1).max(86_400).default(30),
});

export const reservationRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/stations/{stationId}/reservations',
    summary: 'Reserves a place for a token: 202, with the reservation as it is then. Safe to repeat.',
    roles: operators,
    async handle(request, services) {
      const { expiresAt, whenOffline, timeoutSeconds, ...place } = readBody(wishShape, request.body);
      const reservation = await reserve(services, {
        stationId: parameter(request, 'stationId'),
        parameters: { ...place, expiryDate: rfc3339(expiresAt) },
        ...termsOf(request, { whenOffline, timeoutSeconds }),
      });
      return { status: 202, body: reservationView(reservation) };
    },
  },
  {
    method: 'GET',
    path: '/stations/{stationId}/reservations',
    summary: 'The reservations of a station, newest first; only those without an end with open=true.',
    roles: readers,
    async handle(request, { reservations }) {
      const stationId = parameter(request, 'stationId');
      if (request.query.open === 'true') {
        return { body: { items: (await reservations.listOpenReservations(stationId)).map(reservationView) } };
      }
      return pageAnswer(await reservations.listReservations(stationId, pageOf(request)), reservationView);
    },
  },
  {
    method: 'DELETE',
    path: '/reservations/{reservationId}',
    summary:
      'Cancels a reservation: 202, with the reservation as it is then. It ends with the station’s answer.',
    roles: operators,
    async handle(request, services) {
      const reservationId = parameter(request, 'reservationId');
      const asked = { reservationId, requestedBy: request.subject };
      return { status: 202, body: reservationView(await cancelReservation(services, asked)) };
    },
  },
];

function reservationView(reservation: Reservation) {
  const { expiresAt, createdAt, updatedAt, cancelRequestedAt, ...rest } = reservation;
  return {
    ...rest,
    expiresAt: rfc3339(expiresAt),
    createdAt: rfc3339(createdAt),
    updatedAt: rfc3339(updatedAt),
    cancelRequestedAt: rfc3339OrNull(cancelRequestedAt),
  };
}
