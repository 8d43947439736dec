import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type * as z from 'zod';

/** An item as it travels. */
export type Attributes = Record<string, AttributeValue>;

/** An item as plain values, its key attributes among them. Not yet checked. */
export type PlainItem = Readonly<Record<string, unknown>>;

/** What is stored is not what this code knows: data to repair, not a caller's mistake. */
export class StoredItemError extends Error {
  constructor(kind: string, key: string, problem: string) {
    super(`the stored ${kind} ${key} cannot be read: ${problem}`);
    this.name = 'StoredItemError';
  }
}

export function toAttributes(content: Readonly<Record<string, unknown>>): Attributes {
  return marshall(content, { removeUndefinedValues: true });
}

export function toPlain(attributes: Attributes): PlainItem {
  return unmarshall(attributes);
}

/**
 * Makes the reader of one kind of item: checked against its schema, attributes it does not know left out.
 * Throws `StoredItemError` naming the key and the fields at fault, never their contents.
 */
export function itemReader<Value>(kind: string, schema: z.ZodType<Value>): (item: PlainItem) => Value {
  return (item) => {
    const result = schema.safeParse(item);
    if (result.success) return result.data;
    const fields = result.error.issues.map(({ path, code }) => `${path.join('.')} (${code})`).join(', ');
    throw new StoredItemError(kind, `${String(item.pk)} ${String(item.sk)}`, fields);
  };
}

/** Past its time, whether or not DynamoDB has come to remove it: that may take days. */
export function isExpired(item: PlainItem, now: number): boolean {
  const { expiresAtS } = item;
  return typeof expiresAtS === 'number' && expiresAtS * 1000 <= now;
}

export const secondsPerDay = 86_400;
