import { DomainError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import type { Station } from '../stations/station.ts';
import type { TenantPolicy } from '../tenants/tenant-policy.ts';
import { isMaster, standingOf } from '../tokens/authorize-token.ts';
import type { Token } from '../tokens/token.ts';
import { offence } from '../tokens/token-restrictions.ts';
import type { TokenStore } from '../tokens/token-store.ts';
import { type ListChoice, type ListEntry, mostEntries } from './local-list.ts';

const tokensPerPage = 200;
/** Reading on would cost more than any list may hold. */
const mostTokensRead = 20_000;

/** The tokens of a choice, as they are now. Throws `TooLarge` for more than a list may hold. */
export async function chosenTokens(
  ports: { tokens: TokenStore },
  choice: ListChoice,
): Promise<readonly Token[]> {
  if (choice.kind === 'TOKENS') return ports.tokens.findTokens(choice.uids);
  const chosen: Token[] = [];
  let cursor: string | undefined;
  let read = 0;
  do {
    const page = await ports.tokens.listTokens({
      limit: tokensPerPage,
      ...(cursor === undefined ? {} : { cursor }),
    });
    chosen.push(...page.items.filter(({ groupId }) => choice.kind === 'ALL' || groupId === choice.groupId));
    read += page.items.length;
    cursor = page.cursor;
    if (chosen.length > mostEntries || read > mostTokensRead) throw tooLong(mostEntries);
  } while (cursor !== undefined);
  return chosen;
}

/**
 * What a station should know of these tokens: those that may charge there at any hour, and why the others among them
 * may not. Retired tokens are nobody's any more; master tokens start nothing, with us or without. Throws `TooLarge`
 * for more than the station or a list may hold.
 */
export function desiredEntries(
  ports: { clock: Clock; policy: TenantPolicy },
  { stationId, locationId, timeZone }: Pick<Station, 'stationId' | 'locationId' | 'timeZone'>,
  tokens: readonly Token[],
  stationHolds = mostEntries,
): readonly ListEntry[] {
  const now = ports.clock();
  const here = { at: now, stationId, timeZone, ...(locationId === undefined ? {} : { locationId }) };
  const entries = tokens
    .filter((token) => token.active && !isMaster(ports.policy, token))
    .filter(({ restrictions: limits }) => !limits || (!limits.hours && offence(limits, here) === undefined))
    .map((token) => entryOf(token, now))
    .sort((one, other) => (one.uid < other.uid ? -1 : 1));
  const most = Math.min(mostEntries, stationHolds);
  if (entries.length > most) throw tooLong(most, entries.length);
  return entries;
}

function entryOf(token: Token, now: number): ListEntry {
  const { uid, tokenType, form, groupId, expiresAt, restrictions, priority, language } = token;
  return {
    uid,
    tokenType,
    ...(form === undefined ? {} : { form }),
    status: standingOf(token, now),
    ...(groupId === undefined ? {} : { groupId }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(restrictions?.evseIds === undefined ? {} : { evseIds: restrictions.evseIds }),
    ...(priority === undefined ? {} : { priority }),
    ...(language === undefined ? {} : { language }),
  };
}

function tooLong(most: number, found?: number): DomainError {
  const many = found === undefined ? 'more' : `${found}`;
  return new DomainError('TooLarge', `the list holds ${most} tokens at most, ${many} are chosen`, 'tokens');
}
