import * as z from 'zod';
import { DomainError } from '#core/errors.ts';
import { saveToken } from '#core/tokens/provision-token.ts';
import { foldTokenUid, type Token } from '#core/tokens/token.ts';
import type { TokenUse } from '#core/tokens/token-use.ts';
import {
  moment,
  operators,
  pageAnswer,
  pageOf,
  parameter,
  type Route,
  readBody,
  readers,
  rfc3339,
  rfc3339OrNull,
} from './route.ts';

const ids = z.array(z.string());
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 07:30');

const restrictionsShape = z.strictObject({
  stationIds: ids.exactOptional(),
  locationIds: ids.exactOptional(),
  evseIds: z.array(z.int().min(1)).exactOptional(),
  validFrom: moment.exactOptional(),
  /** By the clock of the station; day 0 is Sunday. */
  hours: z
    .array(
      z.strictObject({
        days: z.array(z.int().min(0).max(6)).min(1).exactOptional(),
        from: timeOfDay,
        to: timeOfDay,
      }),
    )
    .exactOptional(),
});

const tokenShape = z.strictObject({
  tokenType: z
    .enum(['RFID', 'APP_USER', 'AD_HOC_USER', 'EMAID', 'KEY_CODE', 'MAC_ADDRESS', 'OTHER'])
    .default('RFID'),
  form: z.enum(['ISO14443', 'ISO15693', 'LOCAL', 'CENTRAL']).exactOptional(),
  visualId: z.string().min(1).max(64).exactOptional(),
  groupId: z.string().min(1).max(36).exactOptional(),
  userId: z.string().min(1).max(64).exactOptional(),
  partnerId: z.string().min(1).max(64).exactOptional(),
  expiresAt: moment.exactOptional(),
  active: z.boolean().exactOptional(),
  blocked: z.boolean().exactOptional(),
  blockedReason: z.string().max(200).exactOptional(),
  restrictions: restrictionsShape.exactOptional(),
  maxOpenSessions: z.int().min(1).max(100).exactOptional(),
  priority: z.int().min(-9).max(9).exactOptional(),
  language: z.string().min(2).max(8).exactOptional(),
  message: z.string().min(1).max(512).exactOptional(),
});

export const tokenRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/tokens',
    summary: 'The tokens of the tenant, by uid.',
    roles: readers,
    async handle(request, { tokens }) {
      return pageAnswer(await tokens.listTokens(pageOf(request)), tokenView);
    },
  },
  {
    method: 'GET',
    path: '/tokens/{uid}',
    summary: 'One token, with the sessions that run on it and how often it was used.',
    roles: readers,
    async handle(request, { tokens, tokenUses }) {
      const uid = foldTokenUid(parameter(request, 'uid'));
      const [token, use] = await Promise.all([tokens.findToken(uid), tokenUses.findUse(uid)]);
      if (!token) throw new DomainError('NotFound', `token ${uid} is not known`, 'uid');
      return { body: { ...tokenView(token), use: useView(use) } };
    },
  },
  {
    method: 'PUT',
    path: '/tokens/{uid}',
    summary:
      'Makes a token what the body says, new or not; what it leaves out is not so. A block and the form stay unless named.',
    roles: operators,
    async handle(request, services) {
      const uid = parameter(request, 'uid');
      const token = await saveToken(services, { uid, ...readBody(tokenShape, request.body) });
      return { body: tokenView(token) };
    },
  },
];

/** A token as it is answered. */
export function tokenView({ expiresAt, restrictions, createdAt, updatedAt, ...token }: Token) {
  const { validFrom, ...places } = restrictions ?? {};
  return {
    ...token,
    expiresAt: rfc3339OrNull(expiresAt),
    ...(restrictions === undefined
      ? {}
      : {
          restrictions: { ...places, ...(validFrom === undefined ? {} : { validFrom: rfc3339(validFrom) }) },
        }),
    createdAt: rfc3339(createdAt),
    updatedAt: rfc3339(updatedAt),
  };
}

function useView(use: TokenUse | undefined) {
  return {
    openSessionIds: Object.keys(use?.open ?? {}),
    useCount: use?.useCount ?? 0,
    lastUsedAt: rfc3339OrNull(use?.lastUsedAt),
  };
}
