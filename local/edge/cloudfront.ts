import { randomUUID } from 'node:crypto';
import type { HeaderList } from '../apigateway/header-list.ts';
import { headerValue } from '../apigateway/header-list.ts';
import { compileEdgeFunction, type EdgeFunction } from './edge-function.ts';
import {
  type EdgeResponse,
  InvalidFunctionAnswer,
  readFunctionAnswer,
  toFunctionRequest,
} from './edge-request.ts';
import { cloudFrontHeaders, isShownToFunctions, type Viewer, withoutReserved } from './viewer-headers.ts';

export type { EdgeResponse } from './edge-request.ts';
export type { Viewer } from './viewer-headers.ts';

export interface DistributionOrigin<Target> {
  id: string;
  /** Whatever the caller routes by; handed back untouched. */
  target: Target;
  /** The origin's own host, which replaces the viewer's Host header. */
  domainName: string;
  /** Put before the path, for example `/prod`; may be empty. */
  originPath: string;
  /** Origin custom headers; they replace headers of the viewer with the same name. */
  customHeaders: Record<string, string>;
}

export interface DistributionBehavior {
  originId: string;
  /** Code of the viewer-request function. */
  viewerRequestFunctionCode?: string;
  /** Default: GET and HEAD. */
  allowedMethods?: string[];
  viewerProtocolPolicy: 'allow-all' | 'https-only' | 'redirect-to-https';
}

export interface DistributionConfig<Target> {
  /** In the order CloudFront tries them. `*` is any text, `?` one character. */
  behaviors: (DistributionBehavior & { pathPattern: string })[];
  defaultBehavior: DistributionBehavior;
  origins: DistributionOrigin<Target>[];
  /** `context.distributionDomainName` of functions. */
  domainName?: string;
  distributionId?: string;
  /** Takes what functions log and why they failed; default: the console. */
  log?: (message: string) => void;
}

/** A request as it came in at the front door. */
export interface EdgeRequest {
  method: string;
  /** Path and query as received; host and scheme are not looked at. */
  url: URL;
  headers: HeaderList;
  viewer: Viewer;
}

export type Routed<Target> =
  | { originTarget: Target; url: URL; headers: HeaderList }
  | { response: EdgeResponse };

export interface Distribution<Target> {
  /** What CloudFront would send to which origin, or its own answer to the viewer. */
  route(request: EdgeRequest): Routed<Target>;
}

interface BoundBehavior<Target> {
  matches(path: string): boolean;
  settings: DistributionBehavior;
  run: EdgeFunction | undefined;
  origin: DistributionOrigin<Target>;
}

/**
 * Applies a CloudFront distribution without a cache: behaviour by path, protocol and method rules, the real
 * viewer-request function code, and the origin request policy "all viewer headers except Host".
 * @throws {Error} for an unknown origin and for function code that cannot run
 */
export function createDistribution<Target>(config: DistributionConfig<Target>): Distribution<Target> {
  const { domainName = 'local.cloudfront.net', distributionId = 'LOCAL', log = toConsole } = config;
  const behaviors = [
    ...config.behaviors.map((behavior) => bind(config, behavior, behavior.pathPattern, log)),
    bind(config, config.defaultBehavior, '*', log),
  ];

  return {
    route(request) {
      const behavior = behaviors.find(({ matches }) => matches(request.url.pathname));
      if (behavior === undefined) return { response: plain(404, 'Not Found') };
      const refused = refusalOf(behavior.settings, request);
      if (refused !== undefined) return { response: refused };
      const requestId = randomUUID();
      const added = cloudFrontHeaders(request.viewer);
      const own = withoutReserved(request.headers);
      const shown = [...own, ...added.filter(([name]) => isShownToFunctions(name))];
      const before = toFunctionRequest(request.method, request.url, shown);
      const context = { distributionDomainName: domainName, distributionId, requestId };
      const outcome = applyFunction(behavior.run, before, context, request.viewer.address, log);
      if ('response' in outcome) return outcome;
      const hidden = added.filter(([name]) => !isShownToFunctions(name));
      const passed = behavior.run === undefined ? shown : restoreCase(outcome.headers, shown);
      return toOrigin(behavior.origin, request, outcome, [...passed, ...hidden, ['X-Amz-Cf-Id', requestId]]);
    },
  };
}

