/**
 * Makes `functions/ocpp/<version>/schema/` from the official OCPP JSON Schemas, which the package `ocpp-rpc`
 * carries unedited: validators compiled ahead (`validators.js`) and types of every message (`messages.ts`).
 * Run by `npm run prepare`; it does nothing while what it made fits its inputs.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import { compile } from 'json-schema-to-typescript';

const root = join(import.meta.dirname, '..');
const versions = [
  { name: 'OCPP 1.6', folder: 'v16', source: 'ocpp1_6.json' },
  { name: 'OCPP 2.0.1', folder: 'v201', source: 'ocpp2_0_1.json' },
];

type Schema = { [keyword: string]: unknown };
interface Message {
  readonly action: string;
  readonly kind: 'Request' | 'Response';
  readonly schema: Schema;
}
interface Vocabulary {
  readonly messages: readonly Message[];
  /** What messages share, by name. */
  readonly definitions: Readonly<Record<string, Schema>>;
}

/** Words of a schema that say nothing about validity. */
const remarks = new Set(['$schema', 'description', 'javaType', '$comment', 'default']);

/** Copies a schema without remarks; references to definitions go through `refer`. */
function essence(node: unknown, refer: (name: string) => string, names = false): unknown {
  if (Array.isArray(node)) return node.map((item) => essence(item, refer));
  if (typeof node !== 'object' || node === null) return node;
  const kept = Object.entries(node).filter(([key]) => names || !remarks.has(key));
  return Object.fromEntries(
    kept.map(([key, value]) => {
      if (!names && key === '$ref') return [key, refer(String(value).replace('#/definitions/', ''))];
      return [key, essence(value, refer, !names && (key === 'properties' || key === 'definitions'))];
    }),
  );
}

/** Reads a version's messages; a definition that several messages carry must be the same in all of them. */
function readVocabulary(text: string, refer: (name: string) => string): Vocabulary {
  const definitions: Record<string, Schema> = {};
  const messages = (JSON.parse(text) as Schema[]).map((official) => {
    const { $id, definitions: own = {}, ...schema } = essence(official, refer) as Schema;
    const [, action, suffix] = /^urn:(\w+)\.(req|conf)$/.exec(String($id)) ?? [];
    if (action === undefined) throw new Error(`unexpected schema id ${String($id)}`);
    for (const [name, definition] of Object.entries(own as Record<string, Schema>)) {
      const known = definitions[name];
      if (known && JSON.stringify(known) !== JSON.stringify(definition)) {
        throw new Error(`two definitions are called ${name}`);
      }
      definitions[name] = definition;
    }
    return { action, kind: suffix === 'req' ? 'Request' : 'Response', schema } as const;
  });
  return { messages, definitions };
}

/**
 * The shape of a date and time, as wide as what stations send: blanks for `T`, no fraction, no zone. What a
 * moment means without a zone is decided where it is read.
 */
const dateTimeShape =
  /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:[Zz]|[+-]\d{2}(?::?\d{2})?)?$/;
const uriShape = /^[A-Za-z][A-Za-z0-9+.-]*:\S*$/;

/** The checks of all messages as one module: `requests` and `responses`, by action. */
function validators(text: string): string {
  const vocabulary = readVocabulary(text, (name) => `shared#/definitions/${name}`);
  const ajv = new Ajv({
    strict: false,
    allErrors: false,
    messages: false,
    inlineRefs: false,
    multipleOfPrecision: 6,
    formats: { 'date-time': dateTimeShape, uri: uriShape },
    schemas: [{ $id: 'shared', definitions: vocabulary.definitions }],
    code: { source: true, esm: true, lines: true },
  });
  const exports: Record<string, string> = {};
  const tables = { Request: [] as string[], Response: [] as string[] };
  for (const { action, kind, schema } of vocabulary.messages) {
    const id = `${action}${kind}`;
    ajv.addSchema({ $id: id, ...schema });
    exports[id] = id;
    tables[kind].push(`  ${action}: ${id},`);
  }
  const code = lean(standalone.default(ajv, exports)).replaceAll('export const', 'const');
  return [
    code,
    `export const requests = {\n${tables.Request.join('\n')}\n};`,
    `export const responses = {\n${tables.Response.join('\n')}\n};\n`,
  ].join('\n');
}

/** What generated checks share. Text is as long as it has characters, not code units. */
const shared = `
function violation(path, keyword){
return {path,keyword};
}
function checkText(value, longest, path){
if(typeof value !== "string")return violation(path,"type");
let length = 0;
for(const _ of value) length += 1;
return length > longest ? violation(path,"maxLength") : undefined;
}
`;

/**
 * ajv writes for every option it has: an error object at each exit, and counters of errors that go on after
 * the first. Here the first failure ends the check, so each function comes down to "the violation, or nothing",
 * a third of the size. Stops when the generated code has any other form than the one rewritten here.
 */
