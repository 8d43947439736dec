import type { Page } from '../ports.ts';
import type { Tenant } from './tenant.ts';

/** A program that signs in with its own credentials and acts for one tenant (or for the platform). */
export interface ApiClient {
  readonly clientId: string;
  /** Absent for a program of the platform itself. */
  readonly tenantId?: string;
  readonly roles: readonly string[];
  readonly name: string;
}

/** What is known before a tenant is: the only store that is not bound to one. */
export interface TenantDirectory {
  findTenant(tenantId: string): Promise<Tenant | undefined>;
  findTenantBySlug(slug: string): Promise<Tenant | undefined>;
  /** Adds a tenant, at its first revision; a taken id or slug changes nothing. */
  createTenant(tenant: Omit<Tenant, 'revision'>): Promise<'created' | 'exists'>;
  /**
   * Makes `before` into `after` if nobody changed it since. Id, slug, type, party, currency, default tariff and policy stay.
   */
  replaceTenant(after: Tenant, before: Tenant): Promise<'replaced' | 'changed-meanwhile'>;
  /**
   * All of them, a page at a time (200 when it is not said), in the order of their ids. For work that no tenant asks
   * for, and for the platform's people.
   */
  listTenants(cursor?: string, limit?: number): Promise<Page<Tenant>>;
  findApiClient(clientId: string): Promise<ApiClient | undefined>;
  saveApiClient(client: ApiClient): Promise<void>;
}
