import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const manifestSchema = z.object({
  artifacts: z
    .record(
      z.string(),
      z.object({
        type: z.string(),
        properties: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .default({}),
});

const assetManifestSchema = z.object({
  files: z
    .record(
      z.string(),
      z.object({
        source: z.object({ path: z.string().optional() }),
        destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
      }),
    )
    .default({}),
});

const rawResourceSchema = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  Condition: z.string().optional(),
  Metadata: z.record(z.string(), z.unknown()).optional(),
});

const templateSchema = z.object({
  Resources: z.record(z.string(), rawResourceSchema).default({}),
  Outputs: z
    .record(
      z.string(),
      z.object({
        Value: z.unknown(),
        Export: z.object({ Name: z.unknown() }).optional(),
        Condition: z.string().optional(),
      }),
    )
    .default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Mappings: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
  Parameters: z.record(z.string(), z.object({ Default: z.unknown().optional() })).default({}),
});

export type RawResource = z.infer<typeof rawResourceSchema>;
export type Template = z.infer<typeof templateSchema>;

/** One CloudFormation stack of the assembly. */
export interface Stack {
  name: string;
  template: Template;
  /** Values the deployment would pass; a template's defaults fill the rest. */
  parameters: Record<string, unknown>;
}

/** What `cdk synth` wrote: its stacks and where the files behind each S3 key lie on disk. */
export interface Assembly {
  stacks: Stack[];
  /** Path of the file or folder that would be uploaded under this key; undefined when the assembly lacks it. */
  assetPath(objectKey: string): string | undefined;
}

/**
 * Reads a CDK cloud assembly, with the assemblies of its stages (CDK reference, "Cloud assembly schema").
 * Throws when the folder holds none.
 */
export function readAssembly(directory: string): Assembly {
  const stacks: Stack[] = [];
  const assets = new Map<string, string>();
  collect(directory, stacks, assets);
  return { stacks, assetPath: (objectKey) => assets.get(objectKey) };
}

function collect(directory: string, stacks: Stack[], assets: Map<string, string>): void {
  const manifest = manifestSchema.parse(readJson(join(directory, 'manifest.json')));
  for (const [id, artifact] of Object.entries(manifest.artifacts)) {
    const properties = artifact.properties ?? {};
    if (artifact.type === 'cdk:cloud-assembly') {
      collect(join(directory, String(properties.directoryName)), stacks, assets);
    } else if (artifact.type === 'cdk:asset-manifest') {
      collectAssets(directory, String(properties.file), assets);
    } else if (artifact.type === 'aws:cloudformation:stack') {
      stacks.push({
        name: String(properties.stackName ?? id),
        template: templateSchema.parse(readJson(join(directory, String(properties.templateFile)))),
        parameters: { ...(properties.parameters as Record<string, unknown> | undefined) },
      });
    }
  }
}

function collectAssets(directory: string, file: string, assets: Map<string, string>): void {
  const manifest = assetManifestSchema.parse(readJson(join(directory, file)));
  for (const { source, destinations } of Object.values(manifest.files)) {
    const { path } = source;
    if (path === undefined) continue;
    for (const { objectKey } of Object.values(destinations)) assets.set(objectKey, join(directory, path));
  }
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
