import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { type CsmsStage, makeApp } from '../../infra/app.ts';

/** A resource of a template, as far as tests look into it. */
export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: CloudFormation's properties have no types of their own
  readonly Properties: Record<string, any>;
  readonly DeletionPolicy?: string;
}

const stages = new Map<string, CsmsStage>();

/** A stage of the app, made once per test file. Its folder is left to the system's temporary files. */
export function synthesized(stageName: string): CsmsStage {
  const known = stages.get(stageName);
  if (known) return known;
  const outdir = mkdtempSync(join(tmpdir(), 'csms-synth-'));
  const { stage } = makeApp({ stage: stageName, outdir });
  stages.set(stageName, stage);
  return stage;
}

export const stackNames = ['data', 'identity', 'api', 'edge'] as const;

export function templateOf(stageName: string, stack: (typeof stackNames)[number]): Template {
  return Template.fromStack(synthesized(stageName)[stack]);
}

/** Every resource of a stage of one type, by stack and logical id. */
export function resourcesOf(stageName: string, type: string): Map<string, Resource> {
  const found = new Map<string, Resource>();
  for (const stack of stackNames) {
    for (const [id, resource] of Object.entries(templateOf(stageName, stack).findResources(type))) {
      found.set(`${stack}/${id}`, resource as Resource);
    }
  }
  return found;
}
