import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PUBLISHER_KEY, type StationApi, startIssuer, startStationApi } from './api-under-test.ts';

let api: StationApi;
let token: string;

beforeAll(async () => {
  api = await startStationApi({ queryDepthLimit: 3, introspection: 'DISABLED', resolverCountLimit: 11 });
  token = await api.mint({ sub: 'operator-1', tenantId: 't1', 'cognito:groups': ['operators'] });
});
afterAll(() => api.close());
beforeEach(() => {
  api.calls.length = 0;
});

const signature = (key: string): string =>
  `AWS4-HMAC-SHA256 Credential=${key}/20260101/eu-west-1/appsync/aws4_request, SignedHeaders=host, Signature=00`;

describe('a request over HTTP', () => {
  it('answers a query through a Lambda data source', async () => {
    const answer = await api.post(token, 'query Q($id: ID!) { station(id: $id) { id title: name } }', {
      id: 'S1',
    });

    expect(answer.status).toBe(200);
    expect(answer.data).toEqual({ station: { id: 'S1', title: 'Station S1' } });
    expect(answer.errors).toBeUndefined();
    expect(api.calls).toMatchObject([
      { field: 'station', args: { id: 'S1' }, identity: { sub: 'operator-1' } },
    ]);
  });

  it('answers a mutation', async () => {
    const answer = await api.post(token, 'mutation { renameStation(id: "S1", name: "North") { name } }');

    expect(answer.data).toEqual({ renameStation: { name: 'North' } });
  });

  it('sends the nested field of sibling objects in batches of at most maxBatchSize', async () => {
    const answer = await api.post(token, '{ stations(count: 10) { id connectors { id } } }');

    expect(answer.data?.stations).toHaveLength(10);
    expect(answer.data?.stations).toContainEqual({ id: 'S7', connectors: [{ id: 'S7-1' }] });
    const batches = api.calls.filter(Array.isArray).map((batch) => batch.length);
    expect(batches).toEqual([4, 4, 2]);
  });

  it('accepts a token with the Bearer prefix and answers a preflight', async () => {
    const answer = await api.post(`Bearer ${token}`, '{ station(id: "S1") { id } }');
    const preflight = await fetch(`http://127.0.0.1:${api.port}/graphql`, { method: 'OPTIONS' });

    expect(answer.status).toBe(200);
    expect(preflight.status).toBe(200);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-methods')).toContain('POST');
  });

  it('tells resolvers who calls, what is selected and the environment', async () => {
    const { data } = await api.post(token, 'query W($yes: Boolean!) { whoAmI @include(if: $yes) }', {
      yes: true,
    });

    expect(JSON.parse(String(data?.whoAmI))).toMatchObject({
      mode: 'User Pool Authorization',
      env: { STAGE: 'test' },
      identity: {
        sub: 'operator-1',
        username: 'operator-1',
        issuer: api.issuer,
        groups: ['operators'],
        defaultAuthStrategy: 'ALLOW',
        claims: { tenantId: 't1' },
      },
      info: { fieldName: 'whoAmI', parentTypeName: 'Query', variables: { yes: true } },
    });
  });
});

describe('a failing request', () => {
  it('gives the five members of an AppSync error and no trace of the function', async () => {
    const answer = await api.post(token, '{ failing(how: "offline") }');

    expect(answer.data).toEqual({ failing: null });
    expect(answer.errors).toEqual([
      {
        path: ['failing'],
        data: null,
        errorType: 'Lambda:Unhandled',
        errorInfo: null,
        locations: [{ line: 1, column: 3, sourceName: null }],
        message: 'The station is offline',
      },
    ]);
  });

  it.each([
    ['a document that is no GraphQL', '{ station(', 400],
    ['an unknown field', '{ station(id: "S1") { colour } }', 200],
    ['introspection when it is disabled', '{ __schema { types { name } } }', 200],
  ])('is refused for %s', async (_, query, status) => {
    const answer = await api.post(token, query);

    expect(answer.status).toBe(status);
    expect(answer.data ?? null).toBeNull();
    expect(answer.errors).not.toHaveLength(0);
  });

  it('is refused beyond the depth limit of the API, counted through fragments', async () => {
    const shallow = await startStationApi({ queryDepthLimit: 2 });
    const query = '{ station(id: "S1") { ...F } } fragment F on Station { connectors { id } }';

    const answer = await shallow.post(await shallow.mint({}), query);

    expect(answer.errors).toMatchObject([{ errorType: 'QueryDepthLimitReached' }]);
    await shallow.close();
  });

  it('stops resolving at the resolver count limit', async () => {
    const answer = await api.post(token, '{ stations(count: 11) { id connectors { id } } }');

    expect(answer.errors).toMatchObject([{ errorType: 'ResolverExecutionLimitReached' }]);
  });

  it('refuses a subscription', async () => {
    const answer = await api.post(token, 'subscription { onStationRenamed { id } }');

    expect(answer.status).toBe(400);
    expect(answer.errors).toMatchObject([{ errorType: 'UnsupportedOperation' }]);
  });
});

