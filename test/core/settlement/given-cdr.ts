import type { Cdr } from '#core/cdrs/cdr.ts';
import { decimal, toText } from '#core/tariffs/decimal.ts';

/** What a test says of a CDR; everything else is as in any other. Amounts per VAT rate, in cents. */
export interface CdrGiven extends Partial<Cdr> {
  readonly cents?: Readonly<Record<string, number>>;
}

/** A billable CDR with a line for each VAT rate, and the total that follows. */
export function givenCdr({ cents = { '20': 1000 }, ...given }: CdrGiven = {}): Cdr {
  const lines: Cdr['lines'] = Object.entries(cents).map(([vat, amount], component) => {
    const exclVat = decimal(amount).div(100);
    const inclVat = exclVat.times(decimal(vat).plus(100)).div(100);
    return {
      type: 'ENERGY',
      element: 0,
      component,
      unitPrice: '1',
      vat,
      measured: '1',
      billed: '1',
      cost: { exclVat: toText(exclVat), inclVat: toText(inclVat) },
    };
  });
  const sum = (side: 'exclVat' | 'inclVat') =>
    lines.reduce((total, { cost }) => total.plus(decimal(cost[side] ?? '0')), decimal(0));
  const sign = given.kind === 'CREDIT' ? -1 : 1;
  const cdrId = given.cdrId ?? crypto.randomUUID();
  const at = Date.UTC(2030, 0, 15, 12);
  return {
    cdrId,
    counterparty: { kind: 'ACCOUNT', id: 'driver-1' },
    sessionId: `session-of-${cdrId}`,
    stationId: 'CP001',
    connector: { evseId: 1, connectorId: 1 },
    transactionRef: '1',
    billing: 'BILLABLE',
    startedAt: at - 3_600_000,
    endedAt: at,
    timeZone: 'Europe/Paris',
    currency: 'EUR',
    energyWh: 10_000,
    chargingTimeS: 3600,
    parkingTimeS: 0,
    periods: [],
    lines,
    totalCost: {
      exclVat: toText(sum('exclVat').times(sign)),
      inclVat: toText(sum('inclVat').times(sign)),
    },
    explanation: [],
    createdAt: at,
    ...given,
  };
}
