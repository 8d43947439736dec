import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { type CsmsStage, makeApp } from '../../infra/app.ts';
import { stageNames } from '../../infra/stages.ts';

/** A resource of a template, as far as tests look into it. */
export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: CloudFormation's properties have no types of their own
  readonly Properties: Record<string, any>;
  readonly DeletionPolicy?: string;
}

export const stackNames = ['data', 'identity', 'api', 'graphql', 'work', 'edge'] as const;
export type StackName = (typeof stackNames)[number];

/** Made while this file is loaded, for all tests of a file: synthesis takes longer than a test may. */
const stages = new Map(stageNames.map((name) => [name, synthesize(name)]));

function synthesize(name: string) {
  const { stage } = makeApp({ stage: name, outdir: mkdtempSync(join(tmpdir(), 'csms-synth-')) });
  const templates = new Map(stackNames.map((stack) => [stack, Template.fromStack(stage[stack])]));
  return { stage, templates };
}

/** A stage of the app. Its folder is left to the system's temporary files. */
export function synthesized(stageName: string): CsmsStage {
  const known = stages.get(stageName);
  if (!known) throw new Error(`no stage ${stageName}`);
  return known.stage;
}

export function templateOf(stageName: string, stack: StackName): Template {
  const template = stages.get(stageName)?.templates.get(stack);
  if (!template) throw new Error(`no stack ${stack} in ${stageName}`);
  return template;
}

/** Every resource of a stage of one type, by stack and logical id. Throws when there is none: a loop over it would show nothing. */
export function resourcesOf(stageName: string, type: string): Map<string, Resource> {
  const found = new Map<string, Resource>();
  for (const stack of stackNames) {
    for (const [id, resource] of Object.entries(templateOf(stageName, stack).findResources(type))) {
      found.set(`${stack}/${id}`, resource as Resource);
    }
  }
  if (found.size === 0) throw new Error(`no ${type} in ${stageName}`);
  return found;
}
