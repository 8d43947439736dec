import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { JSONWebKeySet } from 'jose';

/** One way a caller may be authenticated; the first of an API is its default. */
export type AuthMode =
  | {
      readonly type: 'AMAZON_COGNITO_USER_POOLS';
      readonly issuer: string;
      readonly appIdClientRegex?: string;
    }
  | { readonly type: 'OPENID_CONNECT'; readonly issuer: string; readonly clientId?: string }
  | { readonly type: 'AWS_IAM' };

export type DataSourceConfig =
  | { readonly name: string; readonly type: 'NONE' }
  | { readonly name: string; readonly type: 'AWS_LAMBDA'; readonly functionArn: string };

export interface FunctionConfig {
  readonly name: string;
  readonly code: string;
  readonly dataSourceName: string;
  readonly maxBatchSize?: number;
}

/** A unit resolver, or a pipeline when `functions` is present. `code` is bundled APPSYNC_JS (ESM). */
export interface ResolverConfig {
  readonly typeName: string;
  readonly fieldName: string;
  readonly code: string;
  readonly dataSourceName?: string;
  readonly functions?: readonly FunctionConfig[];
  readonly maxBatchSize?: number;
}

export interface IamCheck {
  readonly accessKeyId: string;
  readonly action: 'appsync:GraphQL';
  /** `arn:aws:appsync:REGION:ACCOUNT:apis/API/types/TYPE/fields/FIELD` */
  readonly resource: string;
}

/** What a Lambda answered. With `functionError` the payload is `{ errorType, errorMessage }`. */
export interface InvokeResult {
  readonly payload: unknown;
  readonly functionError?: string;
}

export interface AppSyncLimits {
  /** Longest life of a real-time connection. AppSync: 24 h. */
  readonly connectionMaxMs?: number;
  /** Pause between two `ka` messages. AppSync: 60 s. */
  readonly keepAliveMs?: number;
  /** Announced in `connection_ack`. AppSync: 300 s. */
  readonly connectionTimeoutMs?: number;
  /** Longest execution of one GraphQL request. AppSync: 30 s. */
  readonly requestTimeoutMs?: number;
}

export interface AppSyncHostConfig {
  readonly apiId: string;
  readonly region: string;
  readonly accountId: string;
  /** SDL with AppSync's own directives and scalars, which need no declaration. */
  readonly schema: string;
  readonly resolvers: readonly ResolverConfig[];
  readonly dataSources: readonly DataSourceConfig[];
  /** What resolvers read as `ctx.env`. */
  readonly environmentVariables?: Readonly<Record<string, string>>;
  /** The first is the default mode. */
  readonly auth: readonly AuthMode[];
  /** Signing keys of an issuer, asked at the first token. Default: OIDC discovery over HTTP. */
  readonly fetchKeys?: (issuer: string) => Promise<JSONWebKeySet>;
  readonly invoke: (functionArn: string, payload: unknown) => Promise<InvokeResult>;
  /** Checked per top-level field. Absent: every AWS_IAM caller is refused. */
  readonly authorizeIam?: (request: IamCheck) => boolean;
  readonly introspection?: 'ENABLED' | 'DISABLED';
  /** 0 or absent: no limit, as in AppSync. */
  readonly queryDepthLimit?: number;
  /** 0 or absent: AppSync's own 10,000. */
  readonly resolverCountLimit?: number;
  readonly limits?: AppSyncLimits;
  /** What resolvers write with `console`, and payloads that are dropped. Default: nowhere. */
  readonly log?: (line: string) => void;
}

/** The body of a GraphQL answer. */
export interface GraphqlAnswer {
  data?: unknown;
  errors?: unknown[];
}

export interface IamRequest {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly accessKeyId: string;
  readonly operationName?: string;
}

export interface AppSyncHost {
  /** `POST …/graphql` and its CORS preflight. */
  handleHttp(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** `…/graphql/realtime`, WebSocket subprotocol `graphql-ws`. */
  handleUpgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Runs an operation for an AWS caller without HTTP: EventBridge's AppSync target does this. */
  executeAsIam(request: IamRequest): Promise<GraphqlAnswer>;
  /** Closes every socket and stops every timer. */
  close(): Promise<void>;
}
