import * as z from 'zod';
import type { CorsConfiguration } from '../apigateway/cors.ts';
import { createHttpApi, type HttpApi, type HttpRoute } from '../apigateway/http-api.ts';
import type { Invoke } from '../apigateway/invoke.ts';
import type { JwtAuthorizerConfig } from '../apigateway/jwt-authorizer.ts';
import type { LambdaAuthorizerConfig } from '../apigateway/lambda-authorizer.ts';
import { createWebSocketApi, type WebSocketTimes } from '../apigateway/websocket-api.ts';
import type { WebSocketAuthorizer } from '../apigateway/websocket-authorizer.ts';
import type { ConnectedStage } from '../aws/connections.ts';
import type { Model, Resource } from '../template/model.ts';
import { accountId, region } from '../template/pseudo.ts';

const apiSchema = z.object({
  ProtocolType: z.enum(['HTTP', 'WEBSOCKET']),
  RouteSelectionExpression: z.string().default('$request.body.action'),
  CorsConfiguration: z
    .object({
      AllowOrigins: z.array(z.string()).optional(),
      AllowMethods: z.array(z.string()).optional(),
      AllowHeaders: z.array(z.string()).optional(),
      ExposeHeaders: z.array(z.string()).optional(),
      AllowCredentials: z.boolean().optional(),
      MaxAge: z.coerce.number().optional(),
    })
    .optional(),
});
const stageSchema = z.object({
  ApiId: z.string(),
  StageName: z.string(),
  DefaultRouteSettings: z
    .object({
      ThrottlingRateLimit: z.coerce.number().optional(),
      ThrottlingBurstLimit: z.coerce.number().optional(),
    })
    .optional(),
});
const routeSchema = z.object({
  ApiId: z.string(),
  RouteKey: z.string(),
  Target: z.string(),
  AuthorizerId: z.string().optional(),
  AuthorizationType: z.enum(['NONE', 'JWT', 'CUSTOM']).default('NONE'),
  AuthorizationScopes: z.array(z.string()).optional(),
});
const routeResponseSchema = z.object({ RouteId: z.string() });
const integrationSchema = z.object({
  IntegrationType: z.literal('AWS_PROXY'),
  IntegrationUri: z.string(),
  TimeoutInMillis: z.coerce.number().optional(),
});
const authorizerSchema = z.object({
  AuthorizerType: z.enum(['REQUEST', 'JWT']),
  AuthorizerUri: z.string().optional(),
  IdentitySource: z.array(z.string()).default([]),
  JwtConfiguration: z.object({ Issuer: z.string(), Audience: z.array(z.string()) }).optional(),
  EnableSimpleResponses: z.boolean().default(false),
  AuthorizerResultTtlInSeconds: z.coerce.number().optional(),
});

/** An HTTP API's stage. */
export interface HttpStage {
  apiId: string;
  api: HttpApi;
}

export interface GatewayApis {
  webSocket: ConnectedStage[];
  http: HttpStage[];
  close(): Promise<void>;
}

/** Makes the app's WebSocket and HTTP APIs from their routes, integrations, authorizers and stages. */
export function makeGatewayApis(model: Model, invoke: Invoke, times: Partial<WebSocketTimes>): GatewayApis {
  const apis = new Map(model.ofType('AWS::ApiGatewayV2::Api').map((api) => [api.ref, api]));
  const webSocket: ConnectedStage[] = [];
  const http: HttpStage[] = [];
  const readAuthorizer = authorizers(model);
  for (const stage of model.ofType('AWS::ApiGatewayV2::Stage')) {
    const { ApiId, StageName, DefaultRouteSettings } = stage.read(stageSchema);
    const { ProtocolType, RouteSelectionExpression, CorsConfiguration } = find(apis, ApiId, stage).read(
      apiSchema,
    );
    const routes = routesOf(model, ApiId);
    const place = { apiId: ApiId, stageName: StageName, region, accountId, invoke };
    if (ProtocolType === 'HTTP') {
      const httpRoutes = routes.map((route) => httpRoute(route, readAuthorizer));
      const cors = CorsConfiguration && corsOf(CorsConfiguration);
      http.push({
        apiId: ApiId,
        api: createHttpApi({ ...place, routes: httpRoutes, ...(cors ? { cors } : {}) }),
      });
      continue;
    }
    const throttle = throttleOf(DefaultRouteSettings);
    const api = createWebSocketApi({
      ...place,
      routes: routes.map((route) => webSocketRoute(route, readAuthorizer)),
      routeSelectionExpression: RouteSelectionExpression,
      times,
      ...(throttle ? { throttle } : {}),
    });
    webSocket.push({ apiId: ApiId, stageName: StageName, api });
  }
  return {
    webSocket,
    http,
    async close() {
      await Promise.all(webSocket.map(({ api }) => api.close()));
    },
  };
}

interface Route {
  resource: Resource;
  properties: z.infer<typeof routeSchema>;
  functionArn: string;
  returnsResponse: boolean;
}

