import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digest } from '#adapters/crypto/digest.ts';
import { entryKey, type ListContent, type ListEntry, type ListUpdate } from '#core/local-lists/local-list.ts';
import { afterUpdate, nextUpdate } from '#core/local-lists/plan-update.ts';

const entry = (uid: string, more: Partial<ListEntry> = {}): ListEntry => ({
  uid,
  tokenType: 'RFID',
  status: 'ACCEPTED',
  ...more,
});

const nine = { entries: 9 };

/** A list of up to eight tokens, each in one of a few states. */
const lists = fc
  .uniqueArray(
    fc.record({
      uid: fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'),
      tokenType: fc.constantFrom('RFID', 'APP_USER'),
      status: fc.constantFrom('ACCEPTED', 'BLOCKED'),
      expiresAt: fc.constantFrom(1, 2),
    }),
    { selector: ({ uid }) => uid },
  )
  .map((entries): readonly ListEntry[] => entries);

/** A station as the standards describe it: what it has, and by which rules it takes an update. */
class ModelStation {
  version = 0;
  readonly entries = new Map<string, ListEntry>();
  longest = 0;
  readonly #keyOf: (token: Pick<ListEntry, 'uid' | 'tokenType'>) => string;

  /** 1.6 knows uids alone. */
  constructor(keyOf = entryKey) {
    this.#keyOf = keyOf;
  }

  take({ update, version, entries, removed }: ListUpdate): 'Accepted' | 'VersionMismatch' | 'Failed' {
    const uids = [...entries, ...removed].map(({ uid }) => uid);
    if (new Set(uids).size !== uids.length) return 'Failed';
    if (update === 'DIFFERENTIAL' && version <= this.version) return 'VersionMismatch';
    if (update === 'FULL') this.entries.clear();
    for (const one of removed) this.entries.delete(this.#keyOf(one));
    for (const one of entries) this.entries.set(this.#keyOf(one), one);
    this.version = version;
    this.longest = Math.max(this.longest, this.entries.size);
    return 'Accepted';
  }
}

function bring(
  station: ModelStation,
  known: { content?: ListContent; lastVersion: number },
  desired: readonly ListEntry[],
  most: number,
): { messages: number; content: ListContent | undefined; lastVersion: number } {
  let { content, lastVersion } = known;
  for (let messages = 0; ; messages += 1) {
    const update = nextUpdate(digest, { lastVersion, ...(content ? { content } : {}) }, desired, {
      entries: most,
    });
    if (!update) return { messages, content, lastVersion };
    expect(update.entries.length + update.removed.length).toBeLessThanOrEqual(most);
    expect(station.take(update)).toBe('Accepted');
    content = afterUpdate(digest, content, update);
    lastVersion = update.version;
    expect(messages).toBeLessThan(60);
  }
}

const byKey = (entries: Iterable<ListEntry>) => new Map([...entries].map((one) => [entryKey(one), one]));

describe('row 60: updates of a local list', () => {
  test('bring any station to any list, whatever it had, in messages of any size [D01]', () => {
    fc.assert(
      fc.property(lists, lists, fc.integer({ min: 1, max: 4 }), (first, second, most) => {
        const station = new ModelStation();

        const known = bring(station, { lastVersion: 0 }, first, most);
        const afterFirst = byKey(station.entries.values());
        station.longest = 0;
        const { content, lastVersion } = known;
        bring(station, { lastVersion, ...(content ? { content } : {}) }, second, most);

        expect(afterFirst).toEqual(byKey(first));
        expect(byKey(station.entries.values())).toEqual(byKey(second));
        expect(station.longest).toBeLessThanOrEqual(Math.max(first.length, second.length));
      }),
    );
  });

  test('lose no token whose kind changed where uids alone count', () => {
    fc.assert(
      fc.property(lists, lists, fc.integer({ min: 1, max: 4 }), (first, second, most) => {
        const station = new ModelStation(({ uid }) => uid);

        const { content, lastVersion } = bring(station, { lastVersion: 0 }, first, most);
        bring(station, { lastVersion, ...(content ? { content } : {}) }, second, most);

        expect(byKey(station.entries.values())).toEqual(byKey(second));
      }),
    );
  });

  test('fit messages of few bytes, one entry at least', () => {
    const desired = ['A', 'B', 'C', 'D'].map((uid) => entry(uid));
    const sizes = [1, 600, 800, undefined].map((bytes) => {
      const room = { ...nine, ...(bytes === undefined ? {} : { bytes }) };
      return nextUpdate(digest, { lastVersion: 0 }, desired, room)?.entries.length;
    });

    expect(sizes).toEqual([1, 1, 3, 4]);
  });

  test('begin anew where nobody knows what the station has, also when it has something', () => {
    fc.assert(
      fc.property(lists, lists, fc.integer({ min: 0, max: 99 }), (theirs, desired, version) => {
        const station = new ModelStation();
        station.take({ update: 'FULL', version: 50, entries: theirs, removed: [] });

        bring(station, { lastVersion: version }, desired, 3);

        expect(byKey(station.entries.values())).toEqual(byKey(desired));
      }),
    );
  });

  test('send nothing to a station that has what it should have', () => {
    const desired = [entry('A'), entry('B', { groupId: 'FAMILY' })];
    const update = nextUpdate(digest, { lastVersion: 4 }, desired, nine);

    const content = update && afterUpdate(digest, undefined, update);

    expect(update).toEqual({ update: 'FULL', version: 5, entries: desired, removed: [] });
    expect(content && nextUpdate(digest, { lastVersion: 5, content }, desired, nine)).toBeUndefined();
  });

  test('say what changed alone: who was blocked, who left, who is new', () => {
    const before = [entry('A'), entry('B'), entry('C')];
    const content = afterUpdate(digest, undefined, {
      update: 'FULL',
      version: 1,
      entries: before,
      removed: [],
    });

    const desired = [entry('A'), entry('C', { status: 'BLOCKED' }), entry('D')];

    expect(nextUpdate(digest, { lastVersion: 1, content }, desired, nine)).toEqual({
      update: 'DIFFERENTIAL',
      version: 2,
      removed: [{ uid: 'B', tokenType: 'RFID' }],
      entries: [entry('C', { status: 'BLOCKED' }), entry('D')],
    });
  });

  test('empty a list as an update of its own', () => {
    expect(nextUpdate(digest, { lastVersion: 0 }, [], nine)).toEqual({
      update: 'FULL',
      version: 1,
      entries: [],
      removed: [],
    });
  });

  test('begin anew where the versions end', () => {
    const content = { version: 0x7fff_ffff, entries: {} };

    expect(nextUpdate(digest, { lastVersion: 0x7fff_ffff, content }, [entry('A')], nine)).toMatchObject({
      update: 'FULL',
      version: 1,
    });
  });
});
