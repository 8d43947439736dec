import * as z from 'zod';
import { DomainError } from '#core/errors.ts';
import { fromTenths } from '#core/smart-charging/charging-profile.ts';
import { endSiteLimit, leastChargingA, setSiteLimit } from '#core/smart-charging/set-site-limit.ts';
import type { SiteAllocation, SiteLimit } from '#core/smart-charging/site.ts';
import { operators, parameter, type Route, readBody, readers, rfc3339 } from './route.ts';

const limitShape = z.object({
  unit: z.enum(['A', 'W']),
  limit: z.number(),
  minCurrentA: z.number().default(leastChargingA),
  stationIds: z.array(z.string().min(1)).min(1).max(500).exactOptional(),
});

export const siteRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/sites/{siteId}/limit',
    summary: 'What the stations of a site may draw together, and how it is divided.',
    roles: readers,
    async handle(request, { sites }) {
      const siteId = parameter(request, 'siteId');
      const [limit, allocation] = await Promise.all([
        sites.findSiteLimit(siteId),
        sites.findAllocation({ siteId }),
      ]);
      if (!limit) throw new DomainError('NotFound', `site ${siteId} has no limit`, 'siteId');
      return {
        body: {
          ...limitView(limit),
          allocation: allocation === undefined ? null : allocationView(allocation),
        },
      };
    },
  },
  {
    method: 'PUT',
    path: '/sites/{siteId}/limit',
    summary:
      'Sets what the stations of a site may draw together: those of the location, or those that are named.',
    roles: operators,
    async handle(request, services) {
      const siteId = parameter(request, 'siteId');
      const saved = await setSiteLimit(services, { siteId, ...readBody(limitShape, request.body) });
      return { body: limitView(saved) };
    },
  },
  {
    method: 'DELETE',
    path: '/sites/{siteId}/limit',
    summary: 'Ends the limit of a site; its stations are asked to forget their shares.',
    roles: operators,
    async handle(request, services) {
      await endSiteLimit(services, parameter(request, 'siteId'));
      return { status: 204 };
    },
  },
];

function limitView({ updatedAt, ...limit }: SiteLimit) {
  return { ...limit, updatedAt: rfc3339(updatedAt) };
}

/** Shares and what is set aside, in the unit of the limit that was divided. */
function allocationView({ version, balancedAt, limit, shares, reserves }: SiteAllocation) {
  return {
    version,
    balancedAt: rfc3339(balancedAt),
    of: limit ?? null,
    shares: shares.map(({ targetTenths, boundTenths, ...share }) => ({
      ...share,
      share: fromTenths(targetTenths),
      mayDraw: fromTenths(boundTenths),
    })),
    reserves: reserves.map(({ tenths, ...reserve }) => ({ ...reserve, reserved: fromTenths(tenths) })),
  };
}
