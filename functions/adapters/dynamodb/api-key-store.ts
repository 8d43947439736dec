import * as z from 'zod';
import { type ApiKey, type ApiKeyStore, apiKeyRoles } from '#core/api-keys/api-key.ts';
import { itemReader } from './items.ts';
import { listKind } from './registry-list.ts';
import { getItem, put, update } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { putNew, Update } from './update.ts';

const apiKeySchema = z.object({
  clientId: text,
  name: text,
  roles: z.array(z.enum(apiKeyRoles)),
  secretDigest: text,
  createdAt: whole,
  createdBy: z.string(),
  expiresAt: whole.exactOptional(),
  revokedAt: whole.exactOptional(),
  revokedBy: z.string().exactOptional(),
}) satisfies z.ZodType<ApiKey>;

const readApiKey = itemReader<ApiKey>('API key', apiKeySchema);

/** API keys of one tenant, in the registry. Ended ones stay: the trail names them. */
export function apiKeyStore(
  context: Omit<StoreContext, 'tables' | 'clock'> & {
    readonly tables: Pick<StoreContext['tables'], 'registry'>;
  },
): ApiKeyStore {
  const { client, keys, tables } = context;
  const table = tables.registry;
  return {
    async findKey(clientId) {
      const item = await getItem(client, table, keys.apiKey(clientId));
      return item && readApiKey(item);
    },

    listKeys(page) {
      return listKind(context, { name: 'API keys', partition: keys.apiKeys, read: readApiKey }, page);
    },

    async createKey(key) {
      const item = { ...key, byKindPk: keys.apiKeys, byKindSk: key.clientId };
      const result = await put(client, putNew(table, keys.apiKey(key.clientId), item));
      return result.done ? 'created' : 'exists';
    },

    async replaceSecret(clientId, secretDigest) {
      const change = new Update().set('secretDigest', secretDigest);
      change.when(`attribute_exists(${change.name('pk')})`);
      change.when(`attribute_not_exists(${change.name('revokedAt')})`);
      const result = await update(client, change.for(table, keys.apiKey(clientId)));
      return result.done ? 'replaced' : 'unknown';
    },

    async revokeKey(clientId, { at, by }) {
      const change = new Update().setIfAbsent('revokedAt', at).setIfAbsent('revokedBy', by);
      change.when(`attribute_exists(${change.name('pk')})`);
      const result = await update(client, change.for(table, keys.apiKey(clientId)));
      return result.done ? 'revoked' : 'unknown';
    },
  };
}
