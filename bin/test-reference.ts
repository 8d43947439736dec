/**
 * Runs the store tests, the journeys and the DynamoDB probes on DynamoDB Local, Amazon's own emulator.
 * Needs a Java runtime. Arguments are passed on to vitest; those that are paths stand for all of these.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type DynamoDbLocal, startDynamoDbLocal } from '../local/dynamodb/dynamodb-local.ts';

const VITEST = new URL('../node_modules/vitest/vitest.mjs', import.meta.url).pathname;
const ALL = ['test/adapters', 'test/journeys', 'test/local/dynamodb'];
const asked = process.argv.slice(2);
const folders = asked.some((argument) => existsSync(argument)) ? [] : ALL;

try {
  process.exitCode = await runOn(await startDynamoDbLocal());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function runOn(reference: DynamoDbLocal): Promise<number> {
  const env = { ...process.env, DYNAMODB_ENGINE: 'reference', DYNAMODB_REFERENCE_URL: reference.url };
  const vitest = spawn(process.execPath, [VITEST, 'run', ...folders, ...asked], {
    env,
    stdio: 'inherit',
  });
  const [code] = await once(vitest, 'exit');
  await reference.close();
  return code ?? 1;
}
