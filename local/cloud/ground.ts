import { join } from 'node:path';
import { type AwsEndpoint, startAwsEndpoint } from '../aws/endpoint.ts';
import { openSecrets, type Secrets, secretText } from '../aws/secrets.ts';
import { type DynamoEndpoint, startDynamoEndpoint } from '../dynamodb/endpoint.ts';
import { type EventStore, openStore } from '../events/store.ts';
import { hostPrincipal, type Principal, rolePrincipals } from '../iam/principals.ts';
import { createLogSink, type LogSink } from '../lambda/log-sink.ts';
import { type Model, readModel } from '../template/model.ts';
import { type Door, openDoor } from './door.ts';
import type { CloudOptions } from './options.ts';
import { folderOrTemporary, localiser } from './place.ts';

/** What everything else stands on: listeners, the model of the app, who may call, and the two stores. */
export interface Ground {
  door: Door;
  aws: AwsEndpoint;
  store: EventStore;
  secrets: Secrets;
  model: Model;
  /** May do everything. */
  host: Principal;
  /** Roles by ARN. */
  principals: ReadonlyMap<string, Principal>;
  /** Everybody by access key id. */
  byKey: ReadonlyMap<string, Principal>;
  dynamo: DynamoEndpoint;
  logs: LogSink;
  tlsDir: string;
  /** Holds what parts keep as files of their own: the data folder, or one for the life of the process. */
  stateDir: string;
}

/** Opens the listeners, reads the app and starts the stores. What is opened is pushed to `closers`. */
export async function layGround(options: CloudOptions, closers: (() => unknown)[]): Promise<Ground> {
  const { dataDir, assemblyDir, logger = () => {}, times = {} } = options;
  const temporary = folderOrTemporary(undefined);
  closers.push(temporary.remove);
  const tlsDir = options.tlsDir ?? join(temporary.path, 'tls');
  const { port = 0, tlsPort = 0, host: listenHost = '127.0.0.1' } = options;
  const door = await openDoor({ port, tlsPort, host: listenHost, tlsDir, logger });
  closers.push(() => door.close());
  const aws = await startAwsEndpoint();
  closers.push(() => aws.close());
  const store = openStore(dataDir);
  closers.push(() => store.close());

  const plain = { assemblyDir, endpointUrl: aws.url };
  const secrets = openSecrets(readModel(plain), store);
  const model = readModel({
    ...plain,
    localise: localiser({ awsUrl: aws.url, frontUrl: door.urls.http }),
    secretValue: (id, key) => secretText(secrets, id, key),
  });
  const host = hostPrincipal();
  const principals = rolePrincipals(model);
  const byKey = new Map([host, ...principals.values()].map((each) => [each.accessKeyId, each]));
  const embedded = {
    kind: 'embedded' as const,
    ...(dataDir === undefined ? {} : { dataDir: join(dataDir, 'dynamodb') }),
  };
  const dynamo = await startDynamoEndpoint({
    engine: options.dynamo ?? embedded,
    principals: Object.fromEntries([...byKey].map(([key, { statements }]) => [key, [...statements]])),
    ...(times.ttlSweepMs === undefined ? {} : { ttlSweepMs: times.ttlSweepMs }),
  });
  closers.push(() => dynamo.close());
  const logs = createLogSink({
    logger,
    ...(options.logsDir === undefined ? {} : { directory: options.logsDir }),
  });
  closers.push(() => logs.close());
  const stateDir = dataDir ?? temporary.path;
  return { door, aws, store, secrets, model, host, principals, byKey, dynamo, logs, tlsDir, stateDir };
}
