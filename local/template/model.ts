import type { ZodType } from 'zod';
import { type Assembly, type RawResource, readAssembly, type Stack } from './assembly.ts';
import { createIdentities, type Identity } from './identities.ts';
import { createResolver, type ReferenceTarget, type Resolver } from './intrinsics.ts';
import { nothingToRun, runTypes } from './recognised.ts';

/** One resource of the app, as it would exist after a deployment. */
export interface Resource {
  stackName: string;
  logicalId: string;
  type: string;
  /** The construct's path in the CDK app, when the assembly says it. */
  cdkPath: string | undefined;
  /** What `Ref` gives: a name, an id, a URL or an ARN, by type. */
  ref: string;
  attribute(name: string): string;
  /** The properties with every reference replaced, checked against the shape the caller needs. */
  read<T>(schema: ZodType<T>): T;
}

/** All that the app consists of, merged from its stacks. */
export interface Model {
  ofType(...types: string[]): Resource[];
  /** Path on disk of an asset by its S3 key. Throws when the assembly has none. */
  assetPath(objectKey: string): string;
}

export interface ModelOptions {
  assemblyDir: string;
  /** Where the SDK clients of functions call. */
  endpointUrl: string;
  /** Turns a URL of AWS inside any property into the one that stands for it here. */
  localise?: (text: string) => string;
  /** The value behind `{{resolve:secretsmanager:…}}`. */
  secretValue?: (secretId: string, jsonKey: string | undefined) => string;
}

/**
 * Reads a cloud assembly into the resources to run. Throws with the full list when it holds types that nothing here
 * knows: better not to start than to run half an app.
 */
export function readModel(options: ModelOptions): Model {
  const assembly = readAssembly(options.assemblyDir);
  const { entries, resolver } = connect(assembly, options.endpointUrl);
  const present = entries.filter(
    ({ raw, stack }) => raw.Condition === undefined || resolver.condition(raw.Condition, stack),
  );
  assertAllKnown(present);
  const finish = (text: string) => dynamicReferences(options.localise?.(text) ?? text, options.secretValue);
  const resources = present
    .filter(({ raw }) => runTypes.has(raw.Type))
    .map((entry) => toResource(entry, resolver, finish));
  return {
    ofType: (...types) => resources.filter(({ type }) => types.includes(type)),
    assetPath: (objectKey) => {
      const path = assembly.assetPath(objectKey);
      if (path === undefined) throw new Error(`The assembly has no asset for key ${objectKey}`);
      return path;
    },
  };
}

interface Entry {
  stack: Stack;
  logicalId: string;
  raw: RawResource;
  identity: () => Identity;
}

function connect(assembly: Assembly, endpointUrl: string): { entries: Entry[]; resolver: Resolver } {
  const identify = createIdentities({ endpointUrl });
  const byStack = new Map<Stack, Map<string, Entry>>();
  const resolver = createResolver(assembly.stacks, (stack, logicalId) => {
    const entry = byStack.get(stack)?.get(logicalId);
    return entry && targetOf(entry);
  });
  for (const stack of assembly.stacks) {
    const entries = Object.entries(stack.template.Resources).map(([logicalId, raw]): [string, Entry] => {
      const property = (name: string) => resolver.resolve(raw.Properties[name], stack);
      let known: Identity | undefined;
      const identity = () => {
        known ??= identify({ type: raw.Type, stackName: stack.name, logicalId, property });
        return known;
      };
      return [logicalId, { stack, logicalId, raw, identity }];
    });
    byStack.set(stack, new Map(entries));
  }
  return { entries: [...byStack.values()].flatMap((entries) => [...entries.values()]), resolver };
}

function targetOf({ stack, logicalId, raw, identity }: Entry): ReferenceTarget {
  return {
    get ref() {
      return identity().ref;
    },
    attribute(name) {
      const value = identity().attributes[name];
      if (value === undefined)
        throw new Error(`${stack.name}: ${raw.Type} ${logicalId} has no attribute ${name}`);
      return value;
    },
  };
}

function assertAllKnown(entries: Entry[]): void {
  const unknown = entries.filter(({ raw }) => !runTypes.has(raw.Type) && !(raw.Type in nothingToRun));
  if (unknown.length === 0) return;
  const lines = unknown.map(({ raw, stack, logicalId }) => `  ${raw.Type} (${stack.name}/${logicalId})`);
  throw new Error(
    `The local cloud does not know these resource types (see local/README.md):\n${lines.join('\n')}`,
  );
}

function toResource(entry: Entry, resolver: Resolver, finish: (text: string) => string): Resource {
  const { stack, logicalId, raw } = entry;
  const target = targetOf(entry);
  const path = raw.Metadata?.['aws:cdk:path'];
  let properties: unknown;
  return {
    stackName: stack.name,
    logicalId,
    type: raw.Type,
    cdkPath: typeof path === 'string' ? path : undefined,
    ref: target.ref,
    attribute: (name) => String(target.attribute(name)),
    read(schema) {
      properties ??= mapTexts(resolver.resolve(raw.Properties, stack), finish);
      const parsed = schema.safeParse(properties);
      if (!parsed.success) throw new Error(`${raw.Type} ${stack.name}/${logicalId}: ${parsed.error.message}`);
      return parsed.data;
    },
  };
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((each) => mapTexts(each, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapTexts(each, change)]));
}

function dynamicReferences(text: string, secretValue: ModelOptions['secretValue']): string {
  if (!text.includes('{{resolve:')) return text;
  return text.replace(/\{\{resolve:([\w-]+):(.+?)\}\}/g, (whole, kind: string, reference: string) => {
    // An ARN holds colons itself, so the fields are found from the marker in their middle.
    const [secretId = '', fields = ''] = reference.split(':SecretString:');
    if (kind !== 'secretsmanager' || !secretValue)
      throw new Error(`Dynamic reference not supported here: ${whole}`);
    const [jsonKey = ''] = fields.split(':');
    return secretValue(secretId.replace(/:SecretString$/, ''), jsonKey === '' ? undefined : jsonKey);
  });
}
