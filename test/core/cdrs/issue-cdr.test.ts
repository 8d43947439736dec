import { generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cdr } from '#core/cdrs/cdr.ts';
import { type IssueCdrPorts, issueCdr } from '#core/cdrs/issue-cdr.ts';
import type { Reservation } from '#core/reservations/reservation.ts';
import type { Session, SessionEntry } from '#core/sessions/session.ts';
import type { Connector, Station } from '#core/stations/station.ts';
import type { Tariff } from '#core/tariffs/tariff.ts';
import {
  arrivals,
  event,
  minutesIn,
  numberedSession,
  readings,
  referencedSession,
  sample,
  start,
  wholeTrace,
} from '../sessions/traces.ts';
import { component, tariffOf } from '../tariffs/periods.ts';
import { emptyLedger, type Ledger, portsOn } from './memory-ports.ts';

const sessionId = 'session-1';

const tariff = tariffOf(
  [
    {
      priceComponents: [
        component('ENERGY', '0.25', { vat: '20' }),
        component('TIME', '2', { vat: '20' }),
        component('PARKING_TIME', '6', { vat: '20' }),
      ],
    },
  ],
  { tariffId: 'day', name: 'Day' },
);

function station(connector: Partial<Connector> = {}, rest: Partial<Station> = {}): Station {
  return {
    stationId: 'CS-1',
    name: 'One',
    protocol: 'ocpp2.0.1',
    securityProfile: 1,
    lifecycle: 'ACTIVE',
    timeZone: 'Europe/Paris',
    heartbeatIntervalS: 300,
    connectors: [
      {
        evseId: 1,
        connectorId: 1,
        connectorType: 'cType2',
        maxPowerW: 22_000,
        tariffId: 'day',
        ...connector,
      },
    ],
    createdAt: 0,
    updatedAt: 0,
    revision: 1,
    ...rest,
  };
}

function ledgerOf(
  given: {
    session?: Session;
    entries?: readonly SessionEntry[];
    station?: Station;
    tariffs?: readonly Tariff[];
  } = {},
): Ledger {
  const ledger = emptyLedger();
  ledger.sessions.set(sessionId, given.session ?? referencedSession());
  ledger.entries.set(sessionId, given.entries ?? wholeTrace);
  const place = given.station ?? station();
  ledger.stations.set(place.stationId, place);
  for (const priced of given.tariffs ?? [tariff]) ledger.tariffs.set(priced.tariffId, priced);
  return ledger;
}

async function issued(ports: IssueCdrPorts, graceOver = false): Promise<Cdr> {
  const result = await issueCdr(ports, { sessionId, graceOver });
  if (result.outcome !== 'issued') throw new Error(`expected a new CDR, got ${result.outcome}`);
  return result.cdr;
}

