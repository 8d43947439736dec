import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { convertToAttr, NumberValueImpl } from '@aws-sdk/util-dynamodb';
import { type Attributes, toAttributes } from './items.ts';
import type { Key } from './keys.ts';

/**
 * An update under construction. Only what is named changes: attributes that this code does not know stay.
 * Setting `undefined` removes.
 */
export class Update {
  readonly #names = new Map<string, string>();
  readonly #values: Record<string, AttributeValue> = {};
  readonly #sets: string[] = [];
  readonly #removes: string[] = [];
  readonly #conditions: string[] = [];

  set(name: string, value: unknown): this {
    if (value === undefined) return this.remove(name);
    this.#sets.push(`${this.name(name)} = ${this.value(value)}`);
    return this;
  }

  setAll(attributes: Readonly<Record<string, unknown>>): this {
    for (const [name, value] of Object.entries(attributes)) this.set(name, value);
    return this;
  }

  /** Sets what is not there yet; what is stays. */
  setIfAbsent(name: string, value: unknown): this {
    const placeholder = this.name(name);
    this.#sets.push(`${placeholder} = if_not_exists(${placeholder}, ${this.value(value)})`);
    return this;
  }

  /** Counts one up, from zero when there is nothing yet. */
  increase(name: string): this {
    return this.add(name, '1');
  }

  /** Adds an exact decimal, from zero when there is nothing yet: no float takes part. */
  add(name: string, amount: string): this {
    const placeholder = this.name(name);
    const [none, more] = [this.value(0), this.value(NumberValueImpl.from(amount))];
    this.#sets.push(`${placeholder} = if_not_exists(${placeholder}, ${none}) + ${more}`);
    return this;
  }

  remove(...names: readonly string[]): this {
    for (const name of names) this.#removes.push(this.name(name));
    return this;
  }

  /** Adds a condition; all must hold. Its text comes from `name` and `value`. */
  when(condition: string): this {
    this.#conditions.push(`(${condition})`);
    return this;
  }

  /** The placeholder of an attribute. */
  name(name: string): string {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const placeholder = `#n${this.#names.size}`;
    this.#names.set(name, placeholder);
    return placeholder;
  }

  /** The placeholder of a value. */
  value(value: unknown): string {
    const placeholder = `:v${Object.keys(this.#values).length}`;
    this.#values[placeholder] = convertToAttr(value, { removeUndefinedValues: true });
    return placeholder;
  }

  /** The request's parameters, for a single update and for one in a transaction alike. */
  for(table: string, key: Key) {
    const expression = [
      ...(this.#sets.length > 0 ? [`SET ${this.#sets.join(', ')}`] : []),
      ...(this.#removes.length > 0 ? [`REMOVE ${this.#removes.join(', ')}`] : []),
    ].join(' ');
    return {
      TableName: table,
      Key: keyAttributes(key),
      UpdateExpression: expression,
      ExpressionAttributeNames: Object.fromEntries(
        [...this.#names].map(([name, placeholder]) => [placeholder, name]),
      ),
      ...(Object.keys(this.#values).length > 0 ? { ExpressionAttributeValues: this.#values } : {}),
      ...(this.#conditions.length > 0
        ? {
            ConditionExpression: this.#conditions.join(' AND '),
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
          }
        : {}),
    };
  }
}

/** A put that only succeeds where nothing is, and otherwise tells what is there. */
export function putNew(table: string, key: Key, content: Readonly<Record<string, unknown>>) {
  return {
    TableName: table,
    Item: toAttributes({ ...content, ...key }),
    ConditionExpression: 'attribute_not_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
}

export function keyAttributes({ pk, sk }: Key): Attributes {
  return { pk: { S: pk }, sk: { S: sk } };
}
