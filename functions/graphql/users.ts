import * as z from 'zod';
import type { Page, PageRequest } from '#core/ports.ts';
import { openSessionsOf } from '#core/users/open-sessions.ts';
import {
  blockUser as block,
  createUser as create,
  deleteUser as remove,
  unblockUser as unblock,
  updateUser as update,
} from '#core/users/provision-user.ts';
import type { User } from '#core/users/user.ts';
import type { UserQuery } from '#core/users/user-store.ts';
import { dateTime, type FieldRequest, readArguments, rfc3339 } from './field-request.ts';
import { filteredPage } from './filtered-page.ts';
import { inLanes } from './lanes.ts';
import { pageRequest, pageView, pagingShape, plainList } from './paging.ts';
import type { GraphqlServices } from './services.ts';
import { sessionView } from './session-view.ts';
import { tokenView } from './tokens.ts';

type View = Record<string, unknown>;

/** Below one user, so many tokens and sessions are shown; lists with pages give them all. */
const mostTokens = 100;
const mostSessions = 50;

const byId = z.object({ id: z.string().min(1) });

/** `Query.user`: null when the tenant has no such user. */
export async function user({ arguments: args }: FieldRequest, { users }: GraphqlServices) {
  const found = await users.findUser(readArguments(byId, args).id);
  return found ? userView(found) : null;
}

/** `Query.userByEmail`: null when no user of the tenant has this address. */
export async function userByEmail({ arguments: args }: FieldRequest, { users }: GraphqlServices) {
  const { email } = readArguments(z.object({ email: z.string().max(254) }), args);
  const found = await users.findUserByEmail(email);
  return found ? userView(found) : null;
}

const statuses = ['ACTIVE', 'BLOCKED', 'PENDING', 'DELETED'] as const;
const userTypes = ['DRIVER', 'OPERATOR', 'ADMINISTRATOR'] as const;
const roles = ['SUPER_ADMIN', 'TENANT_ADMIN', 'OPERATOR', 'VIEWER', 'DRIVER'] as const;

const userFilter = z
  .strictObject({
    status: z.array(z.enum(statuses)).max(10).nullish(),
    userTypes: z.array(z.enum(userTypes)).max(10).nullish(),
    createdAfter: dateTime.nullish(),
    lastLoginAfter: dateTime.nullish(),
    hasActiveSessions: z.boolean().nullish(),
  })
  .nullish();
type UserFilter = z.infer<typeof userFilter>;

const userList = z.object({ filter: userFilter, ...pagingShape });

/** `Query.users`: the first page, oldest first. */
export async function users({ arguments: args }: FieldRequest, services: GraphqlServices): Promise<View[]> {
  const { filter } = readArguments(userList, args);
  return (await plainList('usersPage', (page) => listUsers(services, filter, page))).map(userView);
}

/** `Query.usersPage`. */
export async function usersPage({ arguments: args }: FieldRequest, services: GraphqlServices): Promise<View> {
  const read = readArguments(userList, args);
  return pageView(await listUsers(services, read.filter, pageRequest(read)), userView);
}

/** By what is kept of users on the table; whose sessions run is looked up for those that fit. */
async function listUsers(
  services: GraphqlServices,
  filter: UserFilter,
  page: PageRequest,
): Promise<Page<User>> {
  const query = queryOf(filter);
  const wanted = filter?.hasActiveSessions;
  if (wanted == null) return services.users.listUsers(query, page);
  const list = async (one: PageRequest): Promise<Page<readonly [User, boolean]>> => {
    const found = await services.users.listUsers(query, one);
    const open = await openSessionsOf(
      services,
      found.items.map(({ userId }) => userId),
    );
    return { ...found, items: found.items.map((item) => [item, open.has(item.userId)] as const) };
  };
  const found = await filteredPage(list, ([, isCharging]) => isCharging === wanted, page);
  return { ...found, items: found.items.map(([item]) => item) };
}

/** No values of a field: any will do. Who is deleted is listed only when asked for. */
function queryOf(filter: UserFilter): UserQuery {
  const { status, userTypes: types, createdAfter, lastLoginAfter } = filter ?? {};
  return {
    statuses: status?.length ? status : statuses.filter((one) => one !== 'DELETED'),
    ...(types?.length ? { userTypes: types } : {}),
    ...(createdAfter == null ? {} : { createdFrom: createdAfter }),
    ...(lastLoginAfter == null ? {} : { lastLoginFrom: lastLoginAfter }),
  };
}

