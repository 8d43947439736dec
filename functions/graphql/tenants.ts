import * as z from 'zod';
import { updateTenant as update } from '#core/tenants/provision-tenant.ts';
import type { Tenant } from '#core/tenants/tenant.ts';
import { type Caller, type FieldRequest, readArguments, rfc3339 } from './field-request.ts';
import { firstPage } from './paging.ts';
import type { GraphqlServices } from './services.ts';

type View = Record<string, unknown>;

const tenantFilter = z
  .strictObject({
    status: z.array(z.string()).max(10).nullish(),
    tenantType: z.array(z.string()).max(10).nullish(),
  })
  .nullish();

/** `Query.tenant`: null for any tenant but the caller's own, and but for members of the platform. */
export async function tenant(
  { arguments: args, caller }: FieldRequest,
  { tenantId, tenants: directory }: GraphqlServices,
): Promise<View | null> {
  const { id } = readArguments(z.object({ id: z.string().min(1) }), args);
  const found = id === tenantId || isOfPlatform(caller) ? await directory.findTenant(id) : undefined;
  return found ? tenantView(found) : null;
}

/** `Query.tenants`: the caller's own; for a member of the platform all, as far as a page goes. */
export async function tenants(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<View[]> {
  const { filter } = readArguments(z.object({ filter: tenantFilter }), args);
  const found = isOfPlatform(caller)
    ? (await services.tenants.listTenants()).items.slice(0, firstPage.limit)
    : [await services.findTenant()];
  return found
    .filter(
      ({ status, tenantType }) => isOneOf(filter?.status, status) && isOneOf(filter?.tenantType, tenantType),
    )
    .map(tenantView);
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

function isOfPlatform({ roles }: Caller): boolean {
  return roles.includes('SUPER_ADMIN');
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
