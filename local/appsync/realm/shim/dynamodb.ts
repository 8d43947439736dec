import { closed } from './effects.ts';

/** A DynamoDB attribute value, or null where AppSync gives null for a missing one. */
export type Attribute = Record<string, unknown> | null;

function attribute(value: unknown): Record<string, unknown> {
  if (value === null || value === undefined) return { NULL: null };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (Array.isArray(value)) return { L: value.map(attribute) };
  return { M: attributes(value) };
}

function attributes(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, attribute(member)]));
}

function ifPresent<T>(
  build: (value: T) => Record<string, unknown>,
): (value: T | null | undefined) => Attribute {
  return (value) => (value === null || value === undefined ? null : build(value));
}

/** Type mapping only: this host has no DynamoDB data source. */
export const dynamodb = closed('util.dynamodb', {
  toDynamoDB: attribute,
  toString: ifPresent((S: string) => ({ S })),
  toStringSet: ifPresent((SS: string[]) => ({ SS })),
  toNumber: ifPresent((value: number) => ({ N: String(value) })),
  toNumberSet: ifPresent((values: number[]) => ({ NS: values.map(String) })),
  toBinary: ifPresent((B: string) => ({ B })),
  toBinarySet: ifPresent((BS: string[]) => ({ BS })),
  toBoolean: ifPresent((BOOL: boolean) => ({ BOOL })),
  toNull: () => ({ NULL: null }),
  toList: ifPresent((values: unknown[]) => ({ L: values.map(attribute) })),
  toMap: ifPresent((value: object) => ({ M: attributes(value) })),
  toMapValues: ifPresent(attributes),
});
