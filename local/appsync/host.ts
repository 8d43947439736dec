import { createAuthenticate, iamCaller } from './auth/authenticate.ts';
import { createAdmission } from './auth/directives.ts';
import type { AppSyncHost, AppSyncHostConfig } from './config.ts';
import { createDocumentReader, InvalidRequestError } from './document.ts';
import { attachResolvers, executeOperation } from './execution.ts';
import { createHttpEndpoint, type Run } from './http.ts';
import { createRealtimeEndpoint } from './realtime/endpoint.ts';
import { publishedFields } from './realtime/payload.ts';
import { createSubscribe } from './realtime/subscribe.ts';
import { createSubscriptionRegistry } from './realtime/subscriptions.ts';
import { compileResolvers } from './resolve/resolvers.ts';
import { createScope } from './resolve/scope.ts';
import { buildAppSyncSchema } from './schema/build.ts';

export type * from './config.ts';

const REQUEST_TIMEOUT_MS = 30_000;

/**
 * An AppSync GraphQL API on this machine: same schema, same APPSYNC_JS code, AppSync's HTTP and real-time
 * protocols. It opens no port; the caller routes requests to it.
 * @throws Error when the schema or a resolver is one that AppSync would not accept.
 */
export function createAppSyncHost(config: AppSyncHostConfig): AppSyncHost {
  const { executable, delivery, subscriptionsOf } = buildAppSyncSchema(config.schema);
  const roots = [executable.getQueryType(), executable.getMutationType(), executable.getSubscriptionType()];
  const admits = createAdmission(config, (type) => roots.includes(type));
  const resolvers = compileResolvers(config);
  attachResolvers(executable, admits, resolvers);

  const authenticate = createAuthenticate(config);
  const readDocument = createDocumentReader(executable, config);
  const registry = createSubscriptionRegistry(delivery, subscriptionsOf, config.log ?? (() => undefined));
  const limits = config.limits ?? {};
  const realtime = createRealtimeEndpoint({
    authenticate,
    registry,
    limits,
    subscribe: createSubscribe(executable, delivery, readDocument, admits, resolvers),
  });

  const run: Run = async (request, caller, headers) => {
    const prepared = readDocument(request.query, request.operationName);
    const scope = createScope(caller, headers, request.variables);
    const answer = await executeOperation(
      executable,
      prepared,
      scope,
      limits.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
    );
    if (prepared.operation.operation === 'mutation') {
      const { selectionSet } = prepared.operation;
      for (const { fieldName, payload } of publishedFields(answer.data, selectionSet, prepared.fragments)) {
        registry.publish(fieldName, payload);
      }
      for (const invalidation of scope.invalidations) registry.invalidate(invalidation);
    }
    return { answer, headers: scope.responseHeaders };
  };

  return {
    handleHttp: createHttpEndpoint(authenticate, run),
    handleUpgrade: realtime.handleUpgrade,
    executeAsIam: async ({ accessKeyId, query, variables = {}, operationName }) => {
      if (!config.auth.some((mode) => mode.type === 'AWS_IAM')) {
        const message = 'The API has no AWS_IAM authorization.';
        return { errors: [{ errorType: 'UnauthorizedException', message }] };
      }
      const caller = iamCaller(config.accountId, accessKeyId, '127.0.0.1');
      try {
        const request = { query, variables, ...(operationName === undefined ? {} : { operationName }) };
        return (await run(request, caller, {})).answer;
      } catch (error) {
        if (error instanceof InvalidRequestError) return { data: null, errors: [...error.errors] };
        throw error;
      }
    },
    close: realtime.close,
  };
}
