import * as z from 'zod';
import type { AnalyticsQuery } from '#core/analytics/counted-days.ts';
import { revenueAnalytics } from '#core/analytics/revenue-analytics.ts';
import { sessionAnalytics } from '#core/analytics/session-analytics.ts';
import { stationUtilization } from '#core/analytics/station-utilization.ts';
import { type AdminRequest, moment, type Route, readBody, readers, rfc3339 } from './route.ts';

const asked = z.object({
  from: moment,
  to: moment,
  /** Separated by commas. */
  stationIds: z
    .string()
    .transform((text) => text.split(',').filter((stationId) => stationId !== ''))
    .optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'a currency is three letters (ISO 4217)')
    .optional(),
});

export const analyticsRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/analytics/sessions',
    summary:
      'Sessions, energy, use and faults on the local days that from and to touch; each of stationIds apart.',
    roles: readers,
    async handle(request, services) {
      return { body: await sessionAnalytics(services, queryOf(request)) };
    },
  },
  {
    method: 'GET',
    path: '/analytics/revenue',
    summary:
      'What CDRs billed for sessions of the local days that from and to touch, in currency, else the tenant’s own.',
    roles: readers,
    async handle(request, services) {
      const { currency } = readBody(asked, request.query);
      const chosen = currency === undefined ? {} : { currency };
      return { body: await revenueAnalytics(services, { ...queryOf(request), ...chosen }) };
    },
  },
  {
    method: 'GET',
    path: '/analytics/utilization',
    summary:
      'How much stations were in use on the local days that from and to touch: stationIds, else all of up to 100.',
    roles: readers,
    async handle(request, services) {
      const stations = await stationUtilization(services, queryOf(request));
      const items = stations.map((one) => ({ ...one, from: rfc3339(one.from), to: rfc3339(one.to) }));
      return { body: { items } };
    },
  },
];

function queryOf({ query }: AdminRequest): AnalyticsQuery {
  const { from, to, stationIds } = readBody(asked, query);
  return {
    period: { from, to },
    ...(stationIds === undefined ? {} : { stationIds }),
    inputs: { period: 'to', stationIds: 'stationIds' },
  };
}
