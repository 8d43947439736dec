import * as z from 'zod';
import { DomainError } from '#core/errors.ts';
import { blockToken, createToken, unblockToken, updateToken } from '#core/tokens/provision-token.ts';
import { foldTokenUid, type Token } from '#core/tokens/token.ts';
import type { TokenRestrictions } from '#core/tokens/token-restrictions.ts';
import { dateTime, type FieldRequest, readArguments, rfc3339 } from './field-request.ts';
import { ownerOf } from './own-data.ts';
import { pageRequest, pageView, pagingShape } from './paging.ts';
import type { GraphqlServices } from './services.ts';

type View = Record<string, unknown>;

/** In the order of `Date.getDay`. */
const weekDays = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'] as const;

const tokenTypes = ['RFID', 'APP_USER', 'AD_HOC_USER', 'EMAID', 'KEY_CODE', 'MAC_ADDRESS', 'OTHER'] as const;

/** A stretch of the day, past midnight when it ends before it begins. */
const hoursShape = z.strictObject({
  days: z.array(z.enum(weekDays)).min(1).nullish(),
  from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is HH:MM'),
  to: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is HH:MM'),
});

const ids = z.array(z.string());

const restrictionsShape = z.strictObject({
  stationIds: ids.nullish(),
  locationIds: ids.nullish(),
  evseIds: z.array(z.int().min(1)).nullish(),
  validFrom: dateTime.nullish(),
  hours: z.array(hoursShape).nullish(),
});

/** `Query.authToken`: null when the tenant, or the driver who asks, has no such token. */
export async function authToken(
  { arguments: args, caller }: FieldRequest,
  { tokens }: GraphqlServices,
): Promise<View | null> {
  const { id } = readArguments(z.object({ id: z.string() }), args);
  const [found, owner] = [await tokens.findToken(foldTokenUid(id)), ownerOf(caller)];
  return found && (owner === undefined || found.userId === owner) ? tokenView(found) : null;
}

const tokenList = z.object({ userId: z.string().min(1).nullish(), ...pagingShape });

/** `Query.authTokensPage`: a driver is one user, and others are nobody. */
export async function authTokensPage(
  { arguments: args, caller }: FieldRequest,
  { tokens }: GraphqlServices,
): Promise<View> {
  const read = readArguments(tokenList, args);
  const owner = ownerOf(caller);
  const userId = read.userId ?? owner;
  if (owner !== undefined && owner !== userId)
    throw new DomainError('NotFound', `user ${userId} is not known`, 'userId');
  const page = pageRequest(read);
  const found = userId === undefined ? tokens.listTokens(page) : tokens.listTokensOfUser(userId, page);
  return pageView(await found, tokenView);
}

const createInput = z.object({
  input: z.object({
    uid: z.string(),
    tokenType: z.enum(tokenTypes).nullish(),
    visualId: z.string().max(64).nullish(),
    groupId: z.string().max(36).nullish(),
    userId: z.string().max(64).nullish(),
    partnerId: z.string().min(1).max(64).nullish(),
    expiresAt: dateTime.nullish(),
    restrictions: restrictionsShape.nullish(),
  }),
});

/** `Mutation.createAuthToken`. */
export async function createAuthToken(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const { input } = readArguments(createInput, args);
  const { uid, tokenType, visualId, groupId, userId, partnerId, expiresAt, restrictions } = input;
  const token = await createToken(services, {
    uid,
    tokenType: tokenType ?? 'RFID',
    ...(visualId == null ? {} : { visualId }),
    ...(groupId == null ? {} : { groupId }),
    ...(userId == null ? {} : { userId }),
    ...(partnerId == null ? {} : { partnerId }),
    ...(expiresAt == null ? {} : { expiresAt }),
    ...(restrictions == null ? {} : { restrictions: restrictionsOf(restrictions) }),
  });
  return tokenView(token);
}

const version = z.int().nullish();

const updateInput = z.object({
  id: z.string(),
  version,
  input: z.strictObject({
    visualId: z.string().min(1).max(64).nullish(),
    groupId: z.string().min(1).max(36).nullish(),
    userId: z.string().min(1).max(64).nullish(),
    expiresAt: dateTime.nullish(),
    isActive: z.boolean().nullish(),
    restrictions: restrictionsShape.nullish(),
  }),
});

