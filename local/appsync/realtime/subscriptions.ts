import { isDeepStrictEqual } from 'node:util';
import type { GraphQLSchema } from 'graphql';
import type { Invalidation } from '../realm/shim/effects.ts';
import { complete, type Selection } from './completion.ts';
import { type EnhancedFilter, passes } from './filters.ts';

/** AppSync's limit of one real-time message. */
export const MESSAGE_LIMIT_BYTES = 240 * 1024;

/** A subscription that was admitted. */
export interface Subscription extends Selection {
  /** Given arguments: without an enhanced filter each must equal the field of that name. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly filter: EnhancedFilter | null;
  readonly invalidationFilter: EnhancedFilter | null;
  /** Hands over one `data` payload; must return at once. */
  readonly deliver: (payload: unknown) => void;
  /** The subscription was invalidated: ends it and its connection. */
  readonly invalidate: () => void;
}

/** The live subscriptions of an API. */
export interface SubscriptionRegistry {
  readonly add: (subscription: Subscription) => void;
  readonly remove: (subscription: Subscription) => void;
  readonly publish: (mutationField: string, payload: unknown) => void;
  readonly invalidate: (invalidation: Invalidation) => void;
}

function member(payload: unknown, name: string): unknown {
  return typeof payload === 'object' && payload !== null ? Reflect.get(payload, name) : undefined;
}

function matchesArguments(args: Readonly<Record<string, unknown>>, payload: unknown): boolean {
  return Object.entries(args).every(([name, value]) =>
    isDeepStrictEqual(member(payload, name) ?? null, value),
  );
}

function isWanted(subscription: Subscription, payload: unknown): boolean {
  return subscription.filter === null
    ? matchesArguments(subscription.args, payload)
    : passes(subscription.filter, payload);
}

/**
 * Keeps the subscriptions and matches publications with them. Deliveries leave in the order of publication and
 * are only buffered here: one slow reader holds up nobody.
 */
export function createSubscriptionRegistry(
  delivery: GraphQLSchema,
  subscriptionsOf: ReadonlyMap<string, readonly string[]>,
  log: (line: string) => void,
): SubscriptionRegistry {
  const byField = new Map<string, Set<Subscription>>();
  const of = (fieldName: string): ReadonlySet<Subscription> => byField.get(fieldName) ?? new Set();

  const deliver = (subscription: Subscription, payload: unknown): void => {
    const shaped = complete(delivery, subscription, payload);
    const sizeBytes = Buffer.byteLength(JSON.stringify(shaped));
    if (sizeBytes <= MESSAGE_LIMIT_BYTES) subscription.deliver(shaped);
    else log(`Subscription.${subscription.fieldName}: ${sizeBytes} bytes dropped, AppSync's limit is 240 KB`);
  };

  return {
    add: (subscription) => {
      const peers = byField.get(subscription.fieldName) ?? new Set();
      byField.set(subscription.fieldName, peers.add(subscription));
    },
    remove: (subscription) => {
      byField.get(subscription.fieldName)?.delete(subscription);
    },
    publish: (mutationField, payload) => {
      for (const fieldName of subscriptionsOf.get(mutationField) ?? []) {
        for (const subscription of of(fieldName)) {
          if (isWanted(subscription, payload)) deliver(subscription, payload);
        }
      }
    },
    invalidate: ({ subscriptionField, payload }) => {
      for (const subscription of [...of(subscriptionField)]) {
        const { invalidationFilter } = subscription;
        if (invalidationFilter !== null && passes(invalidationFilter, payload)) subscription.invalidate();
      }
    },
  };
}