describe('a CDR', () => {
  test('says what the session cost, from which readings and by which prices', async () => {
    const ledger = ledgerOf();

    const cdr = await issued(portsOn(ledger));

    expect(cdr).toMatchObject({
      sessionId,
      stationId: 'CS-1',
      connector: { evseId: 1, connectorId: 1 },
      token: { uid: 'CAFE', status: 'ACCEPTED' },
      billing: 'BILLABLE',
      startedAt: start,
      endedAt: minutesIn(60),
      timeZone: 'Europe/Paris',
      currency: 'EUR',
      energyWh: 10_000,
      meterStartWh: 100_000,
      meterStopWh: 110_000,
      chargingTimeS: 28 * 60,
      parkingTimeS: 32 * 60,
      tariff,
      totalCost: { exclVat: '6.6333', inclVat: '7.96' },
      totalEnergyCost: { exclVat: '2.5', inclVat: '3' },
      totalTimeCost: { exclVat: '0.9333', inclVat: '1.12' },
      totalParkingCost: { exclVat: '3.2', inclVat: '3.84' },
      createdAt: Date.parse('2026-03-02T14:00:00Z'),
    });
    expect(cdr.explanation.slice(0, 4)).toEqual([
      'The session begins at 100000 Wh, by the sample taken at the begin.',
      'The session ends at 110000 Wh, by the sample taken at the end.',
      'The energy is 10000 Wh.',
      'Priced by tariff "Day" (day).',
    ]);
    expect(ledger.sessions.get(sessionId)?.cdrId).toBe(cdr.cdrId);
  });

  test('has an id that partners can take and that follows from its session', async () => {
    const one = await issued(portsOn(ledgerOf()));
    const again = await issued(portsOn(ledgerOf()));
    const elsewhere = await issued(portsOn(ledgerOf(), { tenantId: 'tenant-2' }));

    expect(one.cdrId).toMatch(/^[0-9a-f]{1,36}$/);
    expect(again.cdrId).toBe(one.cdrId);
    expect(elsewhere.cdrId).not.toBe(one.cdrId);
  });

  test('is made once: a repeat gives the first, whatever has changed since', async () => {
    const ledger = ledgerOf();
    const first = await issued(portsOn(ledger));
    ledger.tariffs.set('day', { ...tariff, elements: [{ priceComponents: [component('FLAT', '99')] }] });

    const second = await issueCdr(portsOn(ledger), { sessionId, graceOver: true });

    expect(second).toEqual({ outcome: 'exists', cdr: first });
    expect(ledger.cdrs.size).toBe(1);
  });

  test('is found again by whoever would still wait for events', async () => {
    const ledger = ledgerOf({ entries: wholeTrace.slice(0, 4) });
    const cdr = await issued(portsOn(ledger), true);

    const early = await issueCdr(portsOn(ledger), { sessionId, graceOver: false });

    expect(early).toEqual({ outcome: 'exists', cdr });
  });

  test('is made once when two make it at the same time', async () => {
    const ledger = ledgerOf();

    const results = await Promise.all([
      issueCdr(portsOn(ledger), { sessionId, graceOver: false }),
      issueCdr(portsOn(ledger, {}, 1), { sessionId, graceOver: false }),
    ]);

    expect(results.map(({ outcome }) => outcome).sort()).toEqual(['exists', 'issued']);
    const [stored] = ledger.cdrs.values();
    expect(results.map((result) => 'cdr' in result && result.cdr)).toEqual([stored, stored]);
  });

  test('keeps the signed values of begin and end word for word', async () => {
    const signed = (data: string) => [{ data, signingMethod: 'ECDSA' }];
    const trace = [
      event(0, 'STARTED', 0, { samples: [sample(0, 1_000, { context: 'BEGIN', signed: signed('one') })] }),
      event(1, 'UPDATED', 30, { samples: [sample(30, 2_000, { signed: signed('two') })] }),
      event(2, 'ENDED', 60, { samples: [sample(60, 3_000, { context: 'END', signed: signed('three') })] }),
    ];

    const cdr = await issued(portsOn(ledgerOf({ entries: trace })));

    expect(cdr.signed).toMatchObject([...signed('one'), ...signed('three')]);
  });

  test('tells the least and the greatest power and current that were measured in each period', async () => {
    const trace = [
      readings(sample(10, 103_000, { powerW: 20_000, totalCurrentA: 87 })),
      readings(sample(30, 108_000, { powerW: 11_000, totalCurrentA: 48 })),
    ];

    const cdr = await issued(portsOn(ledgerOf({ session: numberedSession(), entries: trace })));

    expect(cdr.periods).toMatchObject([
      { minPowerW: 11_000, maxPowerW: 20_000, minCurrentA: 48, maxCurrentA: 87 },
    ]);
  });

  test.each([
    [{}, ['The tariff asks for current, and none was measured.']],
    [{ currentA: 20, totalCurrentA: 20 }, undefined],
  ])('whose tariff asks for current is for review where none was measured: %j', async (more, reasons) => {
    const byCurrent = tariffOf(
      [
        { priceComponents: [component('ENERGY', '0.5')], restrictions: { minCurrentA: '20' } },
        { priceComponents: [component('ENERGY', '0.25')] },
      ],
      { tariffId: 'day', name: 'Day' },
    );
    const entries = [readings(sample(30, 105_000, { powerW: 10_000, ...more }))];
    const given = { session: numberedSession(), entries, tariffs: [byCurrent] };

    const cdr = await issued(portsOn(ledgerOf(given)));

    expect(cdr.reviewReasons).toEqual(reasons);
  });

  test('says where a price changed between readings far apart, and nothing where one lies there', async () => {
    const twoPrices = tariffOf(
      [
        { priceComponents: [component('ENERGY', '0.5')], restrictions: { startTime: '13:30' } },
        { priceComponents: [component('ENERGY', '0.25')] },
      ],
      { tariffId: 'day', name: 'Day' },
    );
    const spread = expect.stringMatching(/^The price changed within \d+ minutes without a reading/);
    const givenAt = async (minutes: number, context: 'CLOCK' | 'PERIODIC') => {
      const trace = [readings(sample(minutes, 104_000, { context }))];
      const given = { session: numberedSession(), entries: trace, tariffs: [twoPrices] };
      return (await issued(portsOn(ledgerOf(given)))).explanation;
    };

    expect(await givenAt(10, 'PERIODIC')).toContain(
      'The price changed within 50 minutes without a reading: the 6000 Wh of that time are spread evenly over its charging.',
    );
    expect(await givenAt(30, 'CLOCK')).not.toContainEqual(spread);
  });

  test('counts such places where there are very many', async () => {
    const byEnergy = tariffOf(
      Array.from({ length: 12 }, (_, index) => ({
        priceComponents: [component('ENERGY', '0.25')],
        restrictions: { minKwh: String(2 * index + 0.5), maxKwh: String(2 * index + 1.5) },
      })),
      { tariffId: 'day', name: 'Day' },
    );
    const hours = Array.from({ length: 30 }, (_, index) => index + 1);
    const entries = hours.map((hour) => readings(sample(60 * hour, 100_000 + 1_000 * hour)));
    const session = numberedSession({ endedAt: minutesIn(60 * 30), meterStopWh: 130_000 });

    const { explanation } = await issued(portsOn(ledgerOf({ session, entries, tariffs: [byEnergy] })));

    expect(explanation.filter((sentence) => sentence.startsWith('The price changed within'))).toHaveLength(
      20,
    );
    expect(explanation).toContain('The same holds for 4 more such times.');
  });

  test.each([
    [1.05, []],
    [2, ['The meter signed 2000 Wh for the begin; billed is from 1000 Wh.']],
  ])('row 57: are for review when the meter signed another reading: %d kWh', async (kWh, reviewReasons) => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const payload = JSON.stringify({ FV: '1.0', RD: [{ RV: kWh, RU: 'kWh', TX: 'B' }] });
    const SD = sign('sha256', Buffer.from(payload), privateKey).toString('hex');
    const signed = [{ data: `OCMF|${payload}|${JSON.stringify({ SD })}` }];
    const trace = [
      event(0, 'STARTED', 0, { samples: [sample(0, 1_000, { context: 'BEGIN', signed })] }),
      event(1, 'ENDED', 60, { samples: [sample(60, 3_000, { context: 'END' })] }),
    ];
    const meterPublicKey = publicKey.export({ format: 'pem', type: 'spki' }).toString();
    const entries = { entries: trace, station: station({ meterPublicKey }) };

    const cdr = await issued(portsOn(ledgerOf(entries)));

    expect(cdr.reviewReasons ?? []).toEqual(reviewReasons);
    expect(cdr.explanation).toContain(
      `A signed meter value was verified with the registered key of the meter: ${kWh * 1000} Wh at the begin.`,
    );
  });

  test.each([
    ['VALID', 'BILLABLE', (text: string) => text],
    ['INVALID', 'REVIEW', (text: string) => text.replace('"RV":1', '"RV":2')],
  ] as const)(
    'row 57: carries the verdict %s on its signed values and is %s',
    async (verdict, billing, spoil) => {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
      const payload = '{"FV":"1.0","RD":[{"RV":1}]}';
      const SD = sign('sha256', Buffer.from(payload), privateKey).toString('hex');
      const signed = [{ data: spoil(`OCMF|${payload}|${JSON.stringify({ SD })}`) }];
      const trace = [
        event(0, 'STARTED', 0, { samples: [sample(0, 1_000, { context: 'BEGIN', signed })] }),
        event(1, 'ENDED', 60, { samples: [sample(60, 3_000, { context: 'END' })] }),
      ];
      const meterPublicKey = publicKey.export({ format: 'pem', type: 'spki' }).toString();
      const place = station({ meterPublicKey });

      const cdr = await issued(portsOn(ledgerOf({ entries: trace, station: place })));

      expect(cdr.signed).toMatchObject([{ verdict }]);
      expect(cdr.billing).toBe(billing);
    },
  );
});

