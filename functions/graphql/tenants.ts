import * as z from 'zod';
import type { Page, PageRequest } from '#core/ports.ts';
import { updateTenant as update } from '#core/tenants/provision-tenant.ts';
import type { Tenant } from '#core/tenants/tenant.ts';
import { type Caller, type FieldRequest, readArguments, rfc3339 } from './field-request.ts';
import { filteredPage } from './filtered-page.ts';
import { pageRequest, pageView, pagingShape, plainList } from './paging.ts';
import type { GraphqlServices } from './services.ts';

type View = Record<string, unknown>;

const tenantFilter = z
  .strictObject({
    status: z.array(z.string()).max(10).nullish(),
    tenantType: z.array(z.string()).max(10).nullish(),
  })
  .nullish();

/**
 * `Query.tenant`: null for any tenant but the caller's. A member of the platform names it, so that the look stands in
 * the trail of the tenant that was looked at.
 */
export async function tenant(
  { arguments: args }: FieldRequest,
  { tenantId, tenants: directory }: GraphqlServices,
): Promise<View | null> {
  const { id } = readArguments(z.object({ id: z.string().min(1) }), args);
  const found = id === tenantId ? await directory.findTenant(id) : undefined;
  return found ? tenantView(found) : null;
}

const tenantList = z.object({ filter: tenantFilter, ...pagingShape });

/** `Query.tenants`: the caller's own; for a member of the platform the first of all. */
export async function tenants(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<View[]> {
  const { filter } = readArguments(tenantList, args);
  const found = await plainList('tenantsPage', (page) => listTenants(services, { caller, filter }, page));
  return found.map(tenantView);
}

/** `Query.tenantsPage`. */
export async function tenantsPage(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const read = readArguments(tenantList, args);
  const page = await listTenants(services, { caller, filter: read.filter }, pageRequest(read));
  return pageView(page, tenantView);
}

/** `SUPER_ADMIN` alone says nothing: only whoever named a tenant that their token does not is of the platform. */
async function listTenants(
  services: GraphqlServices,
  { caller, filter }: { caller: Caller; filter: z.infer<typeof tenantFilter> },
  page: PageRequest,
): Promise<Page<Tenant>> {
  const fits = ({ status, tenantType }: Tenant) =>
    isOneOf(filter?.status, status) && isOneOf(filter?.tenantType, tenantType);
  if (caller.fromPlatform) {
    return filteredPage(({ cursor, limit }) => services.tenants.listTenants(cursor, limit), fits, page);
  }
  return { items: [await services.findTenant()].filter(fits) };
}

const settings = z.record(z.string(), z.json());
const updateInput = z.object({
  version: z.int().nullish(),
  input: z.strictObject({
    name: z.string().exactOptional(),
    companyName: z.string().nullish(),
    domain: z.string().nullish(),
    timezone: z.string().exactOptional(),
    defaultLanguage: z.string().nullish(),
    customProperties: z.preprocess(parsedJson, settings.nullish()),
  }),
});

/** `Mutation.updateTenant`: the caller's own tenant; what is absent stays, `null` takes away. */
export async function updateTenant(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const { input, version } = readArguments(updateInput, args);
  const { timezone, defaultLanguage, customProperties, ...rest } = input;
  const patch = {
    ...rest,
    ...(timezone === undefined ? {} : { timeZone: timezone }),
    ...(defaultLanguage === undefined ? {} : { language: defaultLanguage }),
    ...(customProperties === undefined ? {} : { customProperties }),
  };
  return tenantView(await update(services, services.tenantId, patch, version ?? undefined));
}

/** None: any will do. */
function isOneOf(wanted: readonly string[] | null | undefined, value: string): boolean {
  return wanted == null || wanted.length === 0 || wanted.includes(value);
}

/** JSON arguments come as text or as what the text says. */
function parsedJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** A tenant as GraphQL's `Tenant`. */
function tenantView(found: Tenant): View {
  const { tenantId, slug, name, domain, companyName, tenantType, countryCode, partyId, status } = found;
  const { timeZone, currency, language, features, customProperties, createdAt, updatedAt, revision } = found;
  return {
    ...{ id: tenantId, slug, name, domain, companyName, tenantType, countryCode, partyId, status },
    settings: {
      timezone: timeZone,
      defaultCurrency: currency,
      defaultLanguage: language,
      features,
      customProperties,
    },
    createdAt: rfc3339(createdAt),
    updatedAt: rfc3339(updatedAt),
    version: revision,
  };
}
