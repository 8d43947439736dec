import { connectionsService } from './aws/connections.ts';
import { eventBridgeService } from './aws/event-bridge.ts';
import { kmsService } from './aws/kms.ts';
import { lambdaService } from './aws/lambda.ts';
import { secretsService, secretText } from './aws/secrets.ts';
import { sqsService } from './aws/sqs.ts';
import { type Apis, graphqlRunner, makeApis } from './cloud/apis.ts';
import { type Backbone, startBackbone } from './cloud/backbone.ts';
import { makeBuckets } from './cloud/buckets.ts';
import type { Answer, CloudUrls } from './cloud/door.ts';
import { makeEdge } from './cloud/edge.ts';
import type { EndpointUrls } from './cloud/functions.ts';
import type { GraphqlApi } from './cloud/graphql-apis.ts';
import { type Ground, layGround } from './cloud/ground.ts';
import type { CloudOptions } from './cloud/options.ts';
import { findResource, type ResourceFacts } from './cloud/place.ts';
import { makeSigningKeys } from './cloud/signing-keys.ts';
import type { ConsumedByPrincipal } from './dynamodb/endpoint.ts';
import type { ChaosSettings } from './events/chaos.ts';
import type { Issuer } from './identity/user-pool.ts';
import { s3Path } from './s3/s3.ts';
import { region } from './template/pseudo.ts';

export type { CloudUrls } from './cloud/door.ts';
export type { CloudOptions, CloudTimes } from './cloud/options.ts';
export type { ResourceFacts } from './cloud/place.ts';
export { PortTakenError } from './edge/front-door.ts';

