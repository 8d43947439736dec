import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import * as z from 'zod';
import { headersOf } from '../apigateway/header-list.ts';
import type { HttpApi } from '../apigateway/http-api.ts';
import type { WebSocketApi } from '../apigateway/websocket-api.ts';
import type { AppSyncHost } from '../appsync/host.ts';
import {
  createDistribution,
  type Distribution,
  type DistributionBehavior,
  type EdgeResponse,
  type Viewer,
} from '../edge/cloudfront.ts';
import { endUpgrade, sendEdgeResponse } from '../edge/edge-answer.ts';
import type { Model, Resource } from '../template/model.ts';

/** What a distribution's origin is here. */
export type EdgeTarget =
  | { kind: 'webSocket'; api: WebSocketApi }
  | { kind: 'http'; api: HttpApi }
  | { kind: 'graphql'; host: AppSyncHost }
  | { kind: 'graphqlRealtime'; host: AppSyncHost }
  | { kind: 'nothing' };

const behaviorSchema = z.object({
  PathPattern: z.string().optional(),
  TargetOriginId: z.string(),
  AllowedMethods: z.array(z.string()).optional(),
  ViewerProtocolPolicy: z.enum(['allow-all', 'https-only', 'redirect-to-https']),
  FunctionAssociations: z
    .array(z.object({ EventType: z.string().optional(), FunctionARN: z.string().optional() }))
    .default([]),
});
const distributionSchema = z.object({
  DistributionConfig: z.object({
    DefaultCacheBehavior: behaviorSchema,
    CacheBehaviors: z.array(behaviorSchema).default([]),
    Origins: z.array(
      z.object({
        Id: z.string(),
        DomainName: z.string(),
        OriginPath: z.string().default(''),
        OriginCustomHeaders: z
          .array(z.object({ HeaderName: z.string(), HeaderValue: z.string() }))
          .default([]),
      }),
    ),
  }),
});

/** Answers requests and upgrades as the app's distributions would. */
export interface Edge {
  handle(request: IncomingMessage, response: ServerResponse, viewer: Viewer): Promise<void>;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, viewer: Viewer): Promise<void>;
}

/** In AWS stations have a host of their own; here, on one port, the path tells them apart. */
const stationsPath = '/ocpp/';

/**
 * Puts the app's distributions on one port: the one whose default origin is a WebSocket API takes the stations'
 * path, the other everything else. `targetOf` says what answers behind an origin's host name.
 */
export function makeEdge(
  model: Model,
  targetOf: (domainName: string) => EdgeTarget,
  logger: (line: string) => void,
): Edge {
  const distributions = model.ofType('AWS::CloudFront::Distribution').map((resource) => {
    const { DefaultCacheBehavior, Origins } = resource.read(distributionSchema).DistributionConfig;
    const origin = Origins.find(({ Id }) => Id === DefaultCacheBehavior.TargetOriginId);
    const isForStations = targetOf(origin?.DomainName ?? '').kind === 'webSocket';
    return { isForStations, distribution: toDistribution(model, resource, targetOf, logger) };
  });
  const choose = (path: string): Distribution<EdgeTarget> | undefined =>
    distributions.find(({ isForStations }) => isForStations === path.startsWith(stationsPath))?.distribution;

  const route = (request: IncomingMessage, viewer: Viewer) => {
    const url = new URL(`http://edge${request.url?.startsWith('/') ? request.url : '/'}`);
    const headers = headersOf(request);
    return choose(url.pathname)?.route({ method: request.method ?? 'GET', url, headers, viewer }) ?? notFound;
  };

  return {
    async handle(request, response, viewer) {
      const routed = route(request, viewer);
      if ('response' in routed) return sendEdgeResponse(response, routed.response);
      const { originTarget, url, headers } = routed;
      if (originTarget.kind === 'http') return originTarget.api.handle(request, response, url, headers);
      if (originTarget.kind === 'graphql') return originTarget.host.handleHttp(request, response);
      // A WebSocket API answers anything but a handshake like this; nothing else is behind the other origins.
      return sendEdgeResponse(response, originTarget.kind === 'webSocket' ? forbidden : notFound.response);
    },
    async upgrade(request, socket, head, viewer) {
      const routed = route(request, viewer);
      if ('response' in routed) return endUpgrade(socket, routed.response);
      const { originTarget, url, headers } = routed;
      if (originTarget.kind === 'webSocket')
        return originTarget.api.handleUpgrade(request, socket, head, url, headers);
      if (originTarget.kind === 'graphqlRealtime')
        return originTarget.host.handleUpgrade(request, socket, head);
      return endUpgrade(socket, notFound.response);
    },
  };
}

function toDistribution(
  model: Model,
  resource: Resource,
  targetOf: (domainName: string) => EdgeTarget,
  logger: (line: string) => void,
): Distribution<EdgeTarget> {
  const { DefaultCacheBehavior, CacheBehaviors, Origins } =
    resource.read(distributionSchema).DistributionConfig;
  const codes = functionCodes(model);
  return createDistribution<EdgeTarget>({
    distributionId: resource.ref,
    domainName: resource.attribute('DomainName'),
    log: (message) => logger(`edge ${resource.logicalId}: ${message}`),
    defaultBehavior: behaviorOf(DefaultCacheBehavior, codes),
    behaviors: CacheBehaviors.map((behavior) => ({
      ...behaviorOf(behavior, codes),
      pathPattern: behavior.PathPattern ?? '*',
    })),
    origins: Origins.map((origin) => ({
      id: origin.Id,
      target: targetOf(origin.DomainName),
      domainName: origin.DomainName,
      originPath: origin.OriginPath,
      customHeaders: Object.fromEntries(
        origin.OriginCustomHeaders.map(({ HeaderName, HeaderValue }) => [HeaderName, HeaderValue]),
      ),
    })),
  });
}

function behaviorOf(
  behavior: z.infer<typeof behaviorSchema>,
  codes: ReadonlyMap<string, string>,
): DistributionBehavior {
  const association = behavior.FunctionAssociations.find(({ EventType }) => EventType === 'viewer-request');
  const code = codes.get(association?.FunctionARN ?? '');
  return {
    originId: behavior.TargetOriginId,
    // The plain port stands for the TLS one as well: a browser does not trust the local authority.
    viewerProtocolPolicy: 'allow-all',
    ...(behavior.AllowedMethods ? { allowedMethods: behavior.AllowedMethods } : {}),
    ...(code === undefined ? {} : { viewerRequestFunctionCode: code }),
  };
}

function functionCodes(model: Model): Map<string, string> {
  return new Map(
    model
      .ofType('AWS::CloudFront::Function')
      .map((resource) => [resource.ref, resource.read(z.object({ FunctionCode: z.string() })).FunctionCode]),
  );
}

const forbidden: EdgeResponse = {
  status: 403,
  headers: [['content-type', 'application/json']],
  body: '{"message":"Forbidden"}',
};
const notFound: { response: EdgeResponse } = {
  response: { status: 404, headers: [['content-type', 'text/plain']], body: 'Not Found' },
};
