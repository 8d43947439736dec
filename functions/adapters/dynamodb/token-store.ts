import * as z from 'zod';
import type { Token } from '#core/tokens/token.ts';
import type { TokenStore } from '#core/tokens/token-store.ts';
import { itemReader } from './items.ts';
import { listKind } from './registry-list.ts';
import { getItem, getItems, transact } from './requests.ts';
import { text, tokenType, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { changeTold } from './token-changes.ts';
import { putNew, Update } from './update.ts';

const tokenSchema = z.object({
  uid: text,
  visualId: text,
  tokenType,
  groupId: text.exactOptional(),
  userId: text.exactOptional(),
  active: z.boolean(),
  blocked: z.boolean(),
  blockedReason: text.exactOptional(),
  expiresAt: whole.exactOptional(),
  restrictions: z
    .object({
      stationIds: z.array(text).exactOptional(),
      locationIds: z.array(text).exactOptional(),
      evseIds: z.array(whole).exactOptional(),
      validFrom: whole.exactOptional(),
      hours: z
        .array(z.object({ days: z.array(whole).exactOptional(), from: text, to: text }))
        .exactOptional(),
    })
    .exactOptional(),
  maxOpenSessions: whole.exactOptional(),
  priority: whole.exactOptional(),
  language: text.exactOptional(),
  message: text.exactOptional(),
  createdAt: whole,
  updatedAt: whole,
  revision: whole,
}) satisfies z.ZodType<Token>;

const readToken = itemReader<Token>('token', tokenSchema);
const attributeNames = Object.keys(tokenSchema.shape) as readonly (keyof Token)[];

/** Tokens of one tenant, in the registry, by folded uid. A token is read strongly: a block counts at once. */
export function tokenStore(context: StoreContext): TokenStore {
  const { client, keys } = context;
  const table = context.tables.registry;
  return {
    async findToken(uid) {
      const item = await getItem(client, table, keys.token(uid));
      return item && readToken(item);
    },

    async findTokens(uids) {
      return (await getItems(client, table, uids.map(keys.token))).map(readToken);
    },

    listTokens(page) {
      return listKind(context, { name: 'tokens', partition: keys.tokens, read: readToken }, page);
    },

    async createToken(token) {
      const item = { ...token, byKindPk: keys.tokens, byKindSk: token.uid };
      const result = await transact(client, [
        { Put: putNew(table, keys.token(token.uid), item) },
        changeTold(context, token),
      ]);
      return result === 'done' ? 'created' : 'exists';
    },

    async replaceToken(token) {
      const change = new Update();
      for (const name of attributeNames) change.set(name, token[name]);
      change.when(`${change.name('revision')} = ${change.value(token.revision - 1)}`);
      const result = await transact(client, [
        { Update: change.for(table, keys.token(token.uid)) },
        changeTold(context, token),
      ]);
      return result === 'done' ? 'replaced' : 'changed-meanwhile';
    },
  };
}
