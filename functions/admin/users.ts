import * as z from 'zod';
import { DomainError } from '#core/errors.ts';
import {
  blockUser,
  createUser,
  deleteUser,
  knownUser,
  unblockUser,
  updateUser,
} from '#core/users/provision-user.ts';
import type { User } from '#core/users/user.ts';
import {
  type AdminRequest,
  administrators,
  moment,
  operators,
  pageAnswer,
  pageOf,
  parameter,
  type Route,
  readBody,
  rfc3339,
  rfc3339OrNull,
} from './route.ts';
import { tokenView } from './tokens.ts';

const text = z.string();
const statuses = ['ACTIVE', 'BLOCKED', 'PENDING', 'DELETED'] as const;
const userType = z.enum(['DRIVER', 'OPERATOR', 'ADMINISTRATOR']);
const roles = z.array(z.enum(['SUPER_ADMIN', 'TENANT_ADMIN', 'OPERATOR', 'VIEWER', 'DRIVER']));

const userShape = z.strictObject({
  email: text,
  firstName: text.exactOptional(),
  lastName: text.exactOptional(),
  phone: text.exactOptional(),
  language: text.exactOptional(),
  subject: text.exactOptional(),
  userType,
  userGroups: z.array(text).exactOptional(),
  roles: roles.exactOptional(),
  status: z.enum(['ACTIVE', 'PENDING']).exactOptional(),
});

const patchShape = z.strictObject({
  email: text.exactOptional(),
  firstName: text.nullable().exactOptional(),
  lastName: text.nullable().exactOptional(),
  phone: text.nullable().exactOptional(),
  language: text.nullable().exactOptional(),
  subject: text.nullable().exactOptional(),
  userType: userType.exactOptional(),
  userGroups: z.array(text).exactOptional(),
  roles: roles.exactOptional(),
  revision: z.int().exactOptional(),
});

const filterShape = z
  .object({ status: z.enum(statuses), userType, createdAfter: moment, lastLoginAfter: moment, email: text })
  .partial();

/** The people of a tenant. Their data are for operators and administrators. */
export const userRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/users',
    summary:
      'The users of the tenant, oldest first; by status (all but DELETED when absent), userType, createdAfter, lastLoginAfter or email.',
    roles: operators,
    async handle(request, { users }) {
      const { status, userType: type, createdAfter, lastLoginAfter, email } = filterIn(request);
      if (email !== undefined) {
        const found = await users.findUserByEmail(email);
        return pageAnswer({ items: found ? [found] : [] }, userView);
      }
      const query = {
        statuses: status === undefined ? statuses.filter((one) => one !== 'DELETED') : [status],
        ...(type === undefined ? {} : { userTypes: [type] }),
        ...(createdAfter === undefined ? {} : { createdFrom: createdAfter }),
        ...(lastLoginAfter === undefined ? {} : { lastLoginFrom: lastLoginAfter }),
      };
      return pageAnswer(await users.listUsers(query, pageOf(request)), userView);
    },
  },
  {
    method: 'POST',
    path: '/users',
    summary: 'Registers a user. Nobody gives a role that is above their own.',
    roles: administrators,
    async handle(request, services) {
      const user = await createUser(services, readBody(userShape, request.body), request);
      return { status: 201, body: userView(user) };
    },
  },
  {
    method: 'GET',
    path: '/users/{userId}',
    summary: 'One user, also one who is deleted.',
    roles: operators,
    handle: async (request, services) => ({
      body: userView(await knownUser(services, parameter(request, 'userId'))),
    }),
  },
  {
    method: 'PATCH',
    path: '/users/{userId}',
    summary: 'Changes what the body names, null takes away; with revision, only the user as of then.',
    roles: administrators,
    async handle(request, services) {
      const { revision, ...patch } = readBody(patchShape, request.body);
      const userId = parameter(request, 'userId');
      const change = { userId, patch, ...(revision === undefined ? {} : { revision }) };
      return { body: userView(await updateUser(services, change, request)) };
    },
  },
  {
    method: 'DELETE',
    path: '/users/{userId}',
    summary:
      'Deletes a user for good: what is personal is forgotten, tokens are refused, sessions and CDRs stay. Not while a session runs.',
    roles: administrators,
    async handle(request, services) {
      await deleteUser(services, parameter(request, 'userId'), request);
      return { status: 204 };
    },
  },
  {
    method: 'POST',
    path: '/users/{userId}/block',
    summary: 'Blocks a user: their tokens are refused from then on, and signing in gives no rights.',
    roles: administrators,
    async handle(request, services) {
      const { reason } = readBody(z.strictObject({ reason: text.max(200).exactOptional() }), request.body);
      const userId = parameter(request, 'userId');
      const asked = { userId, ...(reason === undefined ? {} : { reason }) };
      return { body: userView(await blockUser(services, asked, request)) };
    },
  },
  {
    method: 'POST',
    path: '/users/{userId}/unblock',
    summary: 'Makes a user who is BLOCKED or PENDING ACTIVE.',
    roles: administrators,
    handle: async (request, services) => ({
      body: userView(await unblockUser(services, parameter(request, 'userId'), request)),
    }),
  },
  {
    method: 'GET',
    path: '/users/{userId}/tokens',
    summary: 'The tokens of a user, by uid.',
    roles: operators,
    async handle(request, services) {
      const { userId } = await knownUser(services, parameter(request, 'userId'));
      return pageAnswer(await services.tokens.listTokensOfUser(userId, pageOf(request)), tokenView);
    },
  },
];

function filterIn({ query }: AdminRequest) {
  const result = filterShape.safeParse(query);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new DomainError('Validation', issue?.message ?? 'invalid', issue?.path.join('.') ?? '');
}

function userView({ lastLoginAt, createdAt, updatedAt, ...user }: User) {
  return {
    ...user,
    lastLoginAt: rfc3339OrNull(lastLoginAt),
    createdAt: rfc3339(createdAt),
    updatedAt: rfc3339(updatedAt),
  };
}
