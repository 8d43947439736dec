import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import {
  type AppSyncHost,
  type AppSyncHostConfig,
  createAppSyncHost,
  type InvokeResult,
} from '../../../local/appsync/host.ts';

export const ACCOUNT_ID = '111122223333';
export const API_ID = 'stations';
export const PUBLISHER_KEY = 'AKIAPUBLISHER';

export const SCHEMA = /* GraphQL */ `
  type Connector { id: ID!, status: String! }
  type Station {
    id: ID!
    name: String!
    serial: String @aws_cognito_user_pools(cognito_groups: ["engineers"])
    settings: AWSJSON
    seenAt: AWSDateTime
    connectors: [Connector!]!
  }
  type Site @aws_iam { id: ID! }
  type StationEvent @aws_iam @aws_cognito_user_pools {
    tenantId: ID
    stationId: ID
    status: String!
    powerW: Int
  }
  type Revocation { tenantId: ID! }
  input StationEventInput { tenantId: ID!, stationId: ID!, status: String!, powerW: Int }
  type Query {
    station(id: ID!): Station
    stations(count: Int!): [Station!]!
    site: Site @aws_iam @aws_cognito_user_pools
    whoAmI: AWSJSON @aws_iam @aws_cognito_user_pools
    failing(how: String!): String
    echo(json: AWSJSON, at: AWSDateTime): AWSJSON
  }
  type Mutation {
    renameStation(id: ID!, name: String!): Station
    publishStationEvent(event: StationEventInput!): StationEvent @aws_iam
    revokeTenant(tenantId: ID!): Revocation
  }
  type Subscription {
    onStationRenamed(id: ID, name: String): Station @aws_subscribe(mutations: ["renameStation"])
    onAnyStationEvent(stationId: ID, status: String): StationEvent! @aws_subscribe(mutations: ["publishStationEvent"])
    onStationEvent(tenantId: ID!, stationIds: [ID!], minPowerW: Int): StationEvent
      @aws_subscribe(mutations: ["publishStationEvent"])
  }
`;

const UTILS = `import { util, extensions } from '@aws-appsync/utils';\n`;
const RESULT = `export function response(ctx) {
  if (ctx.error) util.error(ctx.error.message, ctx.error.type);
  return ctx.result;
}`;

/** A unit resolver that hands the arguments to the Lambda under the field's name. */
export const INVOKE = `${UTILS}
export function request(ctx) {
  return { operation: 'Invoke', payload: { field: ctx.info.fieldName, args: ctx.args, identity: ctx.identity } };
}
${RESULT}`;

const BATCH = `${UTILS}
export function request(ctx) {
  return { operation: 'BatchInvoke', payload: { field: 'connectors', id: ctx.source.id } };
}
${RESULT}`;

const ECHO = `${UTILS}
export function request(ctx) { return { payload: ctx.args.event ?? ctx.args } }
export function response(ctx) { return ctx.result }`;

const WHO = `${UTILS}
export function request() { return { payload: null } }
export function response(ctx) { return { identity: ctx.identity, mode: util.authType(), info: ctx.info, env: ctx.env } }`;

const REVOKE = `${UTILS}
export function request(ctx) { return { payload: ctx.args } }
export function response(ctx) {
  extensions.invalidateSubscriptions({ subscriptionField: 'onStationEvent', payload: { tenantId: ctx.args.tenantId } });
  return ctx.result;
}`;

const ON_STATION_EVENT = `${UTILS}
export function request() { return { payload: null } }
export function response(ctx) {
  const tenantId = ctx.identity.claims.tenantId;
  if (ctx.args.tenantId !== tenantId) util.unauthorized();
  const filters = [{ fieldName: 'tenantId', operator: 'eq', value: tenantId }];
  if (ctx.args.stationIds) filters.push({ fieldName: 'stationId', operator: 'in', value: ctx.args.stationIds });
  if (ctx.args.minPowerW) filters.push({ fieldName: 'powerW', operator: 'ge', value: ctx.args.minPowerW });
  extensions.setSubscriptionFilter({ filterGroup: [{ filters }] });
  extensions.setSubscriptionInvalidationFilter({
    filterGroup: [{ filters: [{ fieldName: 'tenantId', operator: 'eq', value: tenantId }] }],
  });
  return null;
}`;

/** Answers with what it was asked for, as far as it was. */
const ON_ANY_STATION_EVENT = `${UTILS}
export function request(ctx) { return { payload: ctx.args } }
export function response(ctx) { return ctx.result.stationId ? ctx.result : null }`;

const LAMBDA = 'arn:aws:lambda:eu-west-1:111122223333:function:stations';

export const RESOLVERS: AppSyncHostConfig['resolvers'] = [
  { typeName: 'Query', fieldName: 'station', code: INVOKE, dataSourceName: 'stations' },
  { typeName: 'Query', fieldName: 'stations', code: INVOKE, dataSourceName: 'stations' },
  { typeName: 'Query', fieldName: 'failing', code: INVOKE, dataSourceName: 'stations' },
  { typeName: 'Query', fieldName: 'site', code: ECHO, dataSourceName: 'none' },
  { typeName: 'Query', fieldName: 'whoAmI', code: WHO, dataSourceName: 'none' },
  {
    typeName: 'Query',
    fieldName: 'echo',
    code: ECHO.replace('return ctx.result', 'return { type: typeof ctx.args.json, value: ctx.args.json }'),
    dataSourceName: 'none',
  },
  { typeName: 'Station', fieldName: 'connectors', code: BATCH, dataSourceName: 'stations', maxBatchSize: 4 },
  { typeName: 'Mutation', fieldName: 'renameStation', code: INVOKE, dataSourceName: 'stations' },
  { typeName: 'Mutation', fieldName: 'publishStationEvent', code: ECHO, dataSourceName: 'none' },
  { typeName: 'Mutation', fieldName: 'revokeTenant', code: REVOKE, dataSourceName: 'none' },
  {
    typeName: 'Subscription',
    fieldName: 'onAnyStationEvent',
    code: ON_ANY_STATION_EVENT,
    dataSourceName: 'none',
  },
  { typeName: 'Subscription', fieldName: 'onStationEvent', code: ON_STATION_EVENT, dataSourceName: 'none' },
];

