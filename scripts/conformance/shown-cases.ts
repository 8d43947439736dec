import { execFile } from 'node:child_process';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';

/** A test as vitest names it: `describe > describe > test`, titles as they stand in the source. */
export interface NamedTest {
  readonly name: string;
  /** From the root of the project. */
  readonly file: string;
}

/** A claim in a title that something is shown. */
export interface Claim {
  readonly id: string;
  readonly file: string;
  /** The names down to the one that claims it. */
  readonly title: string;
}

const root = join(import.meta.dirname, '..', '..');
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');

/** All tests, as vitest finds them in the sources without running them: a matter of seconds. */
export async function readTests(): Promise<readonly NamedTest[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [vitest, 'list', '--static-parse', '--json'],
    {
      cwd: root,
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  const listed = JSON.parse(stdout.slice(stdout.indexOf('['))) as readonly NamedTest[];
  return listed.map(({ name, file }) => ({ name: unescaped(name), file: relative(root, file) }));
}

/** vitest gives titles as their source spells them. */
function unescaped(name: string): string {
  return name.replaceAll(/\\(["'`\\])/g, '$1');
}

/**
 * What a test's titles claim: `row 4:` and `rows 1 and 30:` name field rules; a list in square brackets at the end of
 * a title, such as `[B02.FR.09, TC_004_1]`, names cases of the standards.
 */
export function claimsOf({ name, file }: NamedTest): readonly Claim[] {
  const titles = name.split(' > ');
  return titles.flatMap((title, index) =>
    [...rowsIn(title), ...tagsIn(title)].map((id) => ({
      id,
      file,
      title: titles.slice(0, index + 1).join(' › '),
    })),
  );
}

function rowsIn(title: string): readonly string[] {
  const lists = title.matchAll(/\brows? (\d+(?:(?:, | and )\d+)*):/g);
  return [...lists].flatMap(([, list = '']) => list.match(/\d+/g) ?? []);
}

function tagsIn(title: string): readonly string[] {
  const list = /\[([^[\]]+)\]$/.exec(title)?.[1]?.split(/,\s*/) ?? [];
  return list.some((tag) => /^(?:TC_|[A-P]\d\d)/.test(tag)) ? list.map(canonical) : [];
}

/** `TC_045.1` and `TC_045_1_CSMS` are `TC_045_1`. */
function canonical(tag: string): string {
  return tag.startsWith('TC_') ? tag.replaceAll('.', '_').replace(/_(?:CSMS|CS)$/, '') : tag;
}
