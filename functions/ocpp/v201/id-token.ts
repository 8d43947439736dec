import type { Authorization, AuthorizationStatus } from '#core/tokens/authorize-token.ts';
import type { TokenType } from '#core/tokens/token.ts';
import type { IdTokenInfoType, IdTokenType } from './schema/messages.ts';

/** IdTokenType's identifierString. */
const longestIdToken = 36;

const tokenTypes: Readonly<Record<Exclude<IdTokenType['type'], 'NoAuthorization'>, TokenType>> = {
  Central: 'APP_USER',
  eMAID: 'EMAID',
  ISO14443: 'RFID',
  ISO15693: 'RFID',
  KeyCode: 'KEY_CODE',
  Local: 'AD_HOC_USER',
  MacAddress: 'MAC_ADDRESS',
};

const wireTypes: Readonly<Record<TokenType, IdTokenType['type']>> = {
  RFID: 'ISO14443',
  APP_USER: 'Central',
  AD_HOC_USER: 'Central',
  EMAID: 'eMAID',
  KEY_CODE: 'KeyCode',
  MAC_ADDRESS: 'MacAddress',
  OTHER: 'Central',
};

const statuses: Readonly<Record<AuthorizationStatus, IdTokenInfoType['status']>> = {
  ACCEPTED: 'Accepted',
  BLOCKED: 'Blocked',
  EXPIRED: 'Expired',
  INVALID: 'Invalid',
  UNKNOWN: 'Unknown',
  NO_CREDIT: 'NoCredit',
  WRONG_PLACE: 'NotAtThisLocation',
  WRONG_EVSE: 'NotAllowedTypeEVSE',
  WRONG_TIME: 'NotAtThisTime',
  CONCURRENT_SESSION: 'ConcurrentTx',
};

/** `undefined` for `NoAuthorization`: the station lets anybody charge, so there is nobody to judge or to bill. */
export function tokenOf({ idToken, type }: IdTokenType): { uid: string; tokenType: TokenType } | undefined {
  return type === 'NoAuthorization' ? undefined : { uid: idToken, tokenType: tokenTypes[type] };
}

export function idTokenOf(token: { uid: string; tokenType: TokenType }): IdTokenType {
  return { idToken: token.uid, type: wireTypes[token.tokenType] };
}

/** A group is a token of our own making, hence `Central`. One that is too long stays out: a cut one would be another. */
export function groupIdTokenOf(groupId: string | undefined): { groupIdToken?: IdTokenType } {
  if (groupId === undefined || groupId.length > longestIdToken) return {};
  return { groupIdToken: { idToken: groupId, type: 'Central' } };
}

function messageContent(content: string, language: string | undefined) {
  return { format: 'UTF8' as const, content, ...(language === undefined ? {} : { language }) };
}

/** IdTokenInfoType; whoever needs no authorization is accepted. */
export function idTokenInfo(authorization: Authorization | undefined): IdTokenInfoType {
  if (!authorization) return { status: 'Accepted' };
  const { status, groupId, evseIds, priority, language, message } = authorization;
  const { expiresAt, cacheUntil = expiresAt } = authorization;
  return {
    status: statuses[status],
    ...groupIdTokenOf(groupId),
    ...(cacheUntil === undefined ? {} : { cacheExpiryDateTime: new Date(cacheUntil).toISOString() }),
    ...(evseIds?.length ? { evseId: [...evseIds] } : {}),
    ...(priority === undefined ? {} : { chargingPriority: priority }),
    ...(language === undefined ? {} : { language1: language }),
    ...(message === undefined ? {} : { personalMessage: messageContent(message, language) }),
  };
}
