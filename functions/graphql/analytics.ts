import * as z from 'zod';
import type { AnalyticsQuery, Period } from '#core/analytics/counted-days.ts';
import { type RevenueTotals, revenueAnalytics as revenueOf } from '#core/analytics/revenue-analytics.ts';
import { type SessionTotals, sessionAnalytics as sessionsOf } from '#core/analytics/session-analytics.ts';
import {
  type StationUtilization,
  stationUtilization as utilizationOf,
} from '#core/analytics/station-utilization.ts';
import { dateTime, type FieldRequest, readArguments, rfc3339 } from './field-request.ts';
import type { GraphqlServices } from './services.ts';

type View = Record<string, unknown>;

const period = z.strictObject({ from: dateTime, to: dateTime });
const stationIds = z.array(z.string().min(1)).nullish();
const currency = z.string().regex(/^[A-Z]{3}$/, 'a currency is three letters (ISO 4217)');

const sessionsAsked = z.strictObject({ filter: z.strictObject({ period, stationIds }) });
const revenueAsked = z.strictObject({
  filter: z.strictObject({ period, stationIds, currency: currency.nullish() }),
});
const utilizationAsked = z.strictObject({ period, stationIds });

/** `Query.sessionAnalytics`. */
export async function sessionAnalytics(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const { filter } = readArguments(sessionsAsked, args);
  const { days, stations, ...totals } = await sessionsOf(services, queryOf(filter, 'filter.'));
  return {
    ...sessionView(totals),
    days: days.map(({ date, ...day }) => ({ date, ...sessionView(day) })),
    stations: stations?.map(({ stationId, ...station }) => ({ stationId, ...sessionView(station) })) ?? null,
  };
}

/** `Query.revenueAnalytics`. */
export async function revenueAnalytics(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const { filter } = readArguments(revenueAsked, args);
  const chosen = filter.currency == null ? {} : { currency: filter.currency };
  const revenue = await revenueOf(services, { ...queryOf(filter, 'filter.'), ...chosen });
  return {
    currency: revenue.currency,
    ...revenueView(revenue),
    days: revenue.days.map((day) => ({ date: day.date, ...revenueView(day) })),
    currencies: revenue.currencies.map((one) => ({ currency: one.currency, ...revenueView(one) })),
    stations: revenue.stations?.map((one) => ({ stationId: one.stationId, ...revenueView(one) })) ?? null,
  };
}

/** `Query.stationUtilization`. */
export async function stationUtilization(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View[]> {
  const asked = readArguments(utilizationAsked, args);
  return (await utilizationOf(services, queryOf(asked, ''))).map(utilizationView);
}

function queryOf(
  asked: { readonly period: Period; readonly stationIds?: readonly string[] | null | undefined },
  under: string,
): AnalyticsQuery {
  return {
    period: asked.period,
    ...(asked.stationIds == null ? {} : { stationIds: asked.stationIds }),
    inputs: { period: `${under}period`, stationIds: `${under}stationIds` },
  };
}

function sessionView({ averageDurationS, averageEnergyWh, ...totals }: SessionTotals): View {
  return {
    sessionsCount: totals.sessionsCount,
    energyKwh: totals.energyWh / 1000,
    averageDurationSeconds: averageDurationS ?? null,
    averageEnergyKwh: averageEnergyWh === undefined ? null : averageEnergyWh / 1000,
    busySeconds: totals.busyS,
    faultsCount: totals.faultsCount,
  };
}

function revenueView({ exclVat, inclVat, cdrsCount }: RevenueTotals): View {
  return { totalExclVat: exclVat, totalInclVat: inclVat ?? null, cdrsCount };
}

function utilizationView({ from, to, energyWh, busyS, connectorS, ...station }: StationUtilization): View {
  return {
    ...station,
    from: rfc3339(from),
    to: rfc3339(to),
    energyKwh: energyWh / 1000,
    busySeconds: busyS,
    connectorSeconds: connectorS,
  };
}
