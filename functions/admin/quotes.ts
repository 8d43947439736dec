import * as z from 'zod';
import { DomainError } from '#core/errors.ts';
import { decimal, divideRounded, scaleByTen, toText } from '#core/tariffs/decimal.ts';
import { type Quote, quoteSession } from '#core/tariffs/quote-session.ts';
import type { RatedLine, RatedPeriod } from '#core/tariffs/rating.ts';
import type { Price } from '#core/tariffs/tariff.ts';
import { type AdminAnswer, type AdminRequest, type Route, readBody, readers, rfc3339 } from './route.ts';
import type { AdminServices } from './services.ts';

const tariffId = z.string().min(1).max(36);
const quoteOrder = z.object({
  /** A tariff of OCPI, or the id of one of ours. */
  tariff: z.unknown().optional(),
  tariff_id: tariffId.nullish(),
  timeZone: z.string('the time zone of the place, of IANA'),
  session: z.looseObject({}, 'a session'),
  /** Beside the session or in it. */
  charging_periods: z.array(z.unknown()).nullish(),
  decimals: z.int().min(0).max(12).exactOptional(),
});

export const quoteRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/tariffs/quote',
    summary:
      'What a session costs under a tariff, and why: tariff (an OCPI 2.2.1 Tariff, or an id) or tariff_id, timeZone, and session with start, end, reservation and charging_periods. Nothing is written.',
    roles: readers,
    onlyReads: true,
    handle: quoteOf,
  },
];

async function quoteOf(request: AdminRequest, services: AdminServices): Promise<AdminAnswer> {
  const order = readBody(quoteOrder, request.body);
  const { tariff, tariff_id, timeZone, charging_periods, decimals } = order;
  if ((tariff == null) === (tariff_id == null)) {
    throw new DomainError(
      'Validation',
      'either a tariff or a tariff_id',
      tariff == null ? 'tariff' : 'tariff_id',
    );
  }
  const { readTariff, readSession } = services.quoteReaders;
  const named = tariff_id ?? tariffId.safeParse(tariff).data;
  const isBeside = charging_periods != null && order.session.charging_periods == null;
  const session = isBeside
    ? readBeside(services, order.session, charging_periods)
    : readSession(order.session, 'session');
  const quote = await quoteSession(services, {
    tariff: named === undefined ? readTariff(tariff, 'tariff') : { tariffId: named },
    timeZone,
    session,
    ...(decimals === undefined ? {} : { decimals }),
  });
  return { body: quoteView(quote) };
}

/** Periods beside the session are read as its own; what is wrong with them is said of where they stood. */
function readBeside(
  { quoteReaders }: AdminServices,
  session: Readonly<Record<string, unknown>>,
  chargingPeriods: readonly unknown[],
): ReturnType<AdminServices['quoteReaders']['readSession']> {
  try {
    return quoteReaders.readSession({ ...session, charging_periods: chargingPeriods }, 'session');
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const field = error.field?.replace(/^session\.charging_periods/, 'charging_periods');
    throw new DomainError(error.code, error.message, field);
  }
}

/** In OCPI's names. Amounts and quantities are exact decimals as text; a part that nothing was billed for is null. */
function quoteView(quote: Quote): Readonly<Record<string, unknown>> {
  const { tariff, reservation } = quote;
  return {
    currency: quote.currency,
    total_cost: priceView(quote.totalCost),
    total_fixed_cost: priceOrNull(quote.totalFixedCost),
    total_energy_cost: priceOrNull(quote.totalEnergyCost),
    total_time_cost: priceOrNull(quote.totalTimeCost),
    total_parking_cost: priceOrNull(quote.totalParkingCost),
    total_reservation_cost: priceOrNull(quote.totalReservationCost),
    total_energy: kilowattHours(quote.periods.reduce((sum, { energyWh }) => sum + energyWh * 1000, 0)),
    total_time: hoursOf(quote.periods.filter(({ activity }) => activity !== 'RESERVED')),
    total_parking_time: hoursOf(quote.periods.filter(({ activity }) => activity === 'PARKING')),
    lines: quote.lines.map(lineView),
    periods: quote.periods.map(periodView),
    explanation: {
      sentences: [...quote.explanation, ...quote.remarks],
      tariff_id: tariff.tariffId,
      reservation: reservation
        ? {
            start: rfc3339(reservation.startedAt),
            end: rfc3339(reservation.endedAt),
            expired: reservation.expired,
          }
        : null,
      rounding: { mode: 'HALF_UP', of: 'LINE', decimals: quote.decimals },
      limits: (quote.limits ?? []).map(({ limit, side, sum, charged }) => ({
        limit: limit === 'minPrice' ? 'min_price' : 'max_price',
        side: side === 'exclVat' ? 'excl_vat' : 'incl_vat',
        sum,
        charged,
      })),
      unpriced: quote.unpriced ?? [],
      remarks: quote.remarks,
    },
  };
}

function priceView({ exclVat, inclVat }: Price): Readonly<Record<string, unknown>> {
  return { excl_vat: exclVat, ...(inclVat === undefined ? {} : { incl_vat: inclVat }) };
}

function priceOrNull(price: Price | undefined): Readonly<Record<string, unknown>> | null {
  return price === undefined ? null : priceView(price);
}

const units = { ENERGY: 'kWh', TIME: 'h', PARKING_TIME: 'h', FLAT: 'session' } as const;

function lineView(line: RatedLine): Readonly<Record<string, unknown>> {
  const { part, type, element, component, unitPrice, vat, measured, billed, step, unrounded } = line;
  return {
    part,
    type,
    element,
    component,
    unit: units[type],
    unit_price: unitPrice,
    vat: vat ?? null,
    measured,
    billed,
    step: step ? { step_size: step.stepSize, added: step.added } : null,
    cost: priceView(line.cost),
    unrounded: priceOrNull(unrounded),
  };
}

function periodView(period: RatedPeriod): Readonly<Record<string, unknown>> {
  return {
    start_date_time: rfc3339(period.startedAt),
    end_date_time: rfc3339(period.endedAt),
    activity: period.activity,
    energy: kilowattHours(period.energyWh * 1000),
    /** Which element of the tariff priced each dimension, from 0. */
    elements: period.elements,
  };
}

function kilowattHours(milliWattHours: number): string {
  return toText(scaleByTen(decimal(Math.round(milliWattHours)), -6));
}

function hoursOf(periods: readonly RatedPeriod[]): string {
  const milliseconds = periods.reduce((sum, { startedAt, endedAt }) => sum + endedAt - startedAt, 0);
  return toText(divideRounded(decimal(milliseconds), decimal(3_600_000), 6));
}
