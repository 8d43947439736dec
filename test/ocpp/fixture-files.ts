import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { Quirk } from '../../functions/ocpp/quirks.ts';
import type { Subprotocol } from '../../functions/ocpp/subprotocols.ts';

/** One example message: a request of a station, or its answer to one of ours. */
export interface Fixture {
  readonly action: string;
  readonly name: string;
  readonly payload: unknown;
  /** How the request is refused; absent for requests that are fine. */
  readonly error?: { readonly code: string; readonly names: string };
  /** The leniency that lets the request pass although it is not as it should be. */
  readonly quirk?: Quirk;
  /** For answers to our calls: how the command ends. */
  readonly answers?: 'ACCEPTED' | 'REJECTED' | 'FAILED';
}

const root = join(import.meta.dirname, '..', '..');

export const editions: readonly { subprotocol: Subprotocol; folder: string; source: string }[] = [
  { subprotocol: 'ocpp1.6', folder: 'ocpp16', source: 'ocpp1_6.json' },
  { subprotocol: 'ocpp2.0.1', folder: 'ocpp201', source: 'ocpp2_0_1.json' },
];

export function readFixtures(folder: string): readonly Fixture[] {
  const base = join(root, 'test/fixtures', folder);
  return readdirSync(base).flatMap((action) =>
    readdirSync(join(base, action)).map((file) => ({
      action,
      name: file.replace('.json', ''),
      ...JSON.parse(readFileSync(join(base, action, file), 'utf8')),
    })),
  );
}

/** A schema, as far as the official ones go. */
export interface Schema {
  readonly type?: string;
  readonly $ref?: string;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly maxLength?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** The official schemas as they are. */
export function officialSchemas(source: string): readonly (Schema & { readonly $id: string })[] {
  return JSON.parse(readFileSync(join(root, 'node_modules/ocpp-rpc/lib/schemas', source), 'utf8'));
}

/** The official schemas compiled by a plain validator: the referee. */
export function referee(source: string): (id: string) => ValidateFunction {
  const schemas = officialSchemas(source);
  // `urn:Action.req` is no URI that ajv can resolve against, so the prefix goes.
  const ajv = new Ajv({ strict: false, multipleOfPrecision: 6 });
  addFormats.default(ajv);
  for (const schema of schemas) ajv.addSchema({ ...schema, $id: schema.$id.replace('urn:', '') });
  return (id) => {
    const check = ajv.getSchema(id);
    if (!check) throw new Error(`no official schema ${id}`);
    return check;
  };
}
