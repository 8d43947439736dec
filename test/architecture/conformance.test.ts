import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { chapters, openRows } from '../../scripts/conformance/case-list.ts';
import { reportOf, unknownClaims, writeDocument } from '../../scripts/conformance/document.ts';
import { type Claim, claimsOf, readTests } from '../../scripts/conformance/shown-cases.ts';

let claims: readonly Claim[];
beforeAll(async () => {
  claims = (await readTests()).flatMap(claimsOf);
});

describe('the claims in test titles', () => {
  it('name cases that the lists have', () => {
    expect(unknownClaims(chapters, claims)).toEqual([]);
  });

  it('leave no rule from the field out but those listed as open', () => {
    const rules = chapters.flatMap(({ blocks }) => blocks).filter(({ cases }) => cases['65'] !== undefined);

    const reports = rules.flatMap((block) => reportOf(block, claims));

    expect(reports).toHaveLength(65);
    const open = reports.filter(({ state }) => state === 'open').map(({ id }) => Number(id));
    expect(open.filter((row) => !openRows.includes(row))).toEqual([]);
  });

  it('are what docs/conformance.md says; `npm run conformance` writes it anew', () => {
    const document = readFileSync(join(import.meta.dirname, '../../docs/conformance.md'), 'utf8');

    expect(document).toBe(writeDocument(chapters, claims));
  });
});

describe('a title', () => {
  const claimed = (name: string) => claimsOf({ name, file: 'test/a.test.ts' });

  it('claims rules from the field by their rows', () => {
    expect(claimed('a stop > rows 5, 7 and 52: of nobody is kept').map(({ id }) => id)).toEqual([
      '5',
      '7',
      '52',
    ]);
    expect(claimed('a table > shows row 5 of the list').map(({ id }) => id)).toEqual([]);
  });

  it('claims cases of the standards at its end, however they are spelled', () => {
    expect(
      claimed('a boot > is accepted [B01, TC_001_CSMS, TC_045.1, B02.FR.09]').map(({ id }) => id),
    ).toEqual(['B01', 'TC_001', 'TC_045_1', 'B02.FR.09']);
    expect(claimed('a list > has a place for [x]')).toEqual([]);
  });

  it('claims for all that stands in it', () => {
    const [claim] = claimed('row 7: who ends a session > is noted');

    expect(claim).toEqual({ id: '7', file: 'test/a.test.ts', title: 'row 7: who ends a session' });
  });
});

describe('a case', () => {
  const block = {
    title: 'Some',
    cases: { B01: 'Boot', 'B01.FR.02': 'answer', K04: 'Balance' },
    notApplicable: { K04: 'inside the station' },
  };

  it('is shown by a test of one of its requirements, listed or not', () => {
    const of = (id: string) => reportOf(block, [{ id, file: 'a', title: 't' }]).map(({ state }) => state);

    expect(of('B01.FR.02')).toEqual(['shown', 'shown', 'not applicable']);
    expect(of('B01.FR.03')).toEqual(['shown', 'open', 'not applicable']);
    expect(of('B01')).toEqual(['shown', 'open', 'not applicable']);
  });

  it('that no list has is told', () => {
    const chapter = { title: 'All', source: '', blocks: [block] };
    const told = (id: string) => unknownClaims([chapter], [{ id, file: 'a', title: 't' }]);

    expect(told('B01.FR.03')).toEqual([]);
    expect(told('B99')).toHaveLength(1);
    expect(told('66')).toHaveLength(1);
  });
});
