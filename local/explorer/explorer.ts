import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { exampleRequests } from './examples.ts';

/** Somebody whom the page can ask as. */
export interface ExplorerUser {
  /** As the page's list names them. */
  readonly name: string;
  /** A token that is good for as long as anybody looks at a page. */
  token(): Promise<string>;
}

export interface ExplorerOptions {
  /** The GraphQL endpoint and its real-time one. */
  readonly graphql: string;
  readonly graphqlRealtime: string;
  readonly region: string;
  /** The first of them asks until another is chosen. */
  readonly users: readonly ExplorerUser[];
}

/** Where the page is. */
export const explorerPath = '/explorer/';
const optionsFile = 'options.js';

const mediaTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

/** Half a megabyte that only those pay for who open the page. */
const loadAltair = () => import('altair-static');

/**
 * A page to explore the GraphQL API with: Altair, from its npm package, signed in as whoever is chosen among its
 * environments, with subscriptions over AppSync's real-time protocol. It loads nothing from elsewhere.
 * The result answers requests below `explorerPath`; false, and nothing done, for any other path.
 */
export function createExplorer(options: ExplorerOptions) {
  const policy = contentPolicy(options);
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const { pathname } = new URL(`http://local${request.url?.startsWith('/') ? request.url : '/'}`);
    if (`${pathname}/` === explorerPath) {
      response.writeHead(302, { location: explorerPath }).end();
      return true;
    }
    if (!pathname.startsWith(explorerPath)) return false;
    const file = pathname.slice(explorerPath.length);
    if (file === '') await sendPage(response, policy);
    else if (file === optionsFile) await sendOptions(response, options);
    else await sendAsset(response, file);
    return true;
  };
}

/** Altair would ask its makers about news, plugins and accounts: here it reaches this API and nothing else. */
function contentPolicy({ graphql, graphqlRealtime }: ExplorerOptions): string {
  return [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "worker-src 'self' blob:",
    `connect-src 'self' ${graphql} ${graphqlRealtime}`,
    "frame-src 'none'",
  ].join('; ');
}

async function sendPage(response: ServerResponse, policy: string): Promise<void> {
  const { renderAltair } = await loadAltair();
  const page = renderAltair({ baseURL: explorerPath, serveInitialOptionsInSeperateRequest: optionsFile });
  response.writeHead(200, {
    'content-type': mediaTypes['.html'],
    'content-security-policy': policy,
    'cache-control': 'no-store',
  });
  response.end(page);
}

async function sendOptions(
  response: ServerResponse,
  { graphql, graphqlRealtime, region, users }: ExplorerOptions,
): Promise<void> {
  const subEnvironments = await Promise.all(
    users.map(async (user) => ({ id: user.name, title: user.name, variables: { jwt: await user.token() } })),
  );
  const [first] = subEnvironments;
  const tab = {
    endpointURL: graphql,
    // Not called, but without one Altair asks for it; the protocol takes its address from the parameters.
    subscriptionsEndpoint: graphqlRealtime,
    initialHeaders: { Authorization: '{{jwt}}' },
    initialSubscriptionRequestHandlerId: 'app-sync',
    initialSubscriptionsPayload: {
      aws_appsync_graphqlEndpoint: graphql,
      aws_appsync_region: region,
      aws_appsync_authenticationType: 'AMAZON_COGNITO_USER_POOLS',
      aws_appsync_jwtToken: '{{jwt}}',
    },
  } as const;
  const { renderInitialOptions } = await loadAltair();
  const script = renderInitialOptions({
    ...tab,
    initialWindows: exampleRequests.map(({ name, query, variables }) => ({
      ...tab,
      initialName: name,
      initialQuery: query,
      initialVariables: JSON.stringify(variables, null, 2),
    })),
    initialEnvironments: { subEnvironments, ...(first ? { activeSubEnvironment: first.id } : {}) },
    // Tokens that a browser kept would be those of an earlier day.
    preserveState: false,
    disableAccount: true,
    persistedSettings: { 'alert.disableUpdateNotification': true, 'banners.disable': true },
  });
  response.writeHead(200, { 'content-type': mediaTypes['.js'], 'cache-control': 'no-store' }).end(script);
}

async function sendAsset(response: ServerResponse, file: string): Promise<void> {
  const { getDistDirectory } = await loadAltair();
  const root = getDistDirectory();
  const path = normalize(join(root, file));
  const type = mediaTypes[extname(path)];
  const isThere = path.startsWith(root + sep) && (await stat(path).catch(() => undefined))?.isFile();
  if (!isThere || type === undefined) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('Not Found');
    return;
  }
  response.writeHead(200, { 'content-type': type });
  await pipeline(createReadStream(path), response);
}