describe('a CDR waits', () => {
  test('for the end of its session', async () => {
    const ledger = ledgerOf({ session: referencedSession({ state: 'ACTIVE' }) });

    expect(await issueCdr(portsOn(ledger), { sessionId, graceOver: true })).toEqual({ outcome: 'not-ended' });
  });

  test('for events that are missing, until the time for them is over', async () => {
    const ledger = ledgerOf({ entries: wholeTrace.filter(({ seqNo }) => seqNo !== 2) });

    const early = await issueCdr(portsOn(ledger), { sessionId, graceOver: false });
    const late = await issueCdr(portsOn(ledger), { sessionId, graceOver: true });

    expect(early).toEqual({ outcome: 'incomplete' });
    expect(late.outcome).toBe('issued');
    expect('cdr' in late && late.cdr.explanation).toContain('Events that never arrived: 2.');
  });

  test('for nothing when nobody knows its session', async () => {
    const result = await issueCdr(portsOn(emptyLedger()), { sessionId: 'nobody', graceOver: true });

    expect(result).toEqual({ outcome: 'unknown-session' });
  });
});

describe('who pays', () => {
  test.each(['BLOCKED', 'EXPIRED', 'INVALID', 'CONCURRENT_SESSION'] as const)(
    'row 1: nobody, when the token was %s',
    async (status) => {
      const session = numberedSession({ token: { uid: 'CAFE', tokenType: 'RFID', status } });

      const cdr = await issued(portsOn(ledgerOf({ session, entries: [] })));

      expect(cdr.billing).toBe('UNBILLED');
      expect(cdr.energyWh).toBe(10_000);
    },
  );

  test('nobody yet, when what refused the token may have come about after the start', async () => {
    const token = { uid: 'CAFE', tokenType: 'RFID', status: 'BLOCKED', userId: 'user-1' } as const;
    const session = numberedSession({ token: { ...token, refusedSince: true } });

    const cdr = await issued(portsOn(ledgerOf({ session, entries: [] })));

    expect(cdr).toMatchObject({ billing: 'REVIEW', counterparty: { kind: 'ACCOUNT', id: 'user-1' } });
    expect(cdr.reviewReasons).toEqual([
      'The token is BLOCKED, which may have come about only after the session started.',
    ]);
  });

  test('nobody, when no token was shown', async () => {
    const { token: _, ...session } = referencedSession();

    const cdr = await issued(portsOn(ledgerOf({ session })));

    expect(cdr.billing).toBe('UNBILLED');
    expect(cdr.explanation).toContain('No accepted token authorised the session: no driver is billed.');
  });

  test('nobody yet, when the energy cannot be right', async () => {
    const session = numberedSession({ meterStopWh: 1_000_000 });

    const cdr = await issued(portsOn(ledgerOf({ session, entries: [] })));

    expect(cdr.billing).toBe('REVIEW');
    expect(cdr.explanation).toContain(
      'To be reviewed: The connector cannot have given 900000 Wh in that time with 22000 W.',
    );
  });
});

