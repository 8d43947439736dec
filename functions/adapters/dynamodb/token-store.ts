import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import type { Token } from '#core/tokens/token.ts';
import type { TokenStore, TokenWrite } from '#core/tokens/token-store.ts';
import { tokenTold } from './change-notes.ts';
import { itemReader, toAttributes } from './items.ts';
import { tokenPrefix } from './keys.ts';
import { isSortText, pageLimit, positionIn, toCursor } from './pages.ts';
import { readStretch } from './queries.ts';
import { listKind } from './registry-list.ts';
import { getItem, getItems, type Refusal, transact } from './requests.ts';
import { text, tokenForm, tokenType, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { tables } from './tables.ts';
import { keyAttributes, putNew, Update } from './update.ts';

const tokenSchema = z.object({
  uid: text,
  visualId: text,
  tokenType,
  form: tokenForm.exactOptional(),
  groupId: text.exactOptional(),
  userId: text.exactOptional(),
  partnerId: text.exactOptional(),
  active: z.boolean(),
  blocked: z.boolean(),
  blockedReason: text.exactOptional(),
  holderStatus: z.enum(['BLOCKED', 'DELETED']).exactOptional(),
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
const readHolding = itemReader('token of a user', z.object({ uid: text }));
const attributeNames = Object.keys(tokenSchema.shape) as readonly (keyof Token)[];

/** Tokens of one tenant, in the registry, by folded uid. A token is read strongly: a block counts at once. */
export function tokenStore(context: StoreContext): TokenStore {
  const { client, keys } = context;
  const table = context.tables.registry;
  const findToken: TokenStore['findToken'] = async (uid) => {
    const item = await getItem(client, table, keys.token(uid));
    return item && readToken(item);
  };
  const findTokens: TokenStore['findTokens'] = async (uids) =>
    (await getItems(client, table, uids.map(keys.token))).map(readToken);
  return {
    findToken,
    findTokens,

    listTokens(page) {
      return listKind(context, { name: 'tokens', partition: keys.tokens, read: readToken }, page);
    },

    async listTokensOfUser(userId, page) {
      const name = 'tokens of a user';
      const position = positionIn(page.cursor, context.tenantId, name, isSortText);
      const { items, next } = await readStretch(client, {
        table,
        declaration: tables.registry,
        partition: keys.tokensOfUser(userId),
        from: tokenPrefix,
        // The next character after `#`: the end of everything that starts with the prefix.
        to: 'TOKEN$',
        ...(position === undefined ? {} : { after: position }),
        newestFirst: false,
        limit: pageLimit(page),
        consistent: true,
      });
      const found = await findTokens(items.map((item) => readHolding(item).uid));
      const cursor = next === undefined ? {} : { cursor: toCursor(context.tenantId, name, next) };
      return { items: found.filter((token) => token.userId === userId), ...cursor };
    },

    async createToken(token, options) {
      const item = { ...token, byKindPk: keys.tokens, byKindSk: token.uid };
      const result = await transact(client, [
        { Put: putNew(table, keys.token(token.uid), item) },
        tokenTold(context, token),
        ...held(context, token, undefined, options),
      ]);
      return outcomeOf(result, { done: 'created', refused: 'exists' });
    },

    async replaceToken(token, options) {
      const before = await findToken(token.uid);
      if (before?.revision !== token.revision - 1) return 'changed-meanwhile';
      const change = new Update();
      for (const name of attributeNames) change.set(name, token[name]);
      change.when(`${change.name('revision')} = ${change.value(token.revision - 1)}`);
      const result = await transact(client, [
        { Update: change.for(table, keys.token(token.uid)) },
        tokenTold(context, token),
        ...held(context, token, before, options),
      ]);
      return outcomeOf(result, { done: 'replaced', refused: 'changed-meanwhile' });
    },
  };
}

/**
 * The part of a token's write that keeps whose it is, beside the user: what a user has is asked when the user is blocked,
 * and nothing may be missed then. So who gives a token to a user writes on the user, too, and one of the two comes first.
 */
function held(
  { tables: names, keys }: StoreContext,
  { uid, userId, updatedAt }: Token,
  before: Token | undefined,
  { holderIsActive = false }: TokenWrite = {},
): readonly TransactWriteItem[] {
  const writes: TransactWriteItem[] = [];
  const TableName = names.registry;
  if (userId !== undefined && holderIsActive) {
    const change = new Update().set('tokensChangedAt', updatedAt);
    change.when(`${change.name('status')} = ${change.value('ACTIVE')}`);
    writes.push({ Update: change.for(TableName, keys.user(userId)) });
  }
  if (userId === before?.userId) return writes;
  if (userId !== undefined) {
    const Item = toAttributes({ uid, ...keys.tokenOfUser(userId, uid) });
    writes.push({ Put: { TableName, Item } });
  }
  if (before?.userId !== undefined) {
    writes.push({ Delete: { TableName, Key: keyAttributes(keys.tokenOfUser(before.userId, uid)) } });
  }
  return writes;
}

/** Only the token itself and its user have conditions. */
function outcomeOf<Done, Refused>(
  result: 'done' | readonly Refusal[],
  outcomes: { done: Done; refused: Refused },
): Done | Refused | 'holder-not-active' {
  if (result === 'done') return outcomes.done;
  return result[0]?.failed ? outcomes.refused : 'holder-not-active';
}
