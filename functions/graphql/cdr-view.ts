import type { Cdr } from '#core/cdrs/cdr.ts';
import type { RatedLine } from '#core/tariffs/rating.ts';
import { rfc3339 } from './field-request.ts';

/** A CDR as GraphQL's `ChargeDetailRecord`. Amounts and quantities are exact decimals as text. */
export function cdrView(cdr: Cdr): Record<string, unknown> {
  return {
    id: cdr.cdrId,
    cdrId: cdr.cdrId,
    sessionId: cdr.sessionId,
    stationId: cdr.stationId,
    connectorId: cdr.connector.connectorId,
    evseId: cdr.connector.evseId,
    transactionId: cdr.transactionRef,
    tokenUid: cdr.token?.uid,
    billing: cdr.billing,
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
    lines: cdr.lines.map(lineView),
    explanation: cdr.explanation,
    createdAt: rfc3339(cdr.createdAt),
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
