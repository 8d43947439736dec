import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Reservation } from '../../functions/core/reservations/reservation.ts';
import { ask } from './asked-station.ts';
import { goodTag, openRoom, type Room, type TestStation } from './room-under-test.ts';

let room: Room;
let station: TestStation;
let stations = 0;
beforeAll(async () => {
  room = await openRoom();
});
afterAll(() => room.close());
const givenStation = async (protocol: 'ocpp1.6' | 'ocpp2.0.1') => {
  stations += 1;
  station = await room.givenStation(`R-${stations}`, protocol);
};

const expiryDate = '2030-03-01T13:00:00.000Z';

async function only(): Promise<Reservation> {
  const { items } = await room.services.reservations.listReservations(station.stationId, { limit: 10 });
  const [reservation] = items;
  if (!reservation || items.length > 1) throw new Error(`${items.length} reservations`);
  return reservation;
}

describe('a reservation in 1.6', () => {
  const protocol = 'ocpp1.6';
  beforeEach(() => givenStation(protocol));
  const reserveNow = (parameters: Record<string, unknown>, status: string) =>
    ask(room, station, { name: 'RESERVE_NOW', parameters, protocol }, () => ({ status }));

  test('names connector, tag, group and number, and is made by the station’s word [TC_046]', async () => {
    const { calls, commands } = await reserveNow(
      { idToken: goodTag, connectorId: 2, expiryDate },
      'Accepted',
    );

    const { number, state } = await only();
    expect(calls).toEqual([
      {
        action: 'ReserveNow',
        payload: {
          connectorId: 2,
          expiryDate,
          idTag: goodTag,
          parentIdTag: 'GROUP-1',
          reservationId: number,
        },
      },
    ]);
    expect([state, commands[0]?.state]).toEqual(['RESERVED', 'ACCEPTED']);
  });

  test('leaves out a group that no parentIdTag holds', async () => {
    const { calls } = await reserveNow({ idToken: 'LONGGROUP', connectorId: 2, expiryDate }, 'Accepted');

    expect(calls[0]?.payload).toMatchObject({ idTag: 'LONGGROUP' });
    expect(calls[0]?.payload).not.toHaveProperty('parentIdTag');
  });

  test('of any connector asks for number zero [TC_049]', async () => {
    const { calls } = await reserveNow({ idToken: goodTag, expiryDate }, 'Accepted');

    expect(calls[0]?.payload.connectorId).toBe(0);
  });

  test('of any connector that the station does not offer is rejected [TC_050]', async () => {
    await reserveNow({ idToken: goodTag, connectorId: 0, expiryDate }, 'Rejected');

    expect(await only()).toMatchObject({ state: 'REJECTED', refusal: 'REJECTED', place: {} });
  });

  test.each([
    ['Faulted', 'FAULTED'],
    ['Occupied', 'OCCUPIED'],
    ['Unavailable', 'UNAVAILABLE'],
    ['Rejected', 'REJECTED'],
  ] as const)(
    'refused as %s keeps the reason %s [TC_048_1, TC_048_2, TC_048_3, TC_048_4]',
    async (status, refusal) => {
      await reserveNow({ idToken: goodTag, connectorId: 1, expiryDate }, status);

      expect(await only()).toMatchObject({ state: 'REJECTED', refusal });
    },
  );

  test('row 37: is used by the accepted start that names it, told again or not [TC_046]', async () => {
    await reserveNow({ idToken: goodTag, connectorId: 1, expiryDate }, 'Accepted');
    const { number } = await only();
    const start = {
      connectorId: 1,
      meterStart: 0,
      timestamp: '2030-03-01T12:10:00Z',
      reservationId: number,
    };

    await station.calls('StartTransaction', { ...start, idTag: 'STRANGER' });
    const afterRefusal = await only();
    await station.calls('StartTransaction', { ...start, idTag: goodTag });
    await station.calls('StartTransaction', { ...start, idTag: goodTag });

    expect(afterRefusal.state).toBe('RESERVED');
    expect(await only()).toMatchObject({ state: 'USED', sessionId: expect.any(String) });
  });

  test('is cancelled by its number [TC_051]', async () => {
    await reserveNow({ idToken: goodTag, connectorId: 1, expiryDate }, 'Accepted');
    const { number, reservationId } = await only();

    const wish = { name: 'CANCEL_RESERVATION', parameters: { reservationId }, protocol } as const;
    const { calls } = await ask(room, station, wish, () => ({ status: 'Accepted' }));

    expect(calls).toEqual([{ action: 'CancelReservation', payload: { reservationId: number } }]);
    expect((await only()).state).toBe('CANCELLED');
  });

  test('that the station does not have is cancelled all the same [TC_052]', async () => {
    await reserveNow({ idToken: goodTag, connectorId: 1, expiryDate }, 'Accepted');
    const { number } = await only();

    const wish = { name: 'CANCEL_RESERVATION', parameters: { reservationId: number }, protocol } as const;
    const { commands } = await ask(room, station, wish, () => ({ status: 'Rejected' }));

    expect([commands[0]?.state, (await only()).state]).toEqual(['REJECTED', 'CANCELLED']);
  });

  test('of a kind of connector is not in this version, and none is kept', async () => {
    const wish = reserveNow({ idToken: goodTag, expiryDate, connectorType: 'cCCS2' }, 'Accepted');

    await expect(wish).rejects.toMatchObject({ code: 'Validation' });
    expect(await room.services.reservations.listOpenReservations(station.stationId)).toEqual([]);
  });
});

