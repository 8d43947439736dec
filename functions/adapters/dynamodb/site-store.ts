import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { SiteAllocation, SiteLimit, SiteStore } from '#core/smart-charging/site.ts';
import { rateUnit } from './charging-items.ts';
import { itemReader } from './items.ts';
import { listKind } from './registry-list.ts';
import { getItem, update } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { keyAttributes, Update } from './update.ts';

const limitSchema = z.object({
  siteId: text,
  unit: rateUnit,
  limit: z.number(),
  minCurrentA: z.number(),
  stationIds: z.array(text).exactOptional(),
  updatedAt: whole,
}) satisfies z.ZodType<SiteLimit>;

const place = { stationId: text, evseId: whole };

const allocationSchema = z.object({
  version: whole,
  balancedAt: whole,
  limit: z.object({ unit: rateUnit, limit: z.number() }).exactOptional(),
  shares: z.array(z.object({ ...place, sessionId: text, targetTenths: whole, boundTenths: whole })),
  reserves: z.array(
    z.object({
      ...place,
      sessionId: text.exactOptional(),
      tenths: whole,
      reason: z.enum(['OFFLINE', 'NOT_CONTROLLABLE', 'UNKNOWN_EVSE']),
    }),
  ),
  grants: z.array(
    z.object({
      ...place,
      sessionId: text.exactOptional(),
      profileId: whole,
      tenths: whole,
      unit: rateUnit.exactOptional(),
      commandId: text,
      askedAt: whole,
    }),
  ),
}) satisfies z.ZodType<SiteAllocation>;

const readLimit = itemReader<SiteLimit>('limit of a site', limitSchema);
const readAllocation = itemReader<SiteAllocation>('allocation of a site', allocationSchema);
const limitNames = Object.keys(limitSchema.shape) as readonly (keyof SiteLimit)[];

/** The most a tenant's list of limits is read in one go. */
const limitsPerPage = 200;

/** Limits of sites, in the registry, and how they were divided, in `operations`. */
export function siteStore(context: StoreContext): SiteStore {
  const { client, keys, tables } = context;
  return {
    async findSiteLimit(siteId) {
      const item = await getItem(client, tables.registry, keys.siteLimit(siteId));
      return item && readLimit(item);
    },

    async listSiteLimits() {
      const list = { name: 'limits of sites', partition: keys.siteLimits, read: readLimit };
      const limits: SiteLimit[] = [];
      let cursor: string | undefined;
      do {
        const page = await listKind(context, list, {
          limit: limitsPerPage,
          ...(cursor === undefined ? {} : { cursor }),
        });
        limits.push(...page.items);
        cursor = page.cursor;
      } while (cursor !== undefined);
      return limits;
    },

    async saveSiteLimit(limit) {
      const change = new Update();
      for (const name of limitNames) change.set(name, limit[name]);
      change.setAll({ byKindPk: keys.siteLimits, byKindSk: limit.siteId });
      await update(client, change.for(tables.registry, keys.siteLimit(limit.siteId)));
    },

    async deleteSiteLimit(siteId) {
      const Key = keyAttributes(keys.siteLimit(siteId));
      const { Attributes } = await client.send(
        new DeleteItemCommand({ TableName: tables.registry, Key, ReturnValues: 'ALL_OLD' }),
      );
      return Attributes === undefined ? 'absent' : 'deleted';
    },

    async findAllocation(group) {
      const item = await getItem(client, tables.operations, keys.allocation(group));
      return item?.version === undefined ? undefined : readAllocation(item);
    },

    async saveAllocation(group, allocation) {
      const { version, balancedAt, limit, shares, reserves, grants } = allocation;
      const change = new Update().setAll({ version, balancedAt, limit, shares, reserves, grants });
      const kept = change.name('version');
      change.when(version === 1 ? `attribute_not_exists(${kept})` : `${kept} = ${change.value(version - 1)}`);
      const { done } = await update(client, change.for(tables.operations, keys.allocation(group)));
      return done ? 'saved' : 'changed-meanwhile';
    },

    async askBalance(siteId, at) {
      const change = new Update().setAll({ siteId, askedAt: at }).increase('asked');
      await update(client, change.for(tables.operations, keys.allocation({ siteId })));
    },
  };
}
