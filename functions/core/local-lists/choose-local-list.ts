import { DomainError } from '../errors.ts';
import { knownStation } from '../stations/known-station.ts';
import { foldTokenUid } from '../tokens/token.ts';
import { chosenTokens, desiredEntries } from './desired-entries.ts';
import type { ChosenList, ListChoice } from './local-list.ts';
import { checkLocalList, type LocalListPorts } from './reconcile-local-list.ts';
import { changeList } from './station-list.ts';

/**
 * Decides which tokens a station knows by itself, and has them sent. Throws `NotFound`, `Validation` for tokens that
 * are not there, `TooLarge` for more than the station holds.
 */
export async function chooseLocalList(
  ports: LocalListPorts,
  { stationId, choice: wished }: { stationId: string; choice: ListChoice },
): Promise<ChosenList> {
  const station = await knownStation(ports, stationId);
  const choice = folded(wished);
  const tokens = await chosenTokens(ports, choice);
  const missing =
    choice.kind === 'TOKENS' ? choice.uids.filter((uid) => tokens.every((token) => token.uid !== uid)) : [];
  if (missing.length > 0) {
    throw new DomainError('Validation', `no such tokens: ${missing.slice(0, 5).join(', ')}`, 'tokens');
  }
  const [limits, policy] = await Promise.all([
    ports.limits.findLimits(stationId),
    ports.policies.findPolicy(),
  ]);
  desiredEntries({ ...ports, policy }, station, tokens, limits.localListEntries);
  const chosen: ChosenList = { stationId, choice, updatedAt: ports.clock() };
  await ports.localLists.saveChoice(chosen);
  // It may have learnt to keep lists, or to take what it refused.
  await changeList(ports, stationId, ({ unsupported: _, ...list }) => ({ ...list, failures: 0 }));
  await checkLocalList(ports, station);
  return chosen;
}

function folded(choice: ListChoice): ListChoice {
  if (choice.kind !== 'TOKENS') return choice;
  return { kind: 'TOKENS', uids: [...new Set(choice.uids.map(foldTokenUid))] };
}
