import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { describe, expect, it } from 'vitest';
import { rooms, rules } from './rules.ts';

/** Every broken rule in the folders, as `rule: from → to`. */
async function violations(folders: string[], baseDir = process.cwd()): Promise<string[]> {
  const { output } = await cruise(folders, {
    baseDir,
    validate: true,
    ruleSet: { forbidden: [...rules] },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^functions/ocpp/v[0-9]+/schema/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
    },
  });
  return (output as ICruiseResult).summary.violations.map(
    ({ rule, from, to }) => `${rule.name}: ${from} → ${to}`,
  );
}

describe('imports', () => {
  it('keep to the rules', async () => {
    expect(await violations(['bin', 'functions', 'graphql', 'infra', 'local', 'scripts'])).toEqual([]);
  });

  const examples = [
    [
      'core-alone',
      'functions/core/sessions/x.ts',
      "import { readFileSync } from 'node:fs';\nexport const x = readFileSync;",
    ],
    ['core-alone', 'functions/core/sessions/x.ts', "import * as z from 'zod';\nexport const x = z;"],
    [
      'core-alone',
      'functions/core/sessions/x.ts',
      "import type { x } from '../../adapters/dynamodb/y.ts';\nexport type X = typeof x;",
    ],
    [
      'room-ocpp',
      'functions/ocpp/x.ts',
      "import { x } from '../adapters/dynamodb/y.ts';\nexport const z = x;",
    ],
    ['room-ocpp', 'functions/ocpp/x.ts', "import { x } from '../graphql/y.ts';\nexport const z = x;"],
    [
      'doors-of-ocpp',
      'functions/ocpp/x.handler.ts',
      "import { x } from '../graphql/y.ts';\nexport const z = x;",
    ],
    ['versions-apart', 'functions/ocpp/v16/x.ts', "import { x } from '../v201/y.ts';\nexport const z = x;"],
    [
      'adapters-behind-ports',
      'functions/adapters/dynamodb/x.ts',
      "import { x } from '../../ocpp/y.ts';\nexport const z = x;",
    ],
    [
      'adapters-apart',
      'functions/adapters/dynamodb/x.ts',
      "import { x } from '../sqs/y.ts';\nexport const z = x;",
    ],
    ['infra-by-path', 'infra/x.ts', "import { x } from '../functions/ocpp/y.ts';\nexport const z = x;"],
    [
      'resolvers-small',
      'graphql/resolvers/none/x.ts',
      "import { x } from '../../../functions/core/y.ts';\nexport const z = x;",
    ],
    [
      'local-runs-artefacts',
      'local/x.ts',
      "import { x } from '../functions/core/y.ts';\nexport const z = x;",
    ],
    ['core-decimal', 'functions/core/tariffs/decimal.ts', "import * as z from 'zod';\nexport const x = z;"],
    [
      'contracts-plain',
      'functions/contracts/x.ts',
      "import { x } from '../adapters/dynamodb/y.ts';\nexport const z = x;",
    ],
    ['platform-below', 'functions/platform/x.ts', "import { x } from '../ocpp/y.ts';\nexport const z = x;"],
    [
      'product-without-tools',
      'functions/core/x.ts',
      "import { x } from '../../bin/y.ts';\nexport const z = x;",
    ],
    [
      'stations-outside',
      'bin/simulator/x.ts',
      "import { x } from '../../functions/core/y.ts';\nexport const z = x;",
    ],
    ['tools-without-tests', 'scripts/x.ts', "import { x } from '../test/y.ts';\nexport const z = x;"],
    ['resolvable', 'functions/core/x.ts', "import { x } from './nowhere.ts';\nexport const z = x;"],
    ['no-circles', 'functions/core/a.ts', "import { x } from './b.ts';\nexport const y = x;"],
    ...rooms.flatMap((room): [string, string, string][] => [
      [
        `room-${room}`,
        `functions/${room}/x.ts`,
        "import { x } from '../adapters/dynamodb/y.ts';\nexport const z = x;",
      ],
      [
        `doors-of-${room}`,
        `functions/${room}/x.handler.ts`,
        "import { x } from '../../bin/y.ts';\nexport const z = x;",
      ],
    ]),
  ] as const;

  it('has an example of how each rule is broken', () => {
    const broken = new Set<string>(examples.map(([rule]) => rule));

    expect(rules.map(({ name }) => name).filter((name) => name && !broken.has(name))).toEqual([]);
  });

  it.each(examples)('that break %s are found in %s', async (rule, path, code) => {
    const folder = mkdtempSync(join(tmpdir(), 'csms-imports-'));
    const write = (name: string, text: string) => {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    };
    for (const room of ['adapters/dynamodb', 'adapters/sqs', 'core', 'graphql', 'ocpp', 'ocpp/v201']) {
      write(`functions/${room}/y.ts`, 'export const x = 1;');
    }
    for (const folder of ['bin', 'test']) write(`${folder}/y.ts`, 'export const x = 1;');
    write('functions/core/b.ts', "import { y } from './a.ts';\nexport const x = y;");
    write(path, code);

    const found = await violations([path.split('/')[0] ?? ''], folder);

    expect(found.map((violation) => violation.split(':')[0])).toContain(rule);
  });
});
