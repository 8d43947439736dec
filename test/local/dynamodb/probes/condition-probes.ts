import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type Probe, probe } from './probe.ts';

type Item = Record<string, AttributeValue>;

const KEY = { pk: { S: 'p' }, sk: { S: 's' } };

/** A probe that writes under a condition against one item. */
function conditionProbe(condition: string, values: Item | undefined, names?: Record<string, string>): Probe {
  return probe(`condition: ${condition}`, async (context) => {
    const item = {
      ...KEY,
      a: { S: 'hello' },
      n: { N: '5' },
      l: { L: [{ S: 'x' }, { N: '1' }] },
      m: { M: { deep: { M: { v: { N: '7' } } } } },
      tags: { SS: ['red', 'green'] },
      nil: { NULL: true },
      yes: { BOOL: true },
    };
    await context.client.send(new PutItemCommand({ TableName: context.table, Item: item }));
    return context.send(
      new PutItemCommand({
        TableName: context.table,
        Item: KEY,
        ConditionExpression: condition,
        ...(values === undefined ? {} : { ExpressionAttributeValues: values }),
        ...(names === undefined ? {} : { ExpressionAttributeNames: names }),
      }),
    );
  });
}

export const CONDITION_PROBES: readonly Probe[] = [
  conditionProbe('attribute_not_exists(pk)', undefined),
  conditionProbe('attribute_exists(a) AND attribute_not_exists(absent)', undefined),
  conditionProbe('attribute_exists(m.deep.v)', undefined),
  conditionProbe('begins_with(a, :p)', { ':p': { S: 'hel' } }),
  conditionProbe('contains(a, :p)', { ':p': { S: 'ell' } }),
  conditionProbe('contains(tags, :p)', { ':p': { S: 'red' } }),
  conditionProbe('contains(l, :p)', { ':p': { N: '1' } }),
  conditionProbe('size(a) = :five', { ':five': { N: '5' } }),
  conditionProbe('size(l) < :five', { ':five': { N: '5' } }),
  conditionProbe('size(tags) > :five', { ':five': { N: '5' } }),
  conditionProbe('size(n) > :five', { ':five': { N: '5' } }),
  conditionProbe('n BETWEEN :a AND :b', { ':a': { N: '5' }, ':b': { N: '10' } }),
  conditionProbe('a BETWEEN :a AND :b', { ':a': { S: 'i' }, ':b': { S: 'z' } }),
  conditionProbe('n IN (:a, :b)', { ':a': { N: '4' }, ':b': { N: '5.0' } }),
  conditionProbe('absent IN (:a)', { ':a': { N: '4' } }),
  conditionProbe('absent = :a', { ':a': { N: '4' } }),
  conditionProbe('absent <> :a', { ':a': { N: '4' } }),
  conditionProbe('a > n', undefined),
  conditionProbe('n <> :a', { ':a': { S: '5' } }),
  conditionProbe('m.deep.v = :v', { ':v': { N: '7' } }),
  conditionProbe('l[0] = :v', { ':v': { S: 'x' } }),
  conditionProbe('l[9] = :v', { ':v': { S: 'x' } }),
  conditionProbe('tags = :v', { ':v': { SS: ['green', 'red'] } }),
  conditionProbe('m = :v', { ':v': { M: { deep: { M: { v: { N: '7' } } } } } }),
  conditionProbe('l = :v', { ':v': { L: [{ S: 'x' }, { N: '1' }] } }),
  conditionProbe('attribute_type(nil, :t)', { ':t': { S: 'NULL' } }),
  conditionProbe('yes = :t', { ':t': { BOOL: true } }),
  conditionProbe('NOT (n = :a OR a = :b) AND yes = :t', {
    ':a': { N: '1' },
    ':b': { S: 'x' },
    ':t': { BOOL: true },
  }),
  conditionProbe('#n = :a and n < :b', { ':a': { N: '5' }, ':b': { N: '10' } }, { '#n': 'n' }),
  conditionProbe('size(absent) = :a', { ':a': { N: '0' } }),
  conditionProbe('a = :a AND', { ':a': { S: 'hello' } }),
  conditionProbe('begins_with(a, :p) AND begins_with(n, :p)', { ':p': { S: 'h' } }),
];
