import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { closeConnection, postToConnection } from '#adapters/apigateway/post-to-connection.ts';
import { pointClientsAt, type RecordedAnswer, startRecorder } from '../../support/aws-recorder.ts';

let endpoint: Awaited<ReturnType<typeof startRecorder>>;
let answer: RecordedAnswer;
beforeAll(async () => {
  endpoint = await startRecorder(() => answer);
  pointClientsAt('http://127.0.0.1:1');
});
beforeEach(() => {
  answer = { status: 200, body: {} };
  endpoint.requests.length = 0;
});
afterAll(() => endpoint.close());

const gone = { status: 410, body: { message: 'gone' }, errorType: 'GoneException' } as const;

describe('the connections behind an endpoint', () => {
  test('get texts below the stage of the endpoint', async () => {
    const post = postToConnection(`${endpoint.url}/prod`);

    expect(await post('abc=', '[2,"1","Reset",{"type":"Über"}]')).toBe('sent');

    expect(endpoint.requests).toMatchObject([
      { method: 'POST', path: '/prod/@connections/abc%3D', body: '[2,"1","Reset",{"type":"Über"}]' },
    ]);
  });

  test('are closed', async () => {
    answer = { status: 204, body: {} };

    expect(await closeConnection(`${endpoint.url}/prod`)('abc')).toBe('closed');

    expect(endpoint.requests).toMatchObject([{ method: 'DELETE', path: '/prod/@connections/abc' }]);
  });

  test('may be gone', async () => {
    answer = gone;

    expect(await postToConnection(`${endpoint.url}/prod`)('abc', 'x')).toBe('gone');
    expect(await closeConnection(`${endpoint.url}/prod`)('abc')).toBe('gone');
  });

  test('may be too busy to be sent anything', async () => {
    answer = { status: 429, body: { message: 'slower' }, errorType: 'LimitExceededException' };

    expect(await postToConnection(`${endpoint.url}/prod`)('abc', 'x')).toBe('busy');
    expect(endpoint.requests).toHaveLength(1);
  });

  test('are not sent the same text again after a failure', async () => {
    answer = { status: 500, body: { message: 'broken' } };

    await expect(postToConnection(`${endpoint.url}/prod`)('abc', 'x')).rejects.toThrow();

    expect(endpoint.requests).toHaveLength(1);
  });
});