describe('a caller', () => {
  it.each([
    ['no authorization', async () => ''],
    ['no token', async () => 'letmein'],
    ['an expired token', () => api.mint({}, Math.floor(Date.now() / 1000) - 10)],
    ['a token for another client', () => api.mint({ client_id: 'other' })],
    ['a token of another issuer', async () => (await startIssuer()).mint({})],
  ])('with %s is answered 401', async (_, authorization) => {
    const answer = await api.post(await authorization(), '{ station(id: "S1") { id } }');

    expect(answer.status).toBe(401);
    expect(answer.headers.get('x-amzn-errortype')).toBe('UnauthorizedException');
    expect(answer.errors).toMatchObject([{ errorType: 'UnauthorizedException' }]);
    expect(api.calls).toEqual([]);
  });

  it('outside the group of a field gets null and an Unauthorized error, the rest of the answer stands', async () => {
    const query = '{ station(id: "S1") { id serial } }';
    const engineer = await api.mint({ 'cognito:groups': ['engineers'] });

    const refused = await api.post(token, query);
    const granted = await api.post(engineer, query);

    expect(refused.data).toEqual({ station: { id: 'S1', serial: null } });
    expect(refused.errors).toMatchObject([
      {
        errorType: 'Unauthorized',
        message: 'Not Authorized to access serial on type Station',
        path: ['station', 'serial'],
      },
    ]);
    expect(granted.data).toEqual({ station: { id: 'S1', serial: 'SN-S1' } });
  });

  it('of the default mode may not have a type that names other modes only', async () => {
    const answer = await api.post(token, '{ site { id } }');

    expect(answer.errors).toMatchObject([{ message: 'Not Authorized to access id on type Site' }]);
  });

  it('of another mode may not have a field without directive', async () => {
    const answer = await api.post(signature(PUBLISHER_KEY), '{ station(id: "S1") { id } }');

    expect(answer.errors).toMatchObject([{ message: 'Not Authorized to access station on type Query' }]);
    expect(api.calls).toEqual([]);
  });

  it('of AWS needs the permission on the field', async () => {
    const granted = await api.post(signature(PUBLISHER_KEY), '{ whoAmI }');
    const refused = await api.post(signature('AKIAOTHER'), '{ whoAmI }');

    expect(JSON.parse(String(granted.data?.whoAmI)).mode).toBe('IAM Authorization');
    expect(refused.data).toEqual({ whoAmI: null });
    expect(refused.errors).toMatchObject([{ errorType: 'Unauthorized' }]);
  });
});

describe('an issuer', () => {
  it('may start after the API, and its keys are asked again until they come', async () => {
    const issuer = await startIssuer();
    const jwks = await (await fetch(`${issuer.issuer}/.well-known/jwks.json`)).text();
    let asked = 0;
    const late = await startStationApi({
      auth: [{ type: 'OPENID_CONNECT', issuer: issuer.issuer, clientId: 'console' }],
      fetchKeys: async () => {
        asked += 1;
        if (asked === 1) throw new Error('connect ECONNREFUSED');
        return JSON.parse(jwks);
      },
    });
    const authorization = await issuer.mint({ azp: 'console', tenantId: 't1' });

    const early = await late.post(authorization, '{ station(id: "S1") { id } }');
    const retried = await late.post(authorization, '{ station(id: "S1") { id } }');
    await late.post(authorization, '{ station(id: "S1") { id } }');

    expect(early.status).toBe(401);
    expect(retried.data).toEqual({ station: { id: 'S1' } });
    expect(asked).toBe(2);
    expect(late.calls).toMatchObject([
      { identity: { sub: 'user-1', issuer: issuer.issuer, claims: { tenantId: 't1' } } },
      {},
    ]);
    await late.close();
    await issuer.close();
  });
});

describe('AWSJSON', () => {
  it('comes in as a string, is a value for resolvers and goes out as a string', async () => {
    const query =
      'query E($json: AWSJSON) { fromVariable: echo(json: $json) fromLiteral: echo(json: "[1]") }';

    const { data } = await api.post(token, query, { json: '{"a":{"b":1}}' });

    expect(data).toEqual({
      fromVariable: '{"type":"object","value":{"a":{"b":1}}}',
      fromLiteral: '{"type":"object","value":[1]}',
    });
  });

  it('that is no JSON is refused', async () => {
    const answer = await api.post(token, 'query E($json: AWSJSON) { echo(json: $json) }', { json: '{a}' });

    expect(answer.data).toBeNull();
    expect(answer.errors).toHaveLength(1);
  });
});

describe('a request that takes too long', () => {
  it('is answered with ExecutionTimeout', async () => {
    const stuck = await startStationApi({
      invoke: () => new Promise(() => undefined),
      limits: { requestTimeoutMs: 50 },
    });

    const answer = await stuck.post(await stuck.mint({}), '{ station(id: "S1") { id } }');

    expect(answer.errors).toMatchObject([{ errorType: 'ExecutionTimeout' }]);
    await stuck.close();
  });
});
