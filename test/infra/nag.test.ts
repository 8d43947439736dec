import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { expect, it } from 'vitest';
import { makeApp } from '../../infra/app.ts';
import { stageNames } from '../../infra/stages.ts';

/** Synthesis on a busy machine. */
const timeout = 120_000;

function appIn(stage: string) {
  return makeApp({ stage, outdir: mkdtempSync(join(tmpdir(), 'csms-nag-')) });
}

it.each(stageNames)(
  '%s breaks no rule of AwsSolutions or Serverless without a written reason',
  { timeout },
  (stage) => {
    const { app } = appIn(stage);

    expect(() => app.synth()).not.toThrow();
  },
);

it('a finding without a reason stops the synthesis', { timeout }, () => {
  const { app, stage } = appIn('dev');
  new Topic(new Stack(stage, 'planted'), 'TopicWithoutTls');

  expect(() => app.synth()).toThrow('AwsSolutions-SNS3');
});
