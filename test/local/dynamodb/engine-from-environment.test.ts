import { afterEach, expect, test, vi } from 'vitest';
import { startDynamoDbLocal } from '../../../local/dynamodb/dynamodb-local.ts';
import { engineFromEnvironment } from '../../../local/dynamodb/engine-from-environment.ts';

afterEach(() => vi.unstubAllEnvs());

test('the embedded engine is the default', async () => {
  const { engine } = await engineFromEnvironment({ dataDir: '/data' }, {});

  expect(engine).toEqual({ kind: 'embedded', dataDir: '/data' });
});

test('a URL names another endpoint', async () => {
  const { engine } = await engineFromEnvironment({}, { DYNAMODB_ENGINE: 'http://127.0.0.1:8000' });

  expect(engine).toEqual({ kind: 'remote', url: 'http://127.0.0.1:8000' });
});

test('each user of a running reference has a database of its own', async () => {
  const environment = { DYNAMODB_ENGINE: 'reference', DYNAMODB_REFERENCE_URL: 'http://127.0.0.1:8000' };

  const [first, second] = [
    await engineFromEnvironment({}, environment),
    await engineFromEnvironment({}, environment),
  ];

  expect(first.engine).toMatchObject({ kind: 'remote', url: 'http://127.0.0.1:8000' });
  expect(first.engine).not.toEqual(second.engine);
});

test('an unknown name is refused with the names there are', async () => {
  await expect(engineFromEnvironment({}, { DYNAMODB_ENGINE: 'mongo' })).rejects.toThrow(
    'DYNAMODB_ENGINE is "mongo"; it may be embedded, reference or an http URL',
  );
});

test('a machine without Java is told so in one line', async () => {
  vi.stubEnv('PATH', '/nowhere');

  await expect(startDynamoDbLocal()).rejects.toThrow(
    /^DynamoDB Local needs a Java runtime \(17 or newer\).*$/,
  );
});
