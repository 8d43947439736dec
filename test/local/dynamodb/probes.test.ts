import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DynamoEndpoint, startDynamoEndpoint } from '../../../local/dynamodb/endpoint.ts';
import { engineFromEnvironment } from '../../../local/dynamodb/engine-from-environment.ts';
import { KNOWN_DIFFERENCES } from './known-differences.ts';
import { CAPACITY_PROBES } from './probes/capacity-probes.ts';
import { CONDITION_PROBES } from './probes/condition-probes.ts';
import { ask, type Probe } from './probes/probe.ts';
import { READ_PROBES } from './probes/read-probes.ts';
import { TABLE_PROBES } from './probes/table-probes.ts';
import { TRANSACTION_PROBES } from './probes/transaction-probes.ts';
import { WRITE_PROBES } from './probes/write-probes.ts';

/** What DynamoDB Local answered; `npm run test:reference -- -u` records it anew. */
const REFERENCE_ANSWERS = new URL('./__snapshots__/reference-answers.json', import.meta.url).pathname;

const PROBES: readonly Probe[] = [
  ...CONDITION_PROBES,
  ...WRITE_PROBES,
  ...READ_PROBES,
  ...TRANSACTION_PROBES,
  ...CAPACITY_PROBES,
  ...TABLE_PROBES,
];
const DIFFERENT = new Map(KNOWN_DIFFERENCES.map(({ probe, embedded }) => [probe, embedded]));
const isReference = process.env.DYNAMODB_ENGINE === 'reference';

function onePerLine(answers: Record<string, unknown>): string {
  const lines = Object.entries(answers).map(
    ([name, answer]) => `${JSON.stringify(name)}: ${JSON.stringify(answer)}`,
  );
  return `{\n${lines.join(',\n')}\n}\n`;
}

describe.runIf(isReference)('the reference engine', () => {
  test('gives the recorded answers', { timeout: 300_000 }, async () => {
    const { engine, close } = await engineFromEnvironment();
    const endpoint = await startDynamoEndpoint({ engine });
    const answers: Record<string, unknown> = {};
    for (const [serial, probe] of PROBES.entries())
      answers[probe.name] = await ask(probe, endpoint.url, serial);
    await endpoint.close();
    await close();

    await expect(onePerLine(answers)).toMatchFileSnapshot(REFERENCE_ANSWERS);
  });
});

describe('the embedded engine', () => {
  let endpoint: DynamoEndpoint;
  const reference: Record<string, unknown> = JSON.parse(readFileSync(REFERENCE_ANSWERS, 'utf8'));

  beforeAll(async () => {
    endpoint = await startDynamoEndpoint({ engine: { kind: 'embedded' } });
  });
  afterAll(() => endpoint.close());

  test.each(PROBES.map((probe, serial) => ({ ...probe, serial })))('$name', async (probe) => {
    const answer = await ask(probe, endpoint.url, probe.serial);

    const isDifferent = DIFFERENT.has(probe.name);
    expect(answer).toEqual(isDifferent ? DIFFERENT.get(probe.name) : reference[probe.name]);
    if (isDifferent) expect(answer, 'this known difference is stale').not.toEqual(reference[probe.name]);
  });

  test('differs only where a probe exists', () => {
    const names = new Set(PROBES.map(({ name }) => name));

    expect([...DIFFERENT.keys()].filter((name) => !names.has(name))).toEqual([]);
    expect(names.size).toBe(PROBES.length);
  });
});
