import { randomBytes } from 'node:crypto';
import { startDynamoDbLocal } from './dynamodb-local.ts';
import type { DynamoEngine } from './endpoint.ts';

/** An engine chosen for `startDynamoEndpoint`; close it after the endpoint. */
export interface ChosenEngine {
  readonly engine: DynamoEngine;
  close(): Promise<void>;
}

const NOTHING_TO_CLOSE = async () => undefined;

/**
 * The engine named by `DYNAMODB_ENGINE`: `embedded` (when absent), `reference` (DynamoDB Local, started here, or
 * the one running at `DYNAMODB_REFERENCE_URL`), or the http URL of any other endpoint. Without `dataDir` the data are
 * private to the caller and gone afterwards, except at a URL of the user's own.
 */
export async function engineFromEnvironment(
  { dataDir }: { dataDir?: string } = {},
  environment: NodeJS.ProcessEnv = process.env,
): Promise<ChosenEngine> {
  const name = environment.DYNAMODB_ENGINE || 'embedded';
  if (name === 'embedded') {
    const engine = { kind: 'embedded' as const, ...(dataDir === undefined ? {} : { dataDir }) };
    return { engine, close: NOTHING_TO_CLOSE };
  }
  if (name.startsWith('http://')) return { engine: { kind: 'remote', url: name }, close: NOTHING_TO_CLOSE };
  if (name !== 'reference') {
    throw new Error(`DYNAMODB_ENGINE is "${name}"; it may be embedded, reference or an http URL`);
  }
  const running = environment.DYNAMODB_REFERENCE_URL;
  if (running !== undefined && dataDir === undefined) {
    const database = `test${randomBytes(8).toString('hex')}`;
    return { engine: { kind: 'remote', url: running, database }, close: NOTHING_TO_CLOSE };
  }
  const local = await startDynamoDbLocal(dataDir === undefined ? {} : { dataDir });
  return { engine: { kind: 'remote', url: local.url }, close: local.close };
}
