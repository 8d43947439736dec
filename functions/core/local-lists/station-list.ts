import type { Clock } from '../ports.ts';
import type { ListContent, LocalListStore, StationList } from './local-list.ts';

/** Each further attempt means that another writer was faster. */
const mostAttempts = 5;

export async function listOf(
  { localLists }: { localLists: LocalListStore },
  stationId: string,
): Promise<StationList> {
  return (await localLists.findList(stationId)) ?? { stationId, lastVersion: 0, failures: 0, revision: 0 };
}

/** Changes what is known of a station's list; `undefined` leaves it as it is. */
export async function changeList(
  ports: { localLists: LocalListStore },
  stationId: string,
  change: (list: StationList) => StationList | undefined,
): Promise<void> {
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const before = await listOf(ports, stationId);
    const after = change(before);
    if (!after) return;
    const saved = await ports.localLists.saveList({ ...after, revision: before.revision + 1 });
    if (saved === 'saved') return;
  }
  throw new Error(`what station ${stationId} has on its list could not be kept`);
}

/** The station says which version it has: 0 of none, `undefined` when it has no such thing as a list. */
export async function noteListVersion(
  ports: { localLists: LocalListStore; clock: Clock },
  stationId: string,
  version: number | undefined,
): Promise<void> {
  const confirmedAt = ports.clock();
  await changeList(ports, stationId, ({ content, unsupported: _, ...list }) => {
    if (version === undefined) return { ...list, unsupported: true };
    const lastVersion = Math.max(list.lastVersion, version);
    const has = contentAt(version, content);
    return { ...list, lastVersion, confirmedAt, ...(has ? { content: has } : {}) };
  });
}

/** Some stations call an empty list version 0, whatever it was called before. */
function contentAt(version: number, content: ListContent | undefined): ListContent | undefined {
  if (version === 0) return { version, entries: {} };
  return content?.version === version ? content : undefined;
}

/** Somebody else changed the list: what is on it is anybody's guess. */
export async function noteForeignList(
  ports: { localLists: LocalListStore },
  stationId: string,
  version: number,
): Promise<void> {
  await changeList(ports, stationId, ({ content: _, ...list }) => ({
    ...list,
    lastVersion: Math.max(list.lastVersion, version),
  }));
}