function bind<Target>(
  config: DistributionConfig<Target>,
  settings: DistributionBehavior,
  pathPattern: string,
  log: (message: string) => void,
): BoundBehavior<Target> {
  const origin = config.origins.find(({ id }) => id === settings.originId);
  if (origin === undefined) throw new Error(`the behaviour ${pathPattern} names no known origin`);
  const code = settings.viewerRequestFunctionCode;
  const source = pathPattern.replace(/^\//, '').replace(/[.+^${}()|[\]\\]/g, '\\$&');
  const pattern = new RegExp(`^/?${source.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
  return {
    matches: (path) => pattern.test(path),
    settings,
    run: code === undefined ? undefined : compileEdgeFunction(code, log),
    origin,
  };
}

function refusalOf(settings: DistributionBehavior, request: EdgeRequest): EdgeResponse | undefined {
  const { viewerProtocolPolicy, allowedMethods = ['GET', 'HEAD'] } = settings;
  if (!request.viewer.secure && viewerProtocolPolicy === 'https-only') return plain(403, 'Forbidden');
  if (!request.viewer.secure && viewerProtocolPolicy === 'redirect-to-https') {
    const host = headerValue(request.headers, 'host') ?? '';
    const location = `https://${host}${request.url.pathname}${request.url.search}`;
    return { ...plain(301, 'Moved Permanently'), headers: [['location', location]] };
  }
  return allowedMethods.includes(request.method) ? undefined : plain(403, 'Forbidden');
}

function applyFunction(
  run: EdgeFunction | undefined,
  before: ReturnType<typeof toFunctionRequest>,
  context: { distributionDomainName: string; distributionId: string; requestId: string },
  ip: string,
  log: (message: string) => void,
): ReturnType<typeof readFunctionAnswer> {
  if (run === undefined) return readFunctionAnswer(before, before);
  try {
    const eventType = 'viewer-request';
    const event = {
      version: '1.0',
      context: { ...context, eventType },
      viewer: { ip },
      request: before,
    } as const;
    return readFunctionAnswer(run(event), before);
  } catch (error) {
    const isInvalid = error instanceof InvalidFunctionAnswer;
    log(`function failed: ${error instanceof Error ? error.message : error}`);
    const cause = isInvalid ? 'FunctionValidationError' : 'FunctionExecutionError';
    const failed = plain(isInvalid ? 502 : 503, cause);
    return { response: { ...failed, headers: [...failed.headers, ['x-cache', `${cause} from cloudfront`]] } };
  }
}

function toOrigin<Target>(
  origin: DistributionOrigin<Target>,
  request: EdgeRequest,
  outcome: { uri: string; search: string },
  headers: HeaderList,
): Routed<Target> {
  const url = new URL(`https://${origin.domainName}`);
  url.pathname = `${origin.originPath}${outcome.uri}`;
  url.search = outcome.search;
  const replaced = new Set(['host', 'x-forwarded-for', ...Object.keys(origin.customHeaders).map(lower)]);
  const previous = headerValue(headers, 'x-forwarded-for');
  const forwardedFor = previous ? `${previous}, ${request.viewer.address}` : request.viewer.address;
  return {
    originTarget: origin.target,
    url,
    headers: [
      ['Host', origin.domainName],
      ...headers.filter(([name]) => !replaced.has(lower(name))),
      ['X-Forwarded-For', forwardedFor],
      ...Object.entries(origin.customHeaders),
    ],
  };
}

/** Functions see lower-case names; towards the origin CloudFront keeps the case the viewer chose. */
function restoreCase(headers: HeaderList, original: HeaderList): HeaderList {
  const names = new Map(original.map(([name]) => [lower(name), name]));
  return headers.map(([name, value]) => [names.get(name) ?? name, value]);
}

function toConsole(message: string): void {
  console.log(`[edge] ${message}`);
}

function lower(text: string): string {
  return text.toLowerCase();
}

function plain(status: number, body: string): EdgeResponse {
  return { status, headers: [['content-type', 'text/plain']], body };
}
