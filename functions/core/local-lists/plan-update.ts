import type { Digest } from '../ports.ts';
import { entryKey, fromEntryKey, type ListContent, type ListEntry, type ListUpdate } from './local-list.ts';

const greatestVersion = 0x7fff_ffff;
/** Enough to tell two states of one entry apart. */
const digestLength = 12;

/** What one message to a station holds. */
export interface MessageRoom {
  readonly entries: number;
  /** Of the whole message, where its station limits that. */
  readonly bytes?: number;
}

/** What protocols write around the facts of an entry, and around a list, at most. */
const aroundEntryBytes = 128;
const aroundListBytes = 256;

/**
 * The next message that brings a station from what it has to what it should have; `undefined` when it has it. Nobody
 * knows what it has, or it has none: its list is made anew, as much of it as one message holds. Else entries are
 * removed first and added then, so that the list is never longer than it was or should be. Each message raises the
 * version by one.
 */
export function nextUpdate(
  digest: Digest,
  station: { readonly content?: ListContent; readonly lastVersion: number },
  desired: readonly ListEntry[],
  room: MessageRoom,
): ListUpdate | undefined {
  const { content, lastVersion } = station;
  const isNew = content?.version === 0;
  if (isNew && desired.length === 0) return undefined;
  if (!content || isNew || lastVersion >= greatestVersion) {
    const version = lastVersion >= greatestVersion ? 1 : lastVersion + 1;
    return { update: 'FULL', version, entries: desired.slice(0, fitting(desired, room)), removed: [] };
  }
  const wanted = new Set(desired.map(entryKey));
  const unwanted = Object.keys(content.entries)
    .filter((key) => !wanted.has(key))
    .map(fromEntryKey);
  const removed = unwanted.slice(0, fitting(unwanted, room));
  // A token whose kind changed leaves under the old one before it comes under the new one.
  const leaving = new Set(unwanted.map(({ uid }) => uid));
  const changed = desired.filter(
    (entry) => content.entries[entryKey(entry)] !== digestOf(digest, entry) && !leaving.has(entry.uid),
  );
  const entries = changed.slice(0, fitting([...removed, ...changed], room) - removed.length);
  if (removed.length === 0 && entries.length === 0) return undefined;
  return { update: 'DIFFERENTIAL', version: lastVersion + 1, entries, removed };
}

/** How many, from the first on, one message holds; one that is too large alone goes alone. */
function fitting(
  items: readonly object[],
  { entries, bytes = Number.POSITIVE_INFINITY }: MessageRoom,
): number {
  let left = bytes - aroundListBytes;
  const first = items.findIndex((item, index) => {
    left -= sizeOf(item);
    return index > 0 && (index >= entries || left < 0);
  });
  return first === -1 ? items.length : first;
}

/** No protocol writes an entry shorter than we do, or longer by more than what is around it. */
function sizeOf(item: object): number {
  return JSON.stringify(item).length + aroundEntryBytes;
}

/** What a station has once it took an update. */
export function afterUpdate(
  digest: Digest,
  content: ListContent | undefined,
  { update, version, entries, removed }: ListUpdate,
): ListContent {
  const before = update === 'FULL' ? {} : (content?.entries ?? {});
  const gone = new Set(removed.map(entryKey));
  const stays = Object.entries(before).filter(([key]) => !gone.has(key));
  const taken = entries.map((entry) => [entryKey(entry), digestOf(digest, entry)] as const);
  return { version, entries: Object.fromEntries([...stays, ...taken]) };
}

function digestOf(digest: Digest, entry: ListEntry): string {
  const { uid, tokenType, status, groupId, expiresAt, evseIds, priority, language } = entry;
  const facts = [uid, tokenType, status, groupId, expiresAt, evseIds, priority, language];
  return digest(JSON.stringify(facts)).slice(0, digestLength);
}