function lean(code: string): string {
  const rewritten = code
    .replace(
      /validate\d+\.errors = \[\{instancePath(?::([^,]+))?,schemaPath:"[^"]*",keyword:"(\w+)",params:\{([^{}]*)\}\}\];\s*return false;(?:\s*break;)?/g,
      (_, path: string | undefined, keyword: string, params: string) => {
        const member = /(?:missingProperty|additionalProperty): (\w+|"[^"]*")/.exec(params)?.[1];
        const at = member ? `${path ?? 'instancePath'}+"/"+${member}` : (path ?? 'instancePath');
        return `return violation(${at},"${keyword}");`;
      },
    )
    .replace(
      /if\(!\((validate\d+)\(([^,]+), \{instancePath:([^,]+),parentData:[^,]+,parentDataProperty:[^,]+,rootData\}\)\)\)\{\s*vErrors = vErrors === null \? \1\.errors : vErrors\.concat\(\1\.errors\);\s*errors = vErrors\.length;\s*\}/g,
      '{const found = $1($2,$3);\nif(found)return found;}',
    )
    .replace(/function (validate\d+)\(data, \{[^}]*\}=\{\}\)\{/g, 'function $1(data,instancePath){')
    .replace(/let vErrors = null;\nlet errors = 0;\n/g, '')
    .replace(/validate\d+\.errors = vErrors;\nreturn errors === 0;/g, 'return undefined;')
    .replace(/const _errs\d+ = errors;\n/g, '')
    .replace(/else \{\nvar valid\d+ = true;\n\}\n/g, '')
    .replace(/var valid\d+ = (?:true|_errs\d+ === errors);\n/g, '')
    .replace(/if\(!valid\d+\)\{\nbreak;\n\}\n/g, '')
    .replace(/if\((?:valid\d+|errors === 0|_errs\d+ === errors|errors === _errs\d+)\)\{/g, '{')
    .replace(/\/\*# sourceURL.*\n/g, '')
    .replace(
      /if\(typeof (\w+) === "string"\)\{\nif\(func\d+\(\1\) > (\d+)\)\{\nreturn violation\(([^,]+),"maxLength"\);\n\}\n\}\nelse \{\nreturn violation\(\3,"type"\);\n\}/g,
      '{const found = checkText($1,$2,$3);\nif(found)return found;}',
    )
    .replace(/const func\d+ = require\("ajv\/dist\/runtime\/ucs2length"\)\.default;/g, '');
  const foreign = /\b(?:v?[eE]rrors|_errs\d+|valid\d+|require)\b.*|\bfunc\d+\(.*/.exec(rewritten)?.[0];
  if (foreign !== undefined) throw new Error(`ajv wrote code of an unknown form: ${foreign}`);
  return rewritten + shared;
}

const declarations = `import type { PayloadChecks } from '../../payload-check.ts';
import type { Requests, Responses } from './messages.ts';

export const requests: PayloadChecks<Requests>;
export const responses: PayloadChecks<Responses>;
`;

/** Types of all messages, and `Requests` and `Responses` by action. */
async function types(text: string): Promise<string> {
  const { messages, definitions } = readVocabulary(text, (name) => `#/definitions/${name}`);
  const all: Record<string, Schema> = { ...definitions };
  const tables = { Request: {} as Record<string, Schema>, Response: {} as Record<string, Schema> };
  for (const { action, kind, schema } of messages) {
    all[`${action}${kind}`] = schema;
    tables[kind][action] = { $ref: `#/definitions/${action}${kind}` };
  }
  for (const [name, properties] of [
    ['Requests', tables.Request],
    ['Responses', tables.Response],
  ] as const) {
    all[name] = {
      type: 'object',
      additionalProperties: false,
      properties,
      required: Object.keys(properties),
    };
  }
  const vocabulary: Parameters<typeof compile>[0] = {
    type: 'object',
    additionalProperties: false,
    properties: {
      requests: { $ref: '#/definitions/Requests' },
      responses: { $ref: '#/definitions/Responses' },
    },
    required: ['requests', 'responses'],
    definitions: all,
  };
  const options = { bannerComment: '', format: false, ignoreMinAndMaxItems: true };
  const code = await compile(vocabulary, 'Vocabulary', options);
  return code.replace(/^ *\/\*\*[\s\S]*?\*\/\n/gm, '');
}

async function generate(version: (typeof versions)[number]): Promise<void> {
  const source = join(root, 'node_modules/ocpp-rpc/lib/schemas', version.source);
  const text = readFileSync(source, 'utf8');
  const inputs = [
    text,
    ...[import.meta.filename, packageOf('ajv'), packageOf('json-schema-to-typescript')].map(read),
  ];
  const mark = createHash('sha256').update(inputs.join('\0')).digest('hex');
  const folder = join(root, 'functions/ocpp', version.folder, 'schema');
  if (read(join(folder, 'made-from')) === mark) return;
  const banner = `// Made by scripts/generate-ocpp.ts from the official JSON Schemas of ${version.name}. Do not edit.\n`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'validators.js'), banner + validators(text));
  writeFileSync(join(folder, 'validators.d.ts'), banner + declarations);
  writeFileSync(join(folder, 'messages.ts'), banner + (await types(text)));
  writeFileSync(join(folder, 'made-from'), mark);
}

function packageOf(name: string): string {
  return join(root, 'node_modules', name, 'package.json');
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

await Promise.all(versions.map(generate));
