import type { Block, Chapter } from './case-list.ts';
import type { Claim } from './shown-cases.ts';

export type State = 'shown' | 'open' | 'not applicable';

/** What is known of one case. */
export interface CaseReport {
  readonly id: string;
  readonly title: string;
  readonly state: State;
  readonly shownBy: readonly Claim[];
  readonly reason?: string;
}

/** A requirement's test also counts for its use case, whether the list has a line for the requirement or not. */
function counts(claim: Claim, id: string): boolean {
  return claim.id === id || claim.id.startsWith(`${id}.FR.`);
}

export function reportOf(block: Block, claims: readonly Claim[]): readonly CaseReport[] {
  return Object.entries(block.cases).map(([id, title]) => {
    const shownBy = distinct(claims.filter((claim) => counts(claim, id)));
    if (shownBy.length > 0) return { id, title, state: 'shown', shownBy };
    const reason = block.notApplicable?.[id];
    return reason === undefined
      ? { id, title, state: 'open', shownBy }
      : { id, title, state: 'not applicable', shownBy, reason };
  });
}

/** Claims of cases and use cases that no list has. */
export function unknownClaims(chapters: readonly Chapter[], claims: readonly Claim[]): readonly Claim[] {
  const ids = chapters.flatMap(({ blocks }) => blocks.flatMap(({ cases }) => Object.keys(cases)));
  const known = new Set(ids);
  return claims.filter(
    ({ id }) => !known.has(id) && !known.has(/^([A-P]\d\d)\.FR\.\d+$/.exec(id)?.[1] ?? ''),
  );
}

function distinct(claims: readonly Claim[]): readonly Claim[] {
  const byPlace = new Map(claims.map((claim) => [`${claim.file} ${claim.title}`, claim]));
  return [...byPlace.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, claim]) => claim);
}

/** The whole document, the same for the same lists and titles. */
export function writeDocument(chapters: readonly Chapter[], claims: readonly Claim[]): string {
  const lines = [
    '# Conformance',
    '',
    'Made by `npm run conformance` from the lists in `scripts/conformance` and the titles of the tests. Do not edit.',
    '',
    'A case is *shown* when the title of a test names it: `row 4: …` for a rule from the field, `… [B01, TC_001]` for a case of the standards. *Open* is what no test names. *Not applicable* has its reason.',
    '',
    ...summary(chapters, claims),
  ];
  for (const chapter of chapters) {
    lines.push(`## ${chapter.title}`, '', chapter.source, '');
    for (const block of chapter.blocks) lines.push(...writeBlock(block, claims));
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

function summary(chapters: readonly Chapter[], claims: readonly Claim[]): readonly string[] {
  const rows = chapters.flatMap(({ title, blocks }) =>
    blocks.map((block) => [`${title}, ${block.title}`, ...tally(reportOf(block, claims))]),
  );
  const all = chapters.flatMap(({ blocks }) => blocks.flatMap((block) => reportOf(block, claims)));
  const head = ['Block', 'Shown', 'Open', 'Not applicable'];
  const total = ['**All**', ...tally(all)];
  return [tableRow(head), '| --- | --: | --: | --: |', ...[...rows, total].map(tableRow), ''];
}

function tally(reports: readonly CaseReport[]): readonly string[] {
  const count = (state: State) => String(reports.filter((report) => report.state === state).length);
  return [count('shown'), count('open'), count('not applicable')];
}

function writeBlock(block: Block, claims: readonly Claim[]): readonly string[] {
  const rows = reportOf(block, claims).map(({ id, title, state, shownBy, reason }) => {
    const places = shownBy.map((claim) => `\`${claim.file}\`: ${escapeCell(claim.title)}`);
    return tableRow([id, title, state, reason ?? places.join('<br>')]);
  });
  return [
    `### ${block.title}`,
    '',
    tableRow(['Case', 'About', 'State', 'Where']),
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ];
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Titles are text: what Markdown would read as a mark is escaped. */
function escapeCell(text: string): string {
  return text.replaceAll(/[|<>*_`]/g, (mark) => `\\${mark}`);
}
