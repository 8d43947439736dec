import { join } from 'node:path';
import type { Invoke } from '../apigateway/invoke.ts';
import type { WebSocketTimes } from '../apigateway/websocket-api.ts';
import type { RunGraphql } from '../events/event-targets.ts';
import type { Principal } from '../iam/principals.ts';
import type { Issuer } from '../identity/user-pool.ts';
import type { EdgeTarget } from './edge.ts';
import { type GatewayApis, makeGatewayApis } from './gateway-apis.ts';
import { type GraphqlApi, makeGraphqlApis } from './graphql-apis.ts';
import type { Ground } from './ground.ts';
import { makeIssuer } from './user-pools.ts';

/** What the world calls, behind the edge. */
export interface Apis {
  gateway: GatewayApis;
  graphql: GraphqlApi[];
  issuer: Issuer | undefined;
  /** What answers behind an origin's host name. */
  targetOf(domainName: string): EdgeTarget;
  close(): Promise<void>;
}

/** Makes the app's APIs and its issuer. */
export async function makeApis(
  ground: Ground,
  invoke: Invoke,
  options: { webSocketTimes: Partial<WebSocketTimes>; logger: (line: string) => void },
): Promise<Apis> {
  const { model, principals, byKey, store, stateDir } = ground;
  const { issuer: issuerUrl } = ground.door.urls;
  const gateway = makeGatewayApis(model, invoke, options.webSocketTimes);
  const { logger } = options;
  const graphql = makeGraphqlApis({ model, principals, byKey, invoke, issuerOf: () => issuerUrl, logger });
  const issuer = await makeIssuer({ model, store, invoke, issuerUrl, keysDir: join(stateDir, 'identity') });
  return {
    gateway,
    graphql,
    issuer,
    targetOf: (domainName) => targetOf(domainName, gateway, graphql),
    async close() {
      await gateway.close();
      await Promise.all(graphql.map(({ host }) => host.close()));
      await issuer?.close();
    },
  };
}

/** Runs an operation for EventBridge with the key of the target's role. */
export function graphqlRunner(
  apis: readonly GraphqlApi[],
  principals: ReadonlyMap<string, Principal>,
): RunGraphql {
  return async (target, variables) => {
    const api = apis.find(({ endpointArn }) => endpointArn === target.arn);
    if (!api) throw new Error(`No GraphQL API ${target.arn}`);
    const accessKeyId = principals.get(target.roleArn ?? '')?.accessKeyId ?? '';
    return api.host.executeAsIam({ accessKeyId, query: target.graphqlOperation ?? '', variables });
  };
}

function targetOf(domainName: string, gateway: GatewayApis, graphql: readonly GraphqlApi[]): EdgeTarget {
  const [id] = domainName.split('.');
  const webSocket = gateway.webSocket.find(({ apiId }) => apiId === id);
  if (webSocket) return { kind: 'webSocket', api: webSocket.api };
  const http = gateway.http.find(({ apiId }) => apiId === id);
  if (http) return { kind: 'http', api: http.api };
  for (const { httpHost, realtimeHost, host } of graphql) {
    if (domainName === httpHost) return { kind: 'graphql', host };
    if (domainName === realtimeHost) return { kind: 'graphqlRealtime', host };
  }
  return { kind: 'nothing' };
}
