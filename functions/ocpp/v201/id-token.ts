import type { Authorization, AuthorizationStatus } from '#core/tokens/authorize-token.ts';
import { type TokenForm, type TokenRef, type TokenType, usualForm } from '#core/tokens/token.ts';
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

const forms: Readonly<Partial<Record<IdTokenType['type'], TokenForm>>> = {
  Central: 'CENTRAL',
  ISO14443: 'ISO14443',
  ISO15693: 'ISO15693',
  Local: 'LOCAL',
};

const wireForms: Readonly<Record<TokenForm, IdTokenType['type']>> = {
  CENTRAL: 'Central',
  ISO14443: 'ISO14443',
  ISO15693: 'ISO15693',
  LOCAL: 'Local',
};

/** Of kinds of token that come in one form alone. */
const wireTypes: Readonly<Partial<Record<TokenType, IdTokenType['type']>>> = {
  EMAID: 'eMAID',
  KEY_CODE: 'KeyCode',
  MAC_ADDRESS: 'MacAddress',
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
export function tokenOf({ idToken, type }: IdTokenType): TokenRef | undefined {
  if (type === 'NoAuthorization') return undefined;
  const form = forms[type];
  return { uid: idToken, tokenType: tokenTypes[type], ...(form === undefined ? {} : { form }) };
}

/** Stations tell tokens apart by id and type, so a token goes out as the type it was shown as. */
export function idTokenOf({ uid, tokenType, form = usualForm(tokenType) }: TokenRef): IdTokenType {
  return { idToken: uid, type: wireTypes[tokenType] ?? wireForms[form ?? 'CENTRAL'] };
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