function routesOf(model: Model, apiId: string): Route[] {
  const integrations = new Map(
    model.ofType('AWS::ApiGatewayV2::Integration').map((integration) => [integration.ref, integration]),
  );
  const answering = new Set(
    model
      .ofType('AWS::ApiGatewayV2::RouteResponse')
      .map((response) => response.read(routeResponseSchema).RouteId),
  );
  return model
    .ofType('AWS::ApiGatewayV2::Route')
    .map((resource) => ({ resource, properties: resource.read(routeSchema) }))
    .filter(({ properties }) => properties.ApiId === apiId)
    .map(({ resource, properties }) => {
      const integration = find(integrations, properties.Target.replace('integrations/', ''), resource);
      const functionArn = functionArnIn(integration.read(integrationSchema).IntegrationUri);
      return { resource, properties, functionArn, returnsResponse: answering.has(resource.ref) };
    });
}

type Authorizer = JwtAuthorizerConfig | LambdaAuthorizerConfig;

/** Gives one object per authorizer: routes that share it share its caches. */
function authorizers(model: Model): (route: Route) => Authorizer | undefined {
  const known = new Map(
    model.ofType('AWS::ApiGatewayV2::Authorizer').map((resource): [string, Authorizer] => {
      const properties = resource.read(authorizerSchema);
      const { JwtConfiguration, AuthorizerUri, AuthorizerResultTtlInSeconds } = properties;
      if (JwtConfiguration) {
        const { Issuer, Audience } = JwtConfiguration;
        return [resource.ref, { type: 'JWT', issuer: Issuer, audience: Audience }];
      }
      const authorizer: LambdaAuthorizerConfig = {
        type: 'REQUEST',
        functionArn: functionArnIn(AuthorizerUri ?? ''),
        identitySources: properties.IdentitySource,
        simpleResponses: properties.EnableSimpleResponses,
        ...(AuthorizerResultTtlInSeconds === undefined ? {} : { ttlSeconds: AuthorizerResultTtlInSeconds }),
      };
      return [resource.ref, authorizer];
    }),
  );
  return ({ properties, resource }) => {
    if (properties.AuthorizationType === 'NONE' || properties.AuthorizerId === undefined) return undefined;
    return find(known, properties.AuthorizerId, resource);
  };
}

function httpRoute(route: Route, readAuthorizer: (route: Route) => Authorizer | undefined): HttpRoute {
  const authorizer = readAuthorizer(route);
  const { RouteKey, AuthorizationScopes } = route.properties;
  return {
    routeKey: RouteKey,
    functionArn: route.functionArn,
    ...(authorizer ? { authorizer } : {}),
    ...(AuthorizationScopes ? { scopes: AuthorizationScopes } : {}),
  };
}

function webSocketRoute(route: Route, readAuthorizer: (route: Route) => Authorizer | undefined) {
  const authorizer = readAuthorizer(route);
  if (authorizer?.type === 'JWT')
    throw new Error(`${route.resource.logicalId}: WebSocket APIs take no JWT authorizer`);
  return {
    routeKey: route.properties.RouteKey,
    functionArn: route.functionArn,
    returnsResponse: route.returnsResponse,
    ...(authorizer ? { authorizer: authorizer satisfies WebSocketAuthorizer } : {}),
  };
}

function corsOf(cors: NonNullable<z.infer<typeof apiSchema>['CorsConfiguration']>): CorsConfiguration {
  return {
    ...(cors.AllowOrigins ? { allowOrigins: cors.AllowOrigins } : {}),
    ...(cors.AllowMethods ? { allowMethods: cors.AllowMethods } : {}),
    ...(cors.AllowHeaders ? { allowHeaders: cors.AllowHeaders } : {}),
    ...(cors.ExposeHeaders ? { exposeHeaders: cors.ExposeHeaders } : {}),
    ...(cors.AllowCredentials === undefined ? {} : { allowCredentials: cors.AllowCredentials }),
    ...(cors.MaxAge === undefined ? {} : { maxAgeSeconds: cors.MaxAge }),
  };
}

function throttleOf(settings: z.infer<typeof stageSchema>['DefaultRouteSettings']) {
  const { ThrottlingRateLimit, ThrottlingBurstLimit } = settings ?? {};
  if (ThrottlingRateLimit === undefined || ThrottlingBurstLimit === undefined) return undefined;
  return { ratePerSecond: ThrottlingRateLimit, burst: ThrottlingBurstLimit };
}

/** Integrations and authorizers name a function by its ARN, bare or inside API Gateway's own form. */
function functionArnIn(uri: string): string {
  const [, arn] = /(arn:[\w-]+:lambda:[^/]+:function:[^/]+)/.exec(uri) ?? [];
  if (arn === undefined) throw new Error(`Only Lambda integrations run here, not ${uri}`);
  return arn;
}

function find<T>(known: ReadonlyMap<string, T>, key: string, user: Resource): T {
  const found = known.get(key);
  if (found === undefined) throw new Error(`${user.type} ${user.logicalId} names unknown ${key}`);
  return found;
}
