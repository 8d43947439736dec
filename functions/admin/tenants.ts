import * as z from 'zod';
import { DomainError } from '#core/errors.ts';
import { createTenant, knownTenant, setTenantStatus, updateTenant } from '#core/tenants/provision-tenant.ts';
import type { Tenant } from '#core/tenants/tenant.ts';
import type { TenantDirectory } from '#core/tenants/tenant-store.ts';
import { parameter, type Route, readBody, rfc3339 } from './route.ts';

/** So many tenants are looked through for a list; a system with more needs an index for it. */
const mostTenants = 10_000;

const text = z.string();
const statuses = z.enum(['ACTIVE', 'SUSPENDED', 'TERMINATED', 'PENDING_ACTIVATION']);
const members = z.record(text, z.json());

const settingsShape = z.strictObject({
  timezone: text.default('UTC'),
  defaultCurrency: text.default('EUR'),
  defaultLanguage: text.exactOptional(),
  features: members.exactOptional(),
  customProperties: members.exactOptional(),
});

const tenantShape = z.strictObject({
  name: text,
  slug: text.exactOptional(),
  domain: text.exactOptional(),
  companyName: text.exactOptional(),
  tenantType: z.enum(['CPO', 'MSP', 'HUB', 'SAAS_PROVIDER', 'HYBRID']),
  countryCode: text,
  partyId: text,
  settings: settingsShape.prefault({}),
});

const patchShape = z.strictObject({
  name: text.exactOptional(),
  domain: text.nullable().exactOptional(),
  companyName: text.nullable().exactOptional(),
  settings: z
    .strictObject({
      timezone: text.exactOptional(),
      defaultLanguage: text.nullable().exactOptional(),
      features: members.nullable().exactOptional(),
      customProperties: members.nullable().exactOptional(),
    })
    .prefault({}),
});

const statusShape = z.strictObject({ status: statuses, reason: text.max(200).exactOptional() });

const listShape = z.object({
  page: z.coerce.number().int().min(0).default(0),
  size: z.coerce.number().int().min(1).max(200).default(20),
  search: text.exactOptional(),
  status: statuses.exactOptional(),
});

/** The tenants of the platform, for its own people alone. */
export const tenantRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/admin/tenants',
    summary:
      'The tenants, newest first, by page (from 0) and size (20); by status, and by search in name, slug and company.',
    roles: ['SUPER_ADMIN'],
    ofPlatform: true,
    async handle({ query }, { tenants }) {
      const read = listShape.safeParse(query);
      if (!read.success) {
        const [issue] = read.error.issues;
        throw new DomainError('Validation', issue?.message ?? 'invalid', issue?.path.join('.') ?? '');
      }
      const { page, size, search = '', status } = read.data;
      const all = (await allTenants(tenants))
        .filter((tenant) => (status === undefined || tenant.status === status) && isFound(tenant, search))
        .sort((one, other) => other.createdAt - one.createdAt || (one.tenantId < other.tenantId ? 1 : -1));
      const content = all.slice(page * size, (page + 1) * size).map(tenantView);
      const totals = { totalElements: all.length, totalPages: Math.ceil(all.length / size) };
      return { body: { content, page, size, ...totals } };
    },
  },
  {
    method: 'POST',
    path: '/admin/tenants',
    summary:
      'Lets a company onto the platform; its slug, which stations connect with, is made of its name unless given.',
    roles: ['SUPER_ADMIN'],
    ofPlatform: true,
    async handle(request, services) {
      const { settings, ...said } = readBody(tenantShape, request.body);
      const { timezone, defaultCurrency, defaultLanguage, ...rest } = settings;
      const tenant = await createTenant(services, {
        ...said,
        ...rest,
        timeZone: timezone,
        currency: defaultCurrency,
        ...(defaultLanguage === undefined ? {} : { language: defaultLanguage }),
      });
      return { status: 201, body: tenantView(tenant) };
    },
  },
  {
    method: 'GET',
    path: '/admin/tenants/{tenantId}',
    summary: 'One tenant.',
    roles: ['SUPER_ADMIN'],
    ofPlatform: true,
    handle: async (request, services) => ({
      body: tenantView(await knownTenant(services, parameter(request, 'tenantId'))),
    }),
  },
  {
    method: 'PATCH',
    path: '/admin/tenants/{tenantId}',
    summary: 'Changes what the body names, null takes away. Type, party, currency and slug stay.',
    roles: ['SUPER_ADMIN'],
    ofPlatform: true,
    async handle(request, services) {
      const { settings, ...said } = readBody(patchShape, request.body);
      const { timezone, defaultLanguage, ...rest } = settings;
      const patch = {
        ...said,
        ...rest,
        ...(timezone === undefined ? {} : { timeZone: timezone }),
        ...(defaultLanguage === undefined ? {} : { language: defaultLanguage }),
      };
      return { body: tenantView(await updateTenant(services, parameter(request, 'tenantId'), patch)) };
    },
  },
  {
    method: 'PUT',
    path: '/admin/tenants/{tenantId}/status',
    summary:
      'Suspends a tenant, lets it work again, or ends it: its people get no more access, its stations no new connections.',
    roles: ['SUPER_ADMIN'],
    ofPlatform: true,
    async handle(request, services) {
      const said = readBody(statusShape, request.body);
      const tenantId = parameter(request, 'tenantId');
      return { body: tenantView(await setTenantStatus(services, { tenantId, ...said })) };
    },
  },
];

async function allTenants(tenants: TenantDirectory): Promise<readonly Tenant[]> {
  const all: Tenant[] = [];
  let cursor: string | undefined;
  do {
    const page = await tenants.listTenants(cursor);
    all.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined && all.length < mostTenants);
  if (cursor === undefined) return all;
  throw new DomainError('TooLarge', `this list holds at most ${mostTenants} tenants`);
}

function isFound({ name, slug, companyName = '' }: Tenant, search: string): boolean {
  const wanted = search.trim().toLowerCase();
  return [name, slug, companyName].some((one) => one.toLowerCase().includes(wanted));
}

function tenantView({ timeZone, currency, language, features, customProperties, ...tenant }: Tenant) {
  const { policy: _, defaultTariffId: __, createdAt, updatedAt, tenantId, ...rest } = tenant;
  return {
    id: tenantId,
    ...rest,
    settings: {
      timezone: timeZone,
      defaultCurrency: currency,
      ...(language === undefined ? {} : { defaultLanguage: language }),
      ...(features === undefined ? {} : { features }),
      ...(customProperties === undefined ? {} : { customProperties }),
    },
    createdAt: rfc3339(createdAt),
    updatedAt: rfc3339(updatedAt),
  };
}
