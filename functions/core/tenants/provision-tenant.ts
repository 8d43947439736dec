import { checkRevision } from '../check-revision.ts';
import { DomainError } from '../errors.ts';
import type { Clock, NewId } from '../ports.ts';
import type { Tenant } from './tenant.ts';
import type { TenantDirectory } from './tenant-store.ts';

export interface TenantPorts {
  readonly tenants: TenantDirectory;
  readonly clock: Clock;
}

/** What may be said of a tenant at any time. */
export interface TenantDetails {
  readonly name: string;
  readonly companyName?: string | undefined;
  readonly domain?: string | undefined;
  readonly timeZone: string;
  readonly language?: string | undefined;
  readonly features?: Tenant['features'] | undefined;
  readonly customProperties?: Tenant['customProperties'] | undefined;
}

type CheckedDetails = Pick<
  Tenant,
  'name' | 'companyName' | 'domain' | 'timeZone' | 'language' | 'features' | 'customProperties'
>;

/** What is said of a new tenant. */
export interface NewTenant extends TenantDetails {
  /** From the name when absent. */
  readonly slug?: string;
  readonly tenantType: Tenant['tenantType'];
  readonly countryCode: string;
  readonly partyId: string;
  readonly currency: string;
}

const longestJson = 4_000;

/** Lets a company onto this system, ACTIVE at once. Throws `Validation`, or `Conflict` for a slug that is taken. */
export async function createTenant(
  ports: TenantPorts & { readonly newId: NewId },
  said: NewTenant,
): Promise<Tenant> {
  const { tenantType } = said;
  const slug = said.slug ?? slugOf(said.name);
  check(/^[a-z\d](-?[a-z\d]){0,62}$/.test(slug), 'slug', 'is small letters, digits and single hyphens');
  const countryCode = said.countryCode.trim().toUpperCase();
  const partyId = said.partyId.trim().toUpperCase();
  check(/^[A-Z]{2}$/.test(countryCode), 'countryCode', 'is two letters (ISO 3166)');
  check(/^[A-Z\d]{3}$/.test(partyId), 'partyId', 'is three letters or digits');
  check(/^[A-Z]{3}$/.test(said.currency), 'defaultCurrency', 'is three letters (ISO 4217)');
  const now = ports.clock();
  const tenant: Tenant = {
    tenantId: ports.newId(),
    slug,
    ...checkedDetails(said),
    status: 'ACTIVE',
    tenantType,
    countryCode,
    partyId,
    currency: said.currency,
    createdAt: now,
    updatedAt: now,
    revision: 1,
  };
  if ((await ports.tenants.createTenant(tenant)) === 'created') return tenant;
  throw new DomainError('Conflict', `the slug ${slug} is taken`, 'input.slug');
}

/** What is to change of a tenant: `null` takes away. */
export type TenantPatch = {
  readonly [Name in keyof TenantDetails]?: TenantDetails[Name] | null;
};

/** Changes what is said of a tenant. Throws `NotFound`, `Validation`, or `Conflict`, also for another revision. */
export async function updateTenant(
  ports: TenantPorts,
  tenantId: string,
  patch: TenantPatch,
  expectedRevision?: number,
): Promise<Tenant> {
  const before = await knownTenant(ports, tenantId);
  checkRevision(before, expectedRevision);
  const { companyName, domain, language, features, customProperties, ...kept } = before;
  const details = checkedDetails({
    name: patch.name ?? before.name,
    timeZone: patch.timeZone ?? before.timeZone,
    companyName: changed(patch.companyName, companyName),
    domain: changed(patch.domain, domain),
    language: changed(patch.language, language),
    features: changed(patch.features, features),
    customProperties: changed(patch.customProperties, customProperties),
  });
  return replace(ports, before, { ...kept, ...details });
}

/**
 * Suspends a tenant, lets it work again, or ends it for good. Throws `NotFound`, `Validation`, or `Conflict` for one that
 * was ended.
 */
export async function setTenantStatus(
  ports: TenantPorts,
  { tenantId, status, reason }: { tenantId: string; status: Tenant['status']; reason?: string },
): Promise<Tenant> {
  const { statusReason: _, ...before } = await knownTenant(ports, tenantId);
  if (before.status === 'TERMINATED' && status !== 'TERMINATED') {
    throw new DomainError('Conflict', 'this tenant was ended for good', 'status');
  }
  const why = reason === undefined ? {} : { statusReason: reason };
  return replace(ports, before, { ...before, ...why, status });
}

/** The tenant of this id. Throws `NotFound`. */
export async function knownTenant(
  { tenants }: Pick<TenantPorts, 'tenants'>,
  tenantId: string,
): Promise<Tenant> {
  const tenant = await tenants.findTenant(tenantId);
  if (!tenant) throw new DomainError('NotFound', 'there is no such tenant', 'tenantId');
  return tenant;
}

async function replace({ tenants, clock }: TenantPorts, before: Tenant, change: Tenant): Promise<Tenant> {
  const after: Tenant = { ...change, updatedAt: clock(), revision: before.revision + 1 };
  if ((await tenants.replaceTenant(after, before)) === 'replaced') return after;
  throw new DomainError('Conflict', 'the tenant was changed by somebody else, read it again', 'tenantId');
}

function checkedDetails(said: TenantDetails): CheckedDetails {
  const { companyName, domain, timeZone, language, features, customProperties } = said;
  const name = said.name.trim();
  check(name !== '' && name.length <= 100, 'name', 'has 1 to 100 characters');
  check(isTimeZone(timeZone), 'timezone', 'is a zone such as Europe/Paris');
  check(fits(companyName, /^.{1,100}$/), 'companyName', 'has 1 to 100 characters');
  check(
    fits(domain, /^(?=.{1,253}$)[a-z\d-]+(\.[a-z\d-]+)+$/),
    'domain',
    'is a name such as charging.example',
  );
  check(
    fits(language, /^[A-Za-z]{2,3}(-[A-Za-z\d]{2,8}){0,3}$/),
    'defaultLanguage',
    'is a language such as fr',
  );
  for (const [field, members] of Object.entries({ features, customProperties })) {
    const isShort = members === undefined || JSON.stringify(members).length <= longestJson;
    check(isShort, field, `has at most ${longestJson} characters as JSON`);
  }
  return {
    name,
    timeZone,
    ...(companyName === undefined ? {} : { companyName }),
    ...(domain === undefined ? {} : { domain }),
    ...(language === undefined ? {} : { language }),
    ...(features === undefined ? {} : { features }),
    ...(customProperties === undefined ? {} : { customProperties }),
  };
}

function changed<Value>(said: Value | null | undefined, before: Value | undefined): Value | undefined {
  return said === undefined ? before : (said ?? undefined);
}

function fits(text: string | undefined, form: RegExp): boolean {
  return text === undefined || form.test(text);
}

function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone });
    return true;
  } catch {
    return false;
  }
}

function slugOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase();
  return plain
    .replace(/[^a-z\d]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40)
    .replace(/-$/, '');
}

function check(holds: boolean, field: string, message: string): void {
  if (!holds) throw new DomainError('Validation', `${field} ${message}`, `input.${field}`);
}
