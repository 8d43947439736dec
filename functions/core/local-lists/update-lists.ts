import type { Token } from '../tokens/token.ts';
import { chosenTokens } from './desired-entries.ts';
import type { ListChoice } from './local-list.ts';
import { continueLocalList, type LocalListPorts } from './reconcile-local-list.ts';

const choicesPerPage = 100;
const stationsAtOnce = 10;

/**
 * Brings the lists of all stations that may have a token to what they should be, after the token changed. Tokens are
 * read once for each choice, however many stations share it.
 */
export async function updateListsOf(ports: LocalListPorts, uid: string): Promise<void> {
  const read = new Map<string, Promise<readonly Token[]>>();
  const tokensOf = (choice: ListChoice): Promise<readonly Token[]> => {
    const key = JSON.stringify(choice);
    const tokens = read.get(key) ?? chosenTokens(ports, choice);
    read.set(key, tokens);
    return tokens;
  };
  let cursor: string | undefined;
  do {
    const page = await ports.localLists.listChoices({
      limit: choicesPerPage,
      ...(cursor === undefined ? {} : { cursor }),
    });
    // A token may have left a group, so any group may be concerned.
    const concerned = page.items.filter(
      ({ choice }) => choice.kind !== 'TOKENS' || choice.uids.includes(uid),
    );
    for (let start = 0; start < concerned.length; start += stationsAtOnce) {
      const some = concerned.slice(start, start + stationsAtOnce);
      await Promise.all(some.map(({ stationId }) => continueLocalList(ports, stationId, tokensOf)));
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
}
