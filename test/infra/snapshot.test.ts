import { expect, it } from 'vitest';
import { stageNames } from '../../infra/stages.ts';
import { type Resource, type StackName, stackNames, templateOf } from './synthesized.ts';

/** Tested where they live. */
const code = new Set(['Code', 'Definition', 'FunctionCode']);
/** Many of a kind, and tested by rule. */
const many = new Set(['AWS::AppSync::Resolver', 'AWS::CloudWatch::Alarm', 'AWS::Lambda::Permission']);

/** A template without what changes with every line of code, and without what is many of a kind. */
function bones(stage: string, stack: StackName): unknown {
  const { Resources, Outputs } = templateOf(stage, stack).toJSON();
  const kept = Object.entries<Resource>(Resources).filter(([, { Type }]) => !many.has(Type));
  const text = JSON.stringify({ Resources: Object.fromEntries(kept), Outputs }, (key, value) => {
    if (key === 'Metadata') return undefined;
    return code.has(key) && typeof value === 'string' ? '…' : value;
  });
  return JSON.parse(text.replace(/[0-9a-f]{64}/g, 'HASH'));
}

it.each(stageNames)('%s changes only on purpose', async (stage) => {
  const stacks = Object.fromEntries(stackNames.map((stack) => [stack, bones(stage, stack)]));

  await expect(`${JSON.stringify(stacks, undefined, 1)}\n`).toMatchFileSnapshot(
    `__snapshots__/${stage}.json`,
  );
});