/** Settings of an SDK client. */
export interface ClientConfig {
  region: string;
  endpoint: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

/** The running app. */
export interface Cloud {
  urls: CloudUrls;
  caFile: string;
  /** Where the certificates lie, for issuing those of stations. */
  tlsDir: string;
  /**
   * Adds an authority (PEM) to those whose client certificates the TLS port takes: what in AWS one adds to the trust
   * store of the stations' distribution. The local authority stays trusted; forgotten when the cloud ends.
   * @throws {Error} for what is no certificate of an authority
   */
  trustStationAuthority(pem: string): void;
  /** Lets something that is no part of the app, such as a page for developers, answer requests before the app does. */
  serveFirst(answer: Answer): void;
  /** Settings for SDK clients that may do everything: for seeds and tests. */
  clientConfig(service?: 'dynamodb' | 's3' | 'other'): ClientConfig;
  /** The physical name of the table whose construct path or logical id holds the word. */
  table(word: string): string;
  /** The one resource of a type whose construct path or logical id holds the word. */
  resource(type: string, word: string): ResourceFacts;
  /** The text of a secret by ARN or name. */
  secret(id: string): string;
  /** Mints tokens, takes more clients and users. Throws when the app has no user pool. */
  readonly issuer: Issuer;
  /** Invokes a function (by a word of its construct path) as the host; resolves also when it fails. */
  invoke(functionWord: string, event: unknown): Promise<{ payload: unknown; functionError?: string }>;
  /** Starts one environment of every function: afterwards nobody meets a cold start. */
  warmUp(): Promise<void>;
  /** Fires a scheduled rule now, by its logical id. */
  fireSchedule(logicalId: string): void;
  /** Calls and capacity units of DynamoDB by access key id since the start or the last reset. */
  consumed(reset?: boolean): Promise<ConsumedByPrincipal>;
  /** The access key id of a function (by a word of its construct path), as `consumed` lists it. */
  accessKeyOf(functionWord: string): string;
  /** The names of functions by access key id: who is behind what `consumed` lists. */
  functionsByAccessKey(): ReadonlyMap<string, string>;
  /** Invocations begun since the start, of all functions or of one (by a word of its construct path). */
  invocations(functionWord?: string): number;
  /** Resolves when nothing is under way but delayed messages: to wait for an effect without sleeping. */
  idle(): Promise<void>;
  setChaos(settings: ChaosSettings | undefined): void;
  close(): Promise<void>;
}

/**
 * Runs a synthesized app on this machine. Resolves when every door answers; otherwise throws and leaves nothing open.
 * @throws {PortTakenError}
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const closers: (() => unknown)[] = [];
  const close = async () => {
    for (let closer = closers.pop(); closer; closer = closers.pop()) await closer();
  };
  try {
    return await start(options, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  options: CloudOptions,
  closers: (() => unknown)[],
  close: () => Promise<void>,
): Promise<Cloud> {
  const { logger = () => {}, times = {} } = options;
  const ground = await layGround(options, closers);
  const { model, store, principals, host, logs, door, aws } = ground;
  // EventBridge's targets are made before the APIs they call: an API needs functions first.
  const graphql: GraphqlApi[] = [];
  const backbone = await startBackbone({
    model,
    store,
    principals,
    host,
    endpoints: endpointsOf(ground),
    environmentLimit: options.environmentLimit ?? Number(process.env.LAMBDA_ENVIRONMENTS ?? 3),
    logs,
    logger,
    retryMs: times.retryMs ?? 1000,
    chaos: options.chaos,
    runGraphql: graphqlRunner(graphql, principals),
  });
  closers.push(() => backbone.close());
  const apis = await makeApis(ground, backbone.invoke, { webSocketTimes: times.webSocket ?? {}, logger });
  closers.push(() => apis.close());
  graphql.push(...apis.graphql);
  aws.serve(
    [
      eventBridgeService(backbone.buses),
      sqsService([...backbone.queues.values()]),
      secretsService(ground.secrets),
      lambdaService(backbone.functions, backbone.asyncInvocations),
      connectionsService(apis.gateway.webSocket),
      kmsService(makeSigningKeys(model, ground.stateDir)),
    ],
    ground.byKey,
  );
  // Functions that begin with what an earlier run left may want files at once.
  door.serveFiles(
    makeBuckets({ model, store, byKey: ground.byKey, frontUrl: door.urls.http, stateDir: ground.stateDir }),
  );
  await backbone.run();
  door.serve(makeEdge(model, apis.targetOf, logger), apis.issuer);
  return running(ground, backbone, apis, close);
}

function endpointsOf({ aws, dynamo, door }: Ground): EndpointUrls {
  return { general: aws.url, dynamodb: dynamo.url, s3: `${door.urls.http}${s3Path}` };
}

function running(ground: Ground, backbone: Backbone, apis: Apis, close: () => Promise<void>): Cloud {
  const { door, model, host, secrets, dynamo } = ground;
  const endpoints = endpointsOf(ground);
  const tableTypes = ['AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table'];
  const functionNamed = (word: string) => findResource(model, ['AWS::Lambda::Function'], word).ref;
  return {
    urls: door.urls,
    caFile: door.caFile,
    tlsDir: ground.tlsDir,
    trustStationAuthority: (pem) => door.trustClientsOf(pem),
    serveFirst: (answer) => door.serveFirst(answer),
    clientConfig: (service = 'other') => ({
      region,
      endpoint: endpoints[service === 'other' ? 'general' : service],
      credentials: { accessKeyId: host.accessKeyId, secretAccessKey: host.secretAccessKey },
    }),
    table: (word) => findResource(model, tableTypes, word).ref,
    resource: (type, word) => findResource(model, [type], word),
    secret: (id) => secretText(secrets, id, undefined),
    get issuer() {
      if (!apis.issuer) throw new Error('The app has no user pool');
      return apis.issuer;
    },
    invoke: (word, event) => backbone.invoke(functionNamed(word), event),
    warmUp: () => backbone.functions.warmUp(),
    fireSchedule: (logicalId) => backbone.fireSchedule(logicalId),
    consumed: (reset) => dynamo.consumed(reset),
    accessKeyOf: (word) =>
      backbone.functions.settings(functionNamed(word)).environment.AWS_ACCESS_KEY_ID ?? '',
    functionsByAccessKey: () =>
      new Map(
        backbone.functions
          .names()
          .map((name) => [backbone.functions.settings(name).environment.AWS_ACCESS_KEY_ID ?? '', name]),
      ),
    invocations: (word) => backbone.functions.begun(word === undefined ? undefined : functionNamed(word)),
    idle: () => backbone.idle(),
    setChaos: (settings) => backbone.chaos.set(settings),
    close,
  };
}
