import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { Tenant } from '#core/tenants/tenant.ts';
import type { ApiClient, TenantDirectory } from '#core/tenants/tenant-store.ts';
import { itemReader } from './items.ts';
import { lookupKeys } from './keys.ts';
import { badCursor, isSortText, mostPerPage, pageLimit } from './pages.ts';
import { readStretch } from './queries.ts';
import { getItem, transact, update } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { TableNames } from './store-context.ts';
import { tables as declarations } from './tables.ts';
import { tenantPolicy } from './tenant-policy-store.ts';
import { putNew, Update } from './update.ts';

const tenantSchema = z.object({
  tenantId: text,
  slug: text,
  name: text,
  status: z.enum(['ACTIVE', 'SUSPENDED', 'TERMINATED', 'PENDING_ACTIVATION']),
  statusReason: text.exactOptional(),
  companyName: text.exactOptional(),
  domain: text.exactOptional(),
  language: text.exactOptional(),
  features: z.record(text, z.unknown()).exactOptional(),
  customProperties: z.record(text, z.unknown()).exactOptional(),
  tenantType: z.enum(['CPO', 'MSP', 'HUB', 'SAAS_PROVIDER', 'HYBRID']),
  countryCode: text,
  partyId: text,
  currency: text,
  timeZone: text,
  defaultTariffId: text.exactOptional(),
  policy: tenantPolicy.exactOptional(),
  createdAt: whole,
  updatedAt: whole,
  // Tenants from before their changes were counted have none.
  revision: whole.default(1),
}) satisfies z.ZodType<Tenant>;

const apiClientSchema = z.object({
  clientId: text,
  tenantId: text.exactOptional(),
  roles: z.array(text),
  name: text,
}) satisfies z.ZodType<ApiClient>;

/** The rest never changes, or is written by those who decide it. */
const replaced = [
  'name',
  'status',
  'statusReason',
  'companyName',
  'domain',
  'language',
  'features',
  'customProperties',
  'timeZone',
  'updatedAt',
  'revision',
] as const satisfies readonly (keyof Tenant)[];

const readTenant = itemReader<Tenant>('tenant', tenantSchema);
const readSlug = itemReader('slug', z.object({ tenantId: text }));
const readApiClient = itemReader<ApiClient>('API client', apiClientSchema);

/** Tenants and API clients, which are found before a tenant is known. */
export function tenantDirectory(
  client: DynamoDBClient,
  tables: Pick<TableNames, 'registry'>,
): TenantDirectory {
  const table = tables.registry;
  const findTenant = async (tenantId: string) => {
    const item = await getItem(client, table, lookupKeys.tenant(tenantId));
    return item && readTenant(item);
  };
  return {
    findTenant,

    async findTenantBySlug(slug) {
      const item = await getItem(client, table, lookupKeys.slug(slug));
      return item && findTenant(readSlug(item).tenantId);
    },

    async createTenant(tenant) {
      const { tenantId, slug } = tenant;
      const listed = { byKindPk: lookupKeys.tenants, byKindSk: tenantId };
      const result = await transact(client, [
        { Put: putNew(table, lookupKeys.tenant(tenantId), { ...tenant, revision: 1, ...listed }) },
        { Put: putNew(table, lookupKeys.slug(slug), { tenantId }) },
      ]);
      return result === 'done' ? 'created' : 'exists';
    },

    async replaceTenant(after, before) {
      const change = new Update();
      for (const name of replaced) change.set(name, after[name]);
      const revision = change.name('revision');
      change.when(`attribute_exists(${change.name('pk')})`);
      change.when(`attribute_not_exists(${revision}) OR ${revision} = ${change.value(before.revision)}`);
      const { done } = await update(client, change.for(table, lookupKeys.tenant(before.tenantId)));
      return done ? 'replaced' : 'changed-meanwhile';
    },

    async listTenants(after, limit = mostPerPage) {
      if (after !== undefined && !isSortText(after)) throw badCursor();
      const { items, next } = await readStretch(client, {
        table,
        declaration: declarations.registry,
        index: 'byKind',
        partition: lookupKeys.tenants,
        ...(after === undefined ? {} : { after }),
        newestFirst: false,
        limit: pageLimit({ limit }),
      });
      return { items: items.map(readTenant), ...(next === undefined ? {} : { cursor: next }) };
    },

    async findApiClient(clientId) {
      const item = await getItem(client, table, lookupKeys.apiClient(clientId));
      return item && readApiClient(item);
    },

    async saveApiClient({ clientId, tenantId, roles, name }) {
      const change = new Update().setAll({ clientId, tenantId, roles, name });
      await update(client, change.for(table, lookupKeys.apiClient(clientId)));
    },
  };
}