const optional = z.string().nullish();
const createInput = z.object({
  input: z.strictObject({
    email: z.string(),
    firstName: optional,
    lastName: optional,
    phone: optional,
    language: optional,
    subject: optional,
    userType: z.enum(userTypes),
    userGroups: z.array(z.string()).nullish(),
    roles: z.array(z.enum(roles)).nullish(),
    status: z.enum(['ACTIVE', 'PENDING'], { error: 'a new user is ACTIVE or PENDING' }).nullish(),
  }),
});

/** `Mutation.createUser`. */
export async function createUser({ arguments: args, caller }: FieldRequest, services: GraphqlServices) {
  const { input } = readArguments(createInput, args);
  const { email, userType, userGroups, status } = input;
  const { firstName, lastName, phone, language, subject } = input;
  const created = await create(
    services,
    {
      email,
      userType,
      ...(firstName == null ? {} : { firstName }),
      ...(lastName == null ? {} : { lastName }),
      ...(phone == null ? {} : { phone }),
      ...(language == null ? {} : { language }),
      ...(subject == null ? {} : { subject }),
      ...(userGroups == null ? {} : { userGroups }),
      ...(input.roles == null ? {} : { roles: input.roles }),
      ...(status == null ? {} : { status }),
    },
    caller,
  );
  return userView(created);
}

const updateInput = byId.extend({
  version: z.int().nullish(),
  input: z.strictObject({
    email: z.string().exactOptional(),
    firstName: z.string().nullable().exactOptional(),
    lastName: z.string().nullable().exactOptional(),
    phone: z.string().nullable().exactOptional(),
    language: z.string().nullable().exactOptional(),
    subject: z.string().nullable().exactOptional(),
    userType: z.enum(userTypes).exactOptional(),
    userGroups: z.array(z.string()).exactOptional(),
    roles: z.array(z.enum(roles)).exactOptional(),
  }),
});

/** `Mutation.updateUser`: what is absent stays, `null` takes away. */
export async function updateUser({ arguments: args, caller }: FieldRequest, services: GraphqlServices) {
  const { id: userId, input: patch, version } = readArguments(updateInput, args);
  const changed = await update(
    services,
    { userId, patch, ...(version == null ? {} : { revision: version }) },
    caller,
  );
  return userView(changed);
}

/** `Mutation.deleteUser`. */
export async function deleteUser({ arguments: args, caller }: FieldRequest, services: GraphqlServices) {
  await remove(services, readArguments(byId, args).id, caller);
  return true;
}

/** `Mutation.blockUser`. */
export async function blockUser({ arguments: args, caller }: FieldRequest, services: GraphqlServices) {
  const { id, reason } = readArguments(byId.extend({ reason: z.string().max(200).nullish() }), args);
  return userView(await block(services, { userId: id, ...(reason == null ? {} : { reason }) }, caller));
}

/** `Mutation.unblockUser`. */
export async function unblockUser({ arguments: args, caller }: FieldRequest, services: GraphqlServices) {
  return userView(await unblock(services, readArguments(byId, args).id, caller));
}

/** `User.authTokens`, many at once: the first of each, by uid. */
export async function tokensOfUsers(
  requests: readonly FieldRequest[],
  { tokens }: GraphqlServices,
): Promise<View[][]> {
  return inLanes(requests, async ({ source }) => {
    const page = await tokens.listTokensOfUser(String(source?.userId), { limit: mostTokens });
    return page.items.map(tokenView);
  });
}

/** `User.sessions`, many at once: the latest of each. */
export async function sessionsOfUsers(
  requests: readonly FieldRequest[],
  { sessions }: GraphqlServices,
): Promise<View[][]> {
  return inLanes(requests, async ({ source }) => {
    const userId = String(source?.userId);
    const page = await sessions.listSessions({ userId }, { limit: mostSessions });
    return page.items.map(sessionView);
  });
}

/** `ChargingSession.user`, many at once: null where the token was nobody's. */
export async function usersOfSessions(
  requests: readonly FieldRequest[],
  services: GraphqlServices,
): Promise<(View | null)[]> {
  const ids = requests.map(({ source }) => source?.userId);
  const known = ids.filter((id): id is string => typeof id === 'string' && id !== '');
  const found = await services.users.findUsers([...new Set(known)]);
  const byUser = new Map(found.map((one) => [one.userId, userView(one)]));
  return ids.map((id) => (typeof id === 'string' ? (byUser.get(id) ?? null) : null));
}

/** A user as GraphQL's `User`, with what the fields below it need to find theirs. */
function userView({ createdAt, updatedAt, lastLoginAt, revision, ...rest }: User): View {
  return {
    ...rest,
    id: rest.userId,
    createdAt: rfc3339(createdAt),
    updatedAt: rfc3339(updatedAt),
    lastLoginAt: lastLoginAt === undefined ? undefined : rfc3339(lastLoginAt),
    version: revision,
  };
}