describe('a reservation in 2.0.1', () => {
  const protocol = 'ocpp2.0.1';
  beforeEach(() => givenStation(protocol));
  const reserveNow = (parameters: Record<string, unknown>, status: string) =>
    ask(room, station, { name: 'RESERVE_NOW', parameters, protocol }, () => ({ status }));

  test('is made for the card as it is shown, so that the station knows it again [H01]', async () => {
    const at = { createdAt: room.now, updatedAt: room.now, revision: 1 };
    const card = { uid: 'VICINITY', visualId: 'V', tokenType: 'RFID', form: 'ISO15693', ...at } as const;
    await room.services.tokens.createToken({ ...card, active: true, blocked: false });

    const { calls } = await reserveNow({ idToken: card.uid, evseId: 2, expiryDate }, 'Accepted');

    expect(calls[0]?.payload.idToken).toEqual({ idToken: card.uid, type: 'ISO15693' });
    expect((await only()).token).toEqual({ uid: card.uid, tokenType: 'RFID', form: 'ISO15693' });
  });

  test('leaves out a group that no groupIdToken holds', async () => {
    const { calls } = await reserveNow({ idToken: 'LONGGROUP', connectorId: 2, expiryDate }, 'Accepted');

    expect(calls[0]?.payload).toMatchObject({ idToken: { idToken: 'LONGGROUP' } });
    expect(calls[0]?.payload).not.toHaveProperty('groupIdToken');
  });

  test('names EVSE, token, group and id [H01]', async () => {
    const { calls } = await reserveNow({ idToken: goodTag, evseId: 2, expiryDate }, 'Accepted');

    const { number, state } = await only();
    expect(calls).toEqual([
      {
        action: 'ReserveNow',
        payload: {
          id: number,
          evseId: 2,
          expiryDateTime: expiryDate,
          idToken: { idToken: goodTag, type: 'ISO14443' },
          groupIdToken: { idToken: 'GROUP-1', type: 'Central' },
        },
      },
    ]);
    expect(state).toBe('RESERVED');
  });

  test('of a kind of connector names it [H01]', async () => {
    const { calls } = await reserveNow({ idToken: goodTag, expiryDate, connectorType: 'cCCS2' }, 'Accepted');

    expect(calls[0]?.payload).toMatchObject({ connectorType: 'cCCS2' });
    expect(calls[0]?.payload.evseId).toBeUndefined();
  });

  test('row 37: is used by the accepted event that names it [H03]', async () => {
    await reserveNow({ idToken: goodTag, evseId: 1, expiryDate }, 'Accepted');
    const { number } = await only();

    await station.calls('TransactionEvent', {
      eventType: 'Started',
      triggerReason: 'Authorized',
      seqNo: 0,
      timestamp: '2030-03-01T12:10:00Z',
      transactionInfo: { transactionId: 'tx-1' },
      evse: { id: 1, connectorId: 1 },
      idToken: { idToken: goodTag, type: 'ISO14443' },
      reservationId: number,
    });

    expect(await only()).toMatchObject({ state: 'USED' });
  });

  test.each([
    ['Expired', 'EXPIRED'],
    ['Removed', 'REMOVED'],
  ])('that the station says is %s is %s [H04]', async (reservationUpdateStatus, state) => {
    await reserveNow({ idToken: goodTag, evseId: 1, expiryDate }, 'Accepted');
    const { number } = await only();

    await station.calls('ReservationStatusUpdate', { reservationId: number, reservationUpdateStatus });

    expect((await only()).state).toBe(state);
  });

  test('is cancelled by its id [H02]', async () => {
    await reserveNow({ idToken: goodTag, evseId: 1, expiryDate }, 'Accepted');
    const { number, reservationId } = await only();

    const wish = { name: 'CANCEL_RESERVATION', parameters: { reservationId }, protocol } as const;
    const { calls } = await ask(room, station, wish, () => ({ status: 'Accepted' }));

    expect(calls).toEqual([{ action: 'CancelReservation', payload: { reservationId: number } }]);
    expect((await only()).state).toBe('CANCELLED');
  });
});
