import type { TenantPolicy } from './tenant-policy.ts';

/** A company that runs on this system, alone with its data. Times in epoch milliseconds. */
export interface Tenant {
  readonly tenantId: string;
  /** The name in station URLs: lower case, unique in the system, never changed. */
  readonly slug: string;
  readonly name: string;
  readonly status: 'ACTIVE' | 'SUSPENDED' | 'TERMINATED' | 'PENDING_ACTIVATION';
  /** Why it stands as it does, where that was said. */
  readonly statusReason?: string;
  readonly companyName?: string;
  /** Where the company is on the web. */
  readonly domain?: string;
  /** What its people read (BCP 47). */
  readonly language?: string;
  /** What the platform lets it use. */
  readonly features?: Readonly<Record<string, unknown>>;
  /** What it keeps here for itself. */
  readonly customProperties?: Readonly<Record<string, unknown>>;
  readonly tenantType: 'CPO' | 'MSP' | 'HUB' | 'SAAS_PROVIDER' | 'HYBRID';
  /** ISO 3166 alpha-2 and the party of OCPI. */
  readonly countryCode: string;
  readonly partyId: string;
  readonly currency: string;
  /** IANA zone that a station without a location of its own is in. */
  readonly timeZone: string;
  /** The tariff of connectors that name none. */
  readonly defaultTariffId?: string;
  /** What it decided; the usual where absent. */
  readonly policy?: TenantPolicy;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Grows by one with every change of what is said of it: the fence of concurrent ones. */
  readonly revision: number;
}

/** Whether a tenant's people and programs get no access: its stations work while it is ACTIVE alone. */
export function isClosed({ status }: Pick<Tenant, 'status'>): boolean {
  return status === 'SUSPENDED' || status === 'TERMINATED';
}
