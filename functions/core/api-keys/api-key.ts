import type { Page, PageRequest } from '../ports.ts';

/** What a program of a tenant may be: drivers are people, and the platform's programs are nobody's tenant. */
export const apiKeyRoles = ['VIEWER', 'OPERATOR', 'TENANT_ADMIN'] as const;
export type ApiKeyRole = (typeof apiKeyRoles)[number];

/** The credentials of a program that acts for one tenant. Moments in epoch milliseconds. */
export interface ApiKey {
  /** Names the tenant and the key, see `clientIdOf`; what the program's tokens and the trail call it. */
  readonly clientId: string;
  readonly name: string;
  readonly roles: readonly ApiKeyRole[];
  /** Of 256 random bits, which need no salt and no slow hash. */
  readonly secretDigest: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly expiresAt?: number;
  readonly revokedAt?: number;
  readonly revokedBy?: string;
}

/** The keys of one tenant, by client id. */
export interface ApiKeyStore {
  /** Strongly consistent: a revoked key opens nothing from then on. */
  findKey(clientId: string): Promise<ApiKey | undefined>;
  listKeys(page: PageRequest): Promise<Page<ApiKey>>;
  createKey(key: ApiKey): Promise<'created' | 'exists'>;
  /** Gives a key that nobody ended another secret. */
  replaceSecret(clientId: string, secretDigest: string): Promise<'replaced' | 'unknown'>;
  /** Ends a key that nobody ended before; the first end stays. */
  revokeKey(clientId: string, end: { at: number; by: string }): Promise<'revoked' | 'unknown'>;
}

const shape = /^key\.([\w-]{1,64})\.[\w-]{1,64}$/;

/** The client id of a tenant's key: it says where to look the key up, before a tenant is known. */
export function clientIdOf(tenantId: string, keyId: string): string {
  const clientId = `key.${tenantId}.${keyId}`;
  if (!shape.test(clientId)) throw new Error(`no client id can be made of ${tenantId} and ${keyId}`);
  return clientId;
}

/** The tenant that a client id names, which need not be there; `undefined` for what is no client id of a key. */
export function tenantOfClientId(clientId: string): string | undefined {
  return shape.exec(clientId)?.[1];
}

/** Whether a key opens anything at this moment. */
export function isInForce({ expiresAt, revokedAt }: ApiKey, now: number): boolean {
  return revokedAt === undefined && (expiresAt === undefined || now < expiresAt);
}