describe('which tariff', () => {
  const fallback = tariffOf([{ priceComponents: [component('FLAT', '1')] }], { tariffId: 'fallback' });

  test("the connector's own before the tenant's", async () => {
    const ledger = ledgerOf({ tariffs: [tariff, fallback] });

    expect((await issued(portsOn(ledger, { defaultTariffId: 'fallback' }))).tariff?.tariffId).toBe('day');
  });

  test("the tenant's when the connector names none", async () => {
    const { tariffId: _, ...connector } = station().connectors[0] ?? { evseId: 1, connectorId: 1 };
    const place = station({}, { connectors: [{ connectorType: 'cType2', ...connector }] });
    const ledger = ledgerOf({ station: place, tariffs: [tariff, fallback] });

    expect((await issued(portsOn(ledger, { defaultTariffId: 'fallback' }))).totalCost).toEqual({
      exclVat: '1',
    });
  });

  test.each<{ name: string; tariffs: readonly Tariff[]; reason: string }>([
    { name: 'is gone', tariffs: [], reason: 'Tariff day does not exist.' },
    {
      name: 'is a draft',
      tariffs: [{ ...tariff, status: 'DRAFT' }],
      reason: 'Tariff "Day" (day) is a draft.',
    },
    {
      name: 'was out of use before the start',
      tariffs: [{ ...tariff, status: 'INACTIVE' }],
      reason: 'Tariff "Day" (day) is not in use.',
    },
    {
      name: 'was not valid yet',
      tariffs: [{ ...tariff, validFrom: minutesIn(1) }],
      reason: 'Tariff "Day" (day) was not valid yet.',
    },
    {
      name: 'was not valid any more',
      tariffs: [{ ...tariff, validTo: start }],
      reason: 'Tariff "Day" (day) was not valid any more.',
    },
  ])('none that $name: the session costs nothing until a person looks', async ({ tariffs, reason }) => {
    const cdr = await issued(portsOn(ledgerOf({ tariffs })));

    expect(cdr).toMatchObject({ billing: 'REVIEW', totalCost: { exclVat: '0' }, lines: [], currency: 'EUR' });
    expect(cdr.tariff).toBeUndefined();
    expect(cdr.periods.length).toBeGreaterThan(0);
    expect(cdr.explanation).toContain(`To be reviewed: ${reason}`);
  });

  test('one that was taken out of use, or ran out, after the start', async () => {
    const updatedAt = minutesIn(30);
    const ended: Tariff = { ...tariff, status: 'INACTIVE', updatedAt, validTo: updatedAt, revision: 2 };
    const ledger = ledgerOf({ tariffs: [ended] });
    ledger.formerTariffs.push(tariff);

    const cdr = await issued(portsOn(ledger));

    expect(cdr).toMatchObject({ billing: 'BILLABLE', tariff, totalCost: { exclVat: '6.6333' } });
    expect(cdr.explanation).toContain(
      'The tariff is the one assigned to the connector, in revision 1: later changes do not touch the session.',
    );
  });

  test('the pinned revision, whatever would be chosen now', async () => {
    const pinned: Tariff = { ...tariff, elements: [{ priceComponents: [component('FLAT', '3')] }] };
    const session = {
      ...referencedSession(),
      tariffPin: { tariffId: 'day', revision: 1, by: 'TOKEN' as const },
    };
    const ledger = ledgerOf({ session, tariffs: [{ ...tariff, revision: 2 }] });
    ledger.formerTariffs.push(pinned);

    expect((await issued(portsOn(ledger))).totalCost).toEqual({ exclVat: '3' });
  });

  test('the default for a station that is gone, for review', async () => {
    const ledger = ledgerOf({ tariffs: [fallback] });
    ledger.stations.clear();

    const cdr = await issued(portsOn(ledger, { defaultTariffId: 'fallback' }));

    expect(cdr).toMatchObject({ billing: 'REVIEW', totalCost: { exclVat: '1' }, timeZone: 'Europe/Paris' });
  });

  test('by UTC, for review, where the zone is unknown', async () => {
    const cdr = await issued(portsOn(ledgerOf({ station: station({}, { timeZone: 'Mars/Olympus' }) })));

    expect(cdr).toMatchObject({ billing: 'REVIEW', timeZone: 'UTC' });
  });
});

