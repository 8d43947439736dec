import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { problemAnswer } from '../../functions/admin/problem.ts';
import { lambdaContext } from '../workers/worker-cloud.ts';

let handler: typeof import('../../functions/admin/admin-api.handler.ts').handler;
beforeAll(async () => {
  for (const name of [
    'STAGE',
    'REGISTRY_TABLE',
    'OPERATIONS_TABLE',
    'LEDGER_TABLE',
    'JOURNAL_TABLE',
    'FILES_BUCKET',
    'TIMERS_QUEUE_URL',
  ])
    vi.stubEnv(name, 'test');
  vi.stubEnv('STATION_LOG_DAYS', '14');
  for (const name of ['FILES_BUCKET', 'TIMERS_QUEUE_URL', 'PEPPER_SECRET_ARN', 'STATION_CA_KEY_ARN']) {
    vi.stubEnv(name, 'test');
  }
  vi.stubEnv('ALLOWED_SECURITY_PROFILES', '1,2,3');
  vi.stubEnv('STATION_API_ENDPOINT', 'http://127.0.0.1:1/live');
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  ({ handler } = await import('../../functions/admin/admin-api.handler.ts'));
});

function request(method: string, path: string) {
  const event = { requestContext: { http: { method, path } } } as APIGatewayProxyEventV2;
  return handler(event, lambdaContext);
}

describe('the administrators’ API', () => {
  test('says that it is well, and is not to be remembered', async () => {
    const answer = await request('GET', '/api/v1/health');

    expect(answer).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    });
    expect(JSON.parse(answer.body ?? '')).toEqual({ status: 'ok', stage: 'test' });
  });

  test.each([
    ['GET', '/api/v1/nothing'],
    ['POST', '/api/v1/health'],
    ['GET', '/api/v1/health/more'],
  ])('has no %s %s, and says so as RFC 9457 asks', async (method, path) => {
    const answer = await request(method, path);

    expect(answer).toMatchObject({
      statusCode: 404,
      headers: { 'content-type': 'application/problem+json' },
    });
    expect(JSON.parse(answer.body ?? '')).toEqual({
      type: 'about:blank',
      status: 404,
      title: 'Not Found',
      detail: expect.stringContaining(`${method} ${path}`),
    });
  });

  test('names what of an input is wrong', () => {
    const errors = [{ pointer: '/name', detail: 'is empty' }];

    const { body } = problemAnswer({ status: 422, title: 'Unprocessable', detail: 'wrong', errors });

    expect(JSON.parse(body ?? '')).toMatchObject({ status: 422, errors });
  });
});
