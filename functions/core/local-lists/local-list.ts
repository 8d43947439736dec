import type { Page, PageRequest } from '../ports.ts';
import type { AuthorizationStatus } from '../tokens/authorize-token.ts';
import type { TokenForm, TokenRef, TokenType } from '../tokens/token.ts';

/** More entries no list of ours holds: what a station has is remembered in one record. */
export const mostEntries = 5_000;

/** Which tokens an operator wants a station to know by itself. */
export type ListChoice =
  | { readonly kind: 'ALL' }
  | { readonly kind: 'GROUP'; readonly groupId: string }
  | { readonly kind: 'TOKENS'; readonly uids: readonly string[] };

/** The choice for one station. */
export interface ChosenList {
  readonly stationId: string;
  readonly choice: ListChoice;
  readonly updatedAt: number;
}

/** A token as a station knows it by itself, without asking. Times in epoch milliseconds. */
export interface ListEntry extends TokenRef {
  readonly status: AuthorizationStatus;
  readonly groupId?: string;
  readonly expiresAt?: number;
  readonly evseIds?: readonly number[];
  readonly priority?: number;
  readonly language?: string;
}

/** One message that changes a station's list: anew, or entries added, replaced and removed. */
export interface ListUpdate {
  readonly update: 'FULL' | 'DIFFERENTIAL';
  /** Of the list once the update is made; from 1. */
  readonly version: number;
  readonly entries: readonly ListEntry[];
  readonly removed: readonly TokenRef[];
}

/** What a station is known to have. */
export interface ListContent {
  /** 0 for a list that nobody made. */
  readonly version: number;
  /** By `entryKey`, a digest of each entry. */
  readonly entries: Readonly<Record<string, string>>;
}

/** What is known of the list in a station. Times in epoch milliseconds. */
export interface StationList {
  readonly stationId: string;
  /** Absent while nobody knows what it has: then only a list anew helps. */
  readonly content?: ListContent;
  /** The greatest version that was ever used here. */
  readonly lastVersion: number;
  /** When it last confirmed what it has. */
  readonly confirmedAt?: number;
  /** The update that is under way, the command that brings it, and until when it counts. */
  readonly pending?: { readonly version: number; readonly commandId: string; readonly until: number };
  /** Updates in a row that it did not take. */
  readonly failures: number;
  /** It said that it has no such list. */
  readonly unsupported?: boolean;
  readonly revision: number;
}

/** Local lists of one tenant: what is wanted of them, and what stations have. */
export interface LocalListStore {
  findChoice(stationId: string): Promise<ChosenList | undefined>;
  /** In the order of station ids. */
  listChoices(page: PageRequest): Promise<Page<ChosenList>>;
  saveChoice(chosen: ChosenList): Promise<void>;
  findList(stationId: string): Promise<StationList | undefined>;
  /** Replaces the record whose stored revision is one less than the given one's; the first has revision 1. */
  saveList(list: StationList): Promise<'saved' | 'changed-meanwhile'>;
}

/** A token of a list as text; with its form where that is not the usual one. */
export function entryKey({ uid, tokenType, form }: TokenRef): string {
  return `${form === undefined ? tokenType : `${tokenType}:${form}`}/${uid}`;
}

export function fromEntryKey(key: string): TokenRef {
  const slash = key.indexOf('/');
  const [tokenType, form] = key.slice(0, slash).split(':') as [TokenType, TokenForm | undefined];
  return { tokenType, ...(form === undefined ? {} : { form }), uid: key.slice(slash + 1) };
}
