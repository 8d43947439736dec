import * as z from 'zod';
import type { Reservation } from '#core/reservations/reservation.ts';
import { isOpen } from '#core/reservations/reservation.ts';
import type { ReservationStep, ReservationStore } from '#core/reservations/reservation-store.ts';
import { itemReader, secondsPerDay } from './items.ts';
import { orderOf } from './keys.ts';
import { listPartition } from './partition-list.ts';
import { getItem, put, update } from './requests.ts';
import { reservedPlace, text, tokenForm, tokenType, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { putNew, Update } from './update.ts';

/** How long a reservation can be looked up after its time. */
const keptDays = 400;
/** A station has few connectors, and each is reserved for one at a time. */
const mostOpen = 100;

const reservationSchema = z.object({
  reservationId: text,
  stationId: text,
  number: whole,
  state: z.enum(['REQUESTED', 'RESERVED', 'UNKNOWN', 'USED', 'EXPIRED', 'CANCELLED', 'REJECTED', 'REMOVED']),
  place: reservedPlace,
  token: z.object({ uid: text, tokenType, form: tokenForm.exactOptional(), groupId: text.exactOptional() }),
  expiresAt: whole,
  createdAt: whole,
  updatedAt: whole,
  commandId: text,
  reservedAt: whole.exactOptional(),
  cancelRequestedAt: whole.exactOptional(),
  refusal: z.enum(['OCCUPIED', 'FAULTED', 'UNAVAILABLE', 'REJECTED']).exactOptional(),
  failure: text.exactOptional(),
  sessionId: text.exactOptional(),
  requestedBy: text.exactOptional(),
}) satisfies z.ZodType<Reservation>;

export const readReservation = itemReader<Reservation>('reservation', reservationSchema);

/** Reservations of one tenant, in `operations`, each under the number its station knows it by. */
export function reservationStore(context: StoreContext): ReservationStore {
  const { client, keys } = context;
  const table = context.tables.operations;
  return {
    async addReservation(reservation) {
      const { stationId, number, reservationId, createdAt, expiresAt } = reservation;
      const result = await put(
        client,
        putNew(table, keys.reservation(stationId, number), {
          ...reservation,
          order: orderOf(createdAt, reservationId),
          byStationPk: keys.reservationsOfStation(stationId),
          ...(isOpen(reservation) ? { openPk: keys.openReservations(stationId) } : {}),
          expiresAtS: Math.floor(expiresAt / 1000) + keptDays * secondsPerDay,
        }),
      );
      if (result.done) return { outcome: 'added' };
      if (result.found === undefined)
        throw new Error('a refused reservation came without what has its number');
      return { outcome: 'taken', by: readReservation(result.found) };
    },

    async findReservation(stationId, number) {
      const item = await getItem(client, table, keys.reservation(stationId, number));
      return item && readReservation(item);
    },

    listReservations(stationId, page) {
      const partition = keys.reservationsOfStation(stationId);
      const list = { name: 'reservations', index: 'byStation', partition, newestFirst: true } as const;
      return listPartition(context, { ...list, read: readReservation }, page);
    },

    async listOpenReservations(stationId) {
      const partition = keys.openReservations(stationId);
      const list = { name: 'open reservations', index: 'open', partition, newestFirst: false } as const;
      const read = (item: Parameters<typeof readReservation>[0]) => {
        const reservation = readReservation(item);
        return isOpen(reservation) ? reservation : undefined;
      };
      return (await listPartition(context, { ...list, read }, { limit: mostOpen })).items;
    },

    async takeStep(stationId, number, step) {
      const change = stepOf(step);
      const result = await update(client, change.for(table, keys.reservation(stationId, number)));
      if (result.done) return { outcome: 'taken' };
      return result.found === undefined
        ? { outcome: 'unknown' }
        : { outcome: 'refused', as: readReservation(result.found) };
    },

    async noteCancelRequest(stationId, number, at) {
      const change = new Update().set('cancelRequestedAt', at).set('updatedAt', at);
      change.when(`attribute_exists(${change.name('openPk')})`);
      await update(client, change.for(table, keys.reservation(stationId, number)));
    },
  };
}

function stepOf({ state, at, from, ...said }: ReservationStep): Update {
  const change = new Update().setAll({ state, updatedAt: at, ...said });
  if (!isOpen({ state })) change.remove('openPk');
  const current = change.name('state');
  change.when(from.map((former) => `${current} = ${change.value(former)}`).join(' OR '));
  return change;
}
