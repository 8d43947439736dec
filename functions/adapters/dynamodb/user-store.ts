import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { foldEmail, type User } from '#core/users/user.ts';
import type { Taken, UserQuery, UserStore } from '#core/users/user-store.ts';
import { itemReader } from './items.ts';
import type { Key } from './keys.ts';
import type { Stretch } from './queries.ts';
import { listKind } from './registry-list.ts';
import { getItem, getItems, type Refusal, transact, update } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { RegistryContext } from './store-context.ts';
import { keyAttributes, putNew, Update } from './update.ts';

const userSchema = z.object({
  userId: text,
  email: text.exactOptional(),
  firstName: text.exactOptional(),
  lastName: text.exactOptional(),
  phone: text.exactOptional(),
  language: text.exactOptional(),
  userType: z.enum(['DRIVER', 'OPERATOR', 'ADMINISTRATOR']),
  userGroups: z.array(text),
  roles: z.array(z.enum(['SUPER_ADMIN', 'TENANT_ADMIN', 'OPERATOR', 'VIEWER', 'DRIVER'])),
  status: z.enum(['ACTIVE', 'BLOCKED', 'PENDING', 'DELETED']),
  blockedReason: text.exactOptional(),
  subject: text.exactOptional(),
  lastLoginAt: whole.exactOptional(),
  createdAt: whole,
  updatedAt: whole,
  revision: whole,
}) satisfies z.ZodType<User>;

const readUser = itemReader<User>('user', userSchema);
const readClaim = itemReader('claim of a user', z.object({ userId: text }));

/** The last login is written by sign-ins alone, which come at any time. */
const replaced = Object.keys(userSchema.shape).filter((name) => name !== 'lastLoginAt') as readonly Exclude<
  keyof User,
  'lastLoginAt'
>[];

/**
 * Users of one tenant, in the registry. Addresses and subjects are unique because each stands in an item of its own
 * (`EMAIL`, `SUBJECT`), written and removed in the same transaction as the user.
 */
export function userStore(context: RegistryContext): UserStore {
  const { client, keys } = context;
  const table = context.tables.registry;
  const findUser: UserStore['findUser'] = async (userId) => {
    const item = await getItem(client, table, keys.user(userId));
    return item && readUser(item);
  };
  const findByClaim = async (key: Key) => {
    const item = await getItem(client, table, key);
    return item && findUser(readClaim(item).userId);
  };
  return {
    findUser,

    async findUsers(userIds) {
      return (await getItems(client, table, userIds.map(keys.user))).map(readUser);
    },

    async findUserByEmail(email) {
      const folded = foldEmail(email);
      return folded === '' ? undefined : findByClaim(keys.userByEmail(folded));
    },

    async findUserBySubject(subject) {
      return subject === '' ? undefined : findByClaim(keys.userBySubject(subject));
    },

    listUsers(query, page) {
      const filter = filterOf(query);
      const list = { name: 'users', partition: keys.users, read: readUser };
      return listKind(context, filter === undefined ? list : { ...list, filter }, page);
    },

    async createUser(user) {
      const listed = { byKindPk: keys.users, byKindSk: user.userId };
      const put = { Put: putNew(table, keys.user(user.userId), { ...user, ...listed }) };
      return writeWithClaims(context, put, { after: user }, { done: 'created', refused: 'exists' });
    },

    async replaceUser(after, before) {
      const change = new Update();
      for (const name of replaced) change.set(name, after[name]);
      change.when(`${change.name('revision')} = ${change.value(before.revision)}`);
      const put = { Update: change.for(table, keys.user(before.userId)) };
      const outcomes = { done: 'replaced', refused: 'changed-meanwhile' } as const;
      return writeWithClaims(context, put, { before, after }, outcomes);
    },

    async noteLogin(userId, { at, everyMs }) {
      const change = new Update().set('lastLoginAt', at);
      const last = change.name('lastLoginAt');
      change.when(`attribute_exists(${change.name('pk')})`);
      change.when(`attribute_not_exists(${last}) OR ${last} <= ${change.value(at - everyMs)}`);
      await update(client, change.for(table, keys.user(userId)));
    },
  };
}

async function writeWithClaims<Done, Refused>(
  context: RegistryContext,
  write: TransactWriteItem,
  { before, after }: { before?: User; after: User },
  outcomes: { done: Done; refused: Refused },
): Promise<Done | Refused | Taken> {
  const { client, keys } = context;
  const claims = [
    {
      taken: 'email-taken',
      key: keys.userByEmail,
      was: before?.email && foldEmail(before.email),
      is: after.email && foldEmail(after.email),
    },
    { taken: 'subject-taken', key: keys.userBySubject, was: before?.subject, is: after.subject },
  ] as const;
  const changed = claims.filter(({ was, is }) => was !== is);
  const made = changed.flatMap(({ key, is, taken }) => (is ? [{ key: key(is), taken }] : []));
  const left = changed.flatMap(({ key, was }) => (was ? [key(was)] : []));
  const TableName = context.tables.registry;
  const result = await transact(client, [
    write,
    ...made.map(({ key }) => ({ Put: putNew(TableName, key, { userId: after.userId }) })),
    ...left.map((key) => ({ Delete: { TableName, Key: keyAttributes(key) } })),
  ]);
  if (result === 'done') return outcomes.done;
  const [refused, ...refusals]: readonly Refusal[] = result;
  if (refused?.failed) return outcomes.refused;
  return made[refusals.findIndex(({ failed }) => failed)]?.taken ?? outcomes.refused;
}

/** Values of one field are alternatives, fields add up. */
function filterOf({ statuses, userTypes, createdFrom, lastLoginFrom }: UserQuery): Stretch['filter'] {
  const conditions: string[] = [];
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const alternatives = [
    ['status', statuses],
    ['userType', userTypes],
  ] as const;
  for (const [field, wanted] of alternatives) {
    if (wanted === undefined) continue;
    names[`#${field}`] = field;
    for (const [index, value] of wanted.entries()) values[`:${field}${index}`] = value;
    conditions.push(`#${field} IN (${wanted.map((_, index) => `:${field}${index}`).join(', ')})`);
  }
  const moments = [
    ['createdAt', createdFrom],
    ['lastLoginAt', lastLoginFrom],
  ] as const;
  for (const [field, from] of moments) {
    if (from === undefined) continue;
    names[`#${field}`] = field;
    values[`:${field}`] = from;
    conditions.push(`#${field} >= :${field}`);
  }
  return conditions.length === 0 ? undefined : { expression: conditions.join(' AND '), names, values };
}
