import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { expect, it } from 'vitest';
import { stackNames, synthesized } from './synthesized.ts';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

/** The stacks that the CDK's command line selects in a synthesized stage. */
function selectedBy(patterns: string): string[] {
  const { root } = synthesized('dev').node;
  if (!App.isApp(root)) throw new Error('a stage outside an app');
  const { directory } = root.synth();
  const command = `cdk list --app '${directory}' ${patterns}`;
  const listed = execFileSync('npm', ['exec', '--offline', '--call', command], { encoding: 'utf8' });
  return listed.split('\n').filter((line) => line !== '');
}

it.each(['deploy', 'diff'])('npm run %s is about every stack of the stage', { timeout: 120_000 }, (name) => {
  // Options such as --all stop at the app itself, whose stacks are all in the stage below it.
  const [, patterns] = new RegExp(`^cdk ${name} ([^-].*)$`).exec(scripts[name] ?? '') ?? [];
  if (patterns === undefined) throw new Error(`"${scripts[name]}" names no stacks`);

  const selected = selectedBy(patterns);

  expect(selected).toHaveLength(stackNames.length);
  for (const stack of stackNames) expect(selected.join('\n')).toContain(`csms-dev/${stack}`);
});
