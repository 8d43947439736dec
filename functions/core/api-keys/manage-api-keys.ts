import { DomainError } from '../errors.ts';
import type { Clock, Digest, NewId } from '../ports.ts';
import { type ApiKey, type ApiKeyRole, type ApiKeyStore, apiKeyRoles, clientIdOf } from './api-key.ts';

export interface ApiKeyPorts {
  readonly tenantId: string;
  readonly apiKeys: ApiKeyStore;
  /** A new secret of at least 256 random bits. */
  readonly newSecret: () => string;
  readonly digest: Digest;
  readonly clock: Clock;
  readonly newId: NewId;
  /** Asked once more with the ids of a former time, whose answer nobody got. */
  readonly isRepeat?: boolean;
}

/** Who asks, and what they may themselves. */
interface Creator {
  readonly subject: string;
  readonly roles: readonly string[];
}

export interface WantedApiKey {
  readonly name: string;
  readonly roles: readonly ApiKeyRole[];
  readonly expiresAt?: number;
}

/**
 * Makes a key and its secret, which is known this once. Throws `NotAllowed` for a role above the creator's own,
 * `Validation` for none or for an end that has passed. Asked once more (`isRepeat`), it gives the key that is there a new
 * secret, for the first one is lost.
 */
export async function createApiKey(
  ports: ApiKeyPorts,
  creator: Creator,
  { name, roles, expiresAt }: WantedApiKey,
): Promise<{ key: ApiKey; secret: string }> {
  const now = ports.clock();
  if (name.trim() === '' || name.length > 100) throw invalid('name', 'is 1 to 100 characters');
  if (roles.length === 0) throw invalid('roles', 'names one role or more');
  if (expiresAt !== undefined && expiresAt <= now) throw invalid('expiresAt', 'lies ahead');
  const above = roles.find((role) => rankOf(role) > Math.max(...creator.roles.map(rankOf)));
  if (above !== undefined) {
    throw new DomainError('NotAllowed', `${above} is more than you may yourself`, 'input.roles');
  }
  const secret = ports.newSecret();
  const key: ApiKey = {
    clientId: clientIdOf(ports.tenantId, ports.newId()),
    name,
    roles: apiKeyRoles.filter((role) => roles.includes(role)),
    secretDigest: ports.digest(secret),
    createdAt: now,
    createdBy: creator.subject,
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
  if ((await ports.apiKeys.createKey(key)) === 'created') return { key, secret };
  const replaced = ports.isRepeat && (await ports.apiKeys.replaceSecret(key.clientId, key.secretDigest));
  const known = replaced === 'replaced' ? await ports.apiKeys.findKey(key.clientId) : undefined;
  if (!known) throw new DomainError('Conflict', 'this key exists already; ask again');
  return { key: known, secret };
}

/** Ends a key: it gets no more tokens. Those it has live on until they expire. Throws `NotFound`. */
export async function revokeApiKey(
  { apiKeys, clock }: Pick<ApiKeyPorts, 'apiKeys' | 'clock'>,
  clientId: string,
  by: string,
): Promise<ApiKey> {
  const ended = await apiKeys.revokeKey(clientId, { at: clock(), by });
  const key = ended === 'unknown' ? undefined : await apiKeys.findKey(clientId);
  if (!key) throw new DomainError('NotFound', 'there is no such API key', 'clientId');
  return key;
}

/** How much a role may; the platform's people are administrators wherever they act. */
function rankOf(role: string): number {
  return role === 'SUPER_ADMIN' ? apiKeyRoles.length : apiKeyRoles.indexOf(role as ApiKeyRole);
}

function invalid(field: string, what: string): DomainError {
  return new DomainError('Validation', `${field} ${what}`, `input.${field}`);
}
