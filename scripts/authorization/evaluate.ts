import { readFileSync } from 'node:fs';
import { bundleResolver } from '../../infra/bundling.ts';
import { resolverFiles } from '../../infra/constructs/graphql-api.ts';
import { createRealm, type Outcome } from '../../local/appsync/realm/realm.ts';

/** What a resolver is evaluated with. */
export interface Situation {
  readonly arguments?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
  readonly headers?: Record<string, string>;
  readonly source?: Record<string, unknown>;
  readonly result?: unknown;
  readonly error?: { message: string; type: string };
}

export const schemaText = readFileSync('graphql/schema.graphql', 'utf8');

const realm = createRealm();
const files = resolverFiles();

/** Evaluates one handler of a field's resolver as AppSync's runtime would. */
export function evaluate(field: string, handler: 'request' | 'response', situation: Situation): Outcome {
  const path = files.find((file) => file.field === field)?.path ?? 'graphql/shared/not-built.ts';
  const [parentTypeName = '', fieldName = ''] = field.split('.');
  const { claims, source = null, result, error, headers = {}, arguments: args = {} } = situation;
  const context = {
    arguments: args,
    source,
    identity: claims ? { claims } : null,
    request: { headers, domainName: null },
    info: { fieldName, parentTypeName },
    stash: {},
    result,
    error,
  };
  return realm.compile(path, bundleResolver(path)).run(handler, context, 'User Pool Authorization');
}