function stationOf(id: string, name = `Station ${id}`): object {
  return { id, name, serial: `SN-${id}`, settings: { limitA: 16 }, seenAt: '2026-01-02T03:04:05Z' };
}

/** The Lambda behind the data source: answers by the field it was called for. */
function stationsFunction(event: { field: string; args: Record<string, unknown> }): InvokeResult {
  const { field, args } = event;
  if (field === 'station') return { payload: args.id === 'none' ? null : stationOf(String(args.id)) };
  if (field === 'renameStation') return { payload: stationOf(String(args.id), String(args.name)) };
  if (field === 'stations') {
    return { payload: Array.from({ length: Number(args.count) }, (_, index) => stationOf(`S${index}`)) };
  }
  const payload = {
    errorType: 'StationOffline',
    errorMessage: 'The station is offline',
    trace: ['at secret.ts'],
  };
  return { payload, functionError: 'Unhandled' };
}

/** Calls of the Lambda, as they arrived. */
export type Calls = unknown[];

function createInvoke(calls: Calls): AppSyncHostConfig['invoke'] {
  return async (_functionArn, payload) => {
    calls.push(payload);
    if (!Array.isArray(payload)) {
      const event: { field: string; args: Record<string, unknown> } = JSON.parse(JSON.stringify(payload));
      return stationsFunction(event);
    }
    return { payload: payload.map(({ id }: { id: string }) => [{ id: `${id}-1`, status: 'Available' }]) };
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return address.port;
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** An issuer with one signing key, as a user pool publishes it. */
export async function startIssuer() {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  const server = createHttpServer((req, res) => {
    const found = req.url === '/.well-known/jwks.json';
    res.writeHead(found ? 200 : 404).end(found ? JSON.stringify({ keys: [jwk] }) : '');
  });
  const issuer = `http://localhost:${await listen(server)}`;
  const mint = (claims: JWTPayload, expires: string | number = '1h'): Promise<string> =>
    new SignJWT({ client_id: 'console', ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
      .setIssuer(issuer)
      .setIssuedAt()
      .setSubject(String(claims.sub ?? 'user-1'))
      .setExpirationTime(expires)
      .sign(privateKey);
  return { issuer, mint, close: () => stop(server) };
}

export type Issuer = Awaited<ReturnType<typeof startIssuer>>;

/** Serves an AppSync host on a port; with `tls` over https. */
export async function serve(host: AppSyncHost, tls?: { key: string; cert: string }) {
  const listener: RequestListener = (req, res) => void host.handleHttp(req, res);
  const server = tls === undefined ? createHttpServer(listener) : createHttpsServer(tls, listener);
  server.on('upgrade', (req, socket, head) => host.handleUpgrade(req, socket, head));
  const port = await listen(server);
  const close = async (): Promise<void> => {
    await host.close();
    await stop(server);
  };
  return { port, close };
}

/** The configuration of the station API, with one user pool and AWS callers. */
export function stationApi(
  issuer: string,
  calls: Calls = [],
  overrides: Partial<AppSyncHostConfig> = {},
): AppSyncHostConfig {
  return {
    apiId: API_ID,
    region: 'eu-west-1',
    accountId: ACCOUNT_ID,
    schema: SCHEMA,
    resolvers: RESOLVERS,
    dataSources: [
      { name: 'none', type: 'NONE' },
      { name: 'stations', type: 'AWS_LAMBDA', functionArn: LAMBDA },
    ],
    environmentVariables: { STAGE: 'test' },
    auth: [{ type: 'AMAZON_COGNITO_USER_POOLS', issuer, appIdClientRegex: 'console' }, { type: 'AWS_IAM' }],
    invoke: createInvoke(calls),
    authorizeIam: ({ accessKeyId }) => accessKeyId === PUBLISHER_KEY,
    ...overrides,
  };
}

interface Answer {
  data?: Record<string, unknown> | null;
  errors?: Record<string, unknown>[];
}

/** An API on a plain port, its issuer and the ways to call it. */
export async function startStationApi(overrides: Partial<AppSyncHostConfig> = {}) {
  const calls: Calls = [];
  const issuer = await startIssuer();
  const host = createAppSyncHost(stationApi(issuer.issuer, calls, overrides));
  const { port, close } = await serve(host);
  const post = async (authorization: string, query: string, variables: object = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const body: Answer = JSON.parse(await response.text());
    return { status: response.status, headers: response.headers, ...body };
  };
  const publish = (event: object) =>
    host.executeAsIam({
      accessKeyId: PUBLISHER_KEY,
      query: `mutation Publish($event: StationEventInput!) {
        publishStationEvent(event: $event) { tenantId stationId status powerW }
      }`,
      variables: { event },
    });
  return {
    calls,
    host,
    port,
    post,
    publish,
    mint: issuer.mint,
    issuer: issuer.issuer,
    close: async () => {
      await close();
      await issuer.close();
    },
  };
}

export type StationApi = Awaited<ReturnType<typeof startStationApi>>;