/** `Mutation.updateAuthToken`: what is absent stays, `null` takes away. */
export async function updateAuthToken(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const { id, input, version: expected } = readArguments(updateInput, args);
  const { visualId, groupId, userId, expiresAt, isActive, restrictions } = input;
  const token = await updateToken(
    services,
    id,
    {
      ...(visualId === undefined ? {} : { visualId }),
      ...(groupId === undefined ? {} : { groupId }),
      ...(userId === undefined ? {} : { userId }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
      ...(isActive == null ? {} : { active: isActive }),
      ...(restrictions === undefined ? {} : { restrictions: restrictions && restrictionsOf(restrictions) }),
    },
    expected ?? undefined,
  );
  return tokenView(token);
}

/** `Mutation.blockAuthToken`. */
export async function blockAuthToken(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const shape = z.object({ id: z.string(), reason: z.string().max(200).nullish(), version });
  const read = readArguments(shape, args);
  return tokenView(await blockToken(services, read.id, read.reason ?? undefined, read.version ?? undefined));
}

/** `Mutation.unblockAuthToken`. */
export async function unblockAuthToken(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const read = readArguments(z.object({ id: z.string(), version }), args);
  return tokenView(await unblockToken(services, read.id, read.version ?? undefined));
}

/** `ChargingSession.authToken`, many at once. */
export async function tokensOfSessions(
  requests: readonly FieldRequest[],
  services: GraphqlServices,
): Promise<(View | null)[]> {
  const uids = requests.map(({ source }) => source?.tokenUid);
  const known = uids.filter((uid): uid is string => typeof uid === 'string');
  const tokens = await services.tokens.findTokens([...new Set(known)]);
  const byUid = new Map(tokens.map((token) => [token.uid, tokenView(token)]));
  return uids.map((uid) => (typeof uid === 'string' ? (byUid.get(uid) ?? null) : null));
}

/** `AuthToken.useCount`, many at once. */
export async function useCountsOfTokens(
  requests: readonly FieldRequest[],
  services: GraphqlServices,
): Promise<number[]> {
  const uses = await usesOf(requests, services);
  return requests.map(({ source }) => uses.get(String(source?.tokenUid))?.useCount ?? 0);
}

/** `AuthToken.lastUsedAt`, many at once; null for tokens that began no session yet. */
export async function lastUsesOfTokens(
  requests: readonly FieldRequest[],
  services: GraphqlServices,
): Promise<(string | null)[]> {
  const uses = await usesOf(requests, services);
  return requests.map(({ source }) => {
    const at = uses.get(String(source?.tokenUid))?.lastUsedAt;
    return at === undefined ? null : rfc3339(at);
  });
}

async function usesOf(requests: readonly FieldRequest[], { tokenUses }: GraphqlServices) {
  const uids = new Set(requests.map(({ source }) => String(source?.tokenUid)));
  return new Map((await tokenUses.findUses([...uids])).map((use) => [use.uid, use]));
}

function restrictionsOf(input: z.infer<typeof restrictionsShape>): TokenRestrictions {
  const { stationIds, locationIds, evseIds, validFrom, hours } = input;
  return {
    ...(stationIds == null ? {} : { stationIds }),
    ...(locationIds == null ? {} : { locationIds }),
    ...(evseIds == null ? {} : { evseIds }),
    ...(validFrom == null ? {} : { validFrom }),
    ...(hours == null
      ? {}
      : {
          hours: hours.map(({ days, ...span }) => ({
            ...span,
            ...(days == null ? {} : { days: days.map((day) => weekDays.indexOf(day)) }),
          })),
        }),
  };
}

function restrictionsView({ validFrom, hours, ...rest }: TokenRestrictions): View {
  return {
    ...rest,
    validFrom: validFrom === undefined ? undefined : rfc3339(validFrom),
    hours: hours?.map(({ days, ...span }) => ({ ...span, days: days?.map((day) => weekDays[day]) })),
  };
}

export function tokenView(token: Token): View {
  return {
    id: token.uid,
    uid: token.uid,
    tokenUid: token.uid,
    tokenType: token.tokenType,
    visualId: token.visualId,
    groupId: token.groupId,
    expiresAt: token.expiresAt === undefined ? undefined : rfc3339(token.expiresAt),
    isActive: token.active && token.holderStatus !== 'DELETED',
    isBlocked: token.blocked || token.holderStatus === 'BLOCKED',
    version: token.revision,
    restrictions: token.restrictions && restrictionsView(token.restrictions),
  };
}