describe('a session that names a reservation', () => {
  const hourMs = 3_600_000;
  const reserving = tariffOf(
    [
      {
        priceComponents: [component('TIME', '5'), component('FLAT', '2')],
        restrictions: { reservation: 'RESERVATION' },
      },
      { priceComponents: [component('FLAT', '1')] },
    ],
    { tariffId: 'day' },
  );

  async function billed(reservation: Partial<Reservation>): Promise<Cdr> {
    const ledger = ledgerOf({ session: referencedSession({ reservationId: 7 }), tariffs: [reserving] });
    ledger.reservations.push({
      reservationId: 'CS-1-7',
      stationId: 'CS-1',
      number: 7,
      state: 'USED',
      place: {},
      token: { uid: 'CAFE', tokenType: 'RFID' },
      sessionId,
      expiresAt: start + hourMs,
      createdAt: start - 3 * hourMs,
      updatedAt: start,
      commandId: 'c-1',
      ...reservation,
    });
    return issued(portsOn(ledger));
  }

  test.each<[string, Partial<Reservation>, string, string | undefined]>([
    ['pays for it from the station’s word to the start', { reservedAt: start - 2 * hourMs }, '13', '12'],
    ['pays its fee and no time that no station vouched for', {}, '3', '2'],
    ['pays no time that a clock ahead of the station’s says', { reservedAt: start + 5_000 }, '3', '2'],
    ['pays nothing for one that another session used', { sessionId: 'another' }, '1', undefined],
  ])('%s', async (_, reservation, total, ofReservation) => {
    const { totalCost, totalReservationCost, startedAt } = await billed(reservation);

    expect([totalCost.exclVat, totalReservationCost?.exclVat]).toEqual([total, ofReservation]);
    expect(startedAt).toBe(start);
  });

  test('pays nothing for one that nobody knows', async () => {
    const session = referencedSession({ reservationId: 8 });

    expect((await issued(portsOn(ledgerOf({ session, tariffs: [reserving] })))).totalCost.exclVat).toBe('1');
  });
});

test('permuting and duplicating the entries of a trace never changes the CDR', async () => {
  const clean = await issued(portsOn(ledgerOf()));

  await fc.assert(
    fc.asyncProperty(arrivals(wholeTrace), async (entries) => {
      expect(await issued(portsOn(ledgerOf({ entries })))).toEqual(clean);
    }),
  );
});
