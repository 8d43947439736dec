import { readFile } from 'node:fs/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { Amplify } from 'aws-amplify';
import { generateClient } from 'aws-amplify/api';
import { decodeJWT } from 'aws-amplify/auth';
import { Hub } from 'aws-amplify/utils';
import type { LocalEndpoints } from '../../bin/local-endpoints.ts';
import { jwtOf } from './given.ts';

/** A subscription of the AppSync client library: what arrived so far, and the next that fits. */
export interface Subscribed<Payload> {
  readonly arrived: readonly Payload[];
  next(fits: (payload: Payload) => boolean): Promise<Payload>;
  end(): void;
}

/**
 * Subscribes with AWS's own client library over `wss`, signed in as a user of the tenant. Resolves when the
 * service acknowledged the subscription. The library has one configuration per process: one user at a time.
 */
export async function subscribeWithAmplify<Payload>(
  endpoints: LocalEndpoints,
  who: { tenant: string; role?: string },
  subscription: { query: string; field: string; variables?: Record<string, unknown> },
): Promise<Subscribed<Payload>> {
  await configure(endpoints, who);
  const arrived: Payload[] = [];
  const waiting = new Set<(payload: Payload) => void>();
  const acknowledged = subscriptionAcknowledged();
  const operation = generateClient().graphql({
    query: subscription.query,
    variables: subscription.variables ?? {},
  });
  if (!('subscribe' in operation)) throw new Error('not a subscription');
  const { promise: refused, reject } = Promise.withResolvers<never>();
  const running = operation.subscribe({
    next: ({ data }: { data: Record<string, Payload> }) => {
      const payload = data[subscription.field];
      if (payload === undefined) return;
      arrived.push(payload);
      for (const look of waiting) look(payload);
    },
    error: reject,
  });
  await Promise.race([acknowledged, refused]);
  refused.catch(() => undefined);
  return {
    arrived,
    next: (fits) =>
      new Promise((resolve) => {
        const look = (payload: Payload): void => {
          if (!fits(payload)) return;
          waiting.delete(look);
          resolve(payload);
        };
        waiting.add(look);
        for (const payload of arrived) look(payload);
      }),
    end: () => running.unsubscribe(),
  };
}

async function configure(endpoints: LocalEndpoints, who: { tenant: string; role?: string }): Promise<void> {
  const ca = await readFile(endpoints.caFile, 'utf8');
  setDefaultCACertificates([...getCACertificates('default'), ca]);
  const accessToken = decodeJWT(jwtOf(endpoints, who.tenant, who.role));
  const endpoint = `${endpoints.https.replace('127.0.0.1', 'localhost')}/graphql`;
  Amplify.configure(
    { API: { GraphQL: { endpoint, region: 'eu-west-1', defaultAuthMode: 'userPool' } } },
    { Auth: { tokenProvider: { getTokens: async () => ({ accessToken }) } } },
  );
}

function subscriptionAcknowledged(): Promise<void> {
  return new Promise((resolve) => {
    const stopListening = Hub.listen('api', ({ payload }) => {
      if (payload.event !== 'Subscription ack') return;
      stopListening();
      resolve();
    });
  });
}
