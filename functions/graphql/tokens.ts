import * as z from 'zod';
import { blockToken, createToken, unblockToken } from '#core/tokens/provision-token.ts';
import type { Token } from '#core/tokens/token.ts';
import { dateTime, type FieldRequest, readArguments, rfc3339 } from './field-request.ts';
import type { GraphqlServices } from './services.ts';

type View = Record<string, unknown>;

const tokenTypes = ['RFID', 'APP_USER', 'AD_HOC_USER', 'EMAID', 'KEY_CODE', 'MAC_ADDRESS', 'OTHER'] as const;

const createInput = z.object({
  input: z.object({
    uid: z.string(),
    tokenType: z.enum(tokenTypes).nullish(),
    visualId: z.string().max(64).nullish(),
    groupId: z.string().max(36).nullish(),
    userId: z.string().max(64).nullish(),
    expiresAt: dateTime.nullish(),
    restrictions: z.null({ error: 'token restrictions are not built yet' }).optional(),
  }),
});

/** `Mutation.createAuthToken`. */
export async function createAuthToken(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const { uid, tokenType, visualId, groupId, userId, expiresAt } = readArguments(createInput, args).input;
  const token = await createToken(services, {
    uid,
    tokenType: tokenType ?? 'RFID',
    ...(visualId == null ? {} : { visualId }),
    ...(groupId == null ? {} : { groupId }),
    ...(userId == null ? {} : { userId }),
    ...(expiresAt == null ? {} : { expiresAt }),
  });
  return tokenView(token);
}

/** `Mutation.blockAuthToken`. */
export async function blockAuthToken(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const { id, reason } = readArguments(
    z.object({ id: z.string(), reason: z.string().max(200).nullish() }),
    args,
  );
  return tokenView(await blockToken(services, id, reason ?? undefined));
}

/** `Mutation.unblockAuthToken`. */
export async function unblockAuthToken(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const { id } = readArguments(z.object({ id: z.string() }), args);
  return tokenView(await unblockToken(services, id));
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

function tokenView(token: Token): View {
  return {
    id: token.uid,
    uid: token.uid,
    tokenType: token.tokenType,
    visualId: token.visualId,
    groupId: token.groupId,
    expiresAt: token.expiresAt === undefined ? undefined : rfc3339(token.expiresAt),
    isActive: token.active,
    isBlocked: token.blocked,
  };
}
