import type { Cdr, Correction } from '#core/cdrs/cdr.ts';
import type { BillingReading } from '#core/metering/billing-readings.ts';
import { decimal, scaleByTen, toText } from '#core/tariffs/decimal.ts';
import type { RatedLine, RatedPeriod } from '#core/tariffs/rating.ts';
import { rfc3339 } from './field-request.ts';

/** A CDR as GraphQL's `ChargeDetailRecord`. Amounts and quantities are exact decimals as text. */
export function cdrView(cdr: Cdr): Record<string, unknown> {
  return {
    id: cdr.cdrId,
    cdrId: cdr.cdrId,
    kind: cdr.kind ?? 'ORIGINAL',
    creditOf: cdr.creditOf,
    replaces: cdr.replaces,
    counterparty: cdr.counterparty,
    sessionId: cdr.sessionId,
    stationId: cdr.stationId,
    connectorId: cdr.connector.connectorId,
    evseId: cdr.connector.evseId,
    transactionId: cdr.transactionRef,
    tokenUid: cdr.token?.uid,
    billing: cdr.billing,
    reviewReasons: cdr.reviewReasons ?? [],
    resolution: cdr.resolution && { ...cdr.resolution, at: rfc3339(cdr.resolution.at) },
    correction: cdr.correction && correctionView(cdr.correction),
    startTimestamp: rfc3339(cdr.startedAt),
    endTimestamp: rfc3339(cdr.endedAt),
    stopReason: cdr.stopReason,
    currency: cdr.currency,
    energyWh: cdr.energyWh,
    energyKwh: kwh(cdr.energyWh),
    meterStartWh: cdr.meterStartWh,
    meterStopWh: cdr.meterStopWh,
    chargingTimeSeconds: cdr.chargingTimeS,
    parkingTimeSeconds: cdr.parkingTimeS,
    tariffId: cdr.tariff?.tariffId,
    totalCostExclVat: cdr.totalCost.exclVat,
    totalCostInclVat: cdr.totalCost.inclVat,
    totalCost: cdr.totalCost,
    totalEnergyCost: cdr.totalEnergyCost,
    totalTimeCost: cdr.totalTimeCost,
    totalParkingCost: cdr.totalParkingCost,
    totalFixedCost: cdr.totalFixedCost,
    totalReservationCost: cdr.totalReservationCost,
    readings: readingViews(cdr),
    periods: cdr.periods.map(periodView),
    signedValues: cdr.signed ?? [],
    lines: cdr.lines.map(lineView),
    explanation: cdr.explanation,
    createdAt: rfc3339(cdr.createdAt),
  };
}

function correctionView({ startedAt, endedAt, ...rest }: Correction): Record<string, unknown> {
  return {
    ...rest,
    ...(startedAt === undefined ? {} : { startedAt: rfc3339(startedAt) }),
    ...(endedAt === undefined ? {} : { endedAt: rfc3339(endedAt) }),
  };
}

function readingViews({ readings = {} }: Cdr): Record<string, unknown>[] {
  const { begin, end } = readings;
  const view = ({ at, energyWh, source, insteadOfZero = false }: BillingReading, isEnd: boolean) => ({
    isEnd,
    at: rfc3339(at),
    energyWh,
    source,
    insteadOfZero,
  });
  return [...(begin ? [view(begin, false)] : []), ...(end ? [view(end, true)] : [])];
}

/** Periods hold thousandths of a Wh. */
function periodView({ startedAt, endedAt, activity, energyWh }: RatedPeriod): Record<string, unknown> {
  return {
    startTimestamp: rfc3339(startedAt),
    endTimestamp: rfc3339(endedAt),
    activity,
    energyKwh: toText(scaleByTen(decimal(energyWh), -3)),
  };
}

function lineView(line: RatedLine): Record<string, unknown> {
  return {
    type: line.type,
    element: line.element,
    component: line.component,
    unitPrice: line.unitPrice,
    vat: line.vat,
    measured: line.measured,
    billed: line.billed,
    costExclVat: line.cost.exclVat,
    costInclVat: line.cost.inclVat,
    cost: line.cost,
  };
}

/** Integer Wh as exact kWh text, without a float in between. */
export function kwh(energyWh: number): string {
  const sign = energyWh < 0 ? '-' : '';
  const digits = String(Math.abs(energyWh)).padStart(4, '0');
  const fraction = digits.slice(-3).replace(/0+$/, '');
  return `${sign}${digits.slice(0, -3)}${fraction === '' ? '' : `.${fraction}`}`;
}
