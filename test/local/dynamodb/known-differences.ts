/** A probe that the embedded engine answers differently from DynamoDB Local, on purpose. */
export interface KnownDifference {
  readonly probe: string;
  /** Why it is so, and who is right. */
  readonly reason: string;
  /** What the embedded engine answers. */
  readonly embedded: unknown;
}

const KEY = { pk: { S: 'p' }, sk: { S: 's' } };
const REFUSED = { refused: 'ValidationException' };

/** Reviewed one by one; an entry that no longer differs fails the suite. */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    probe: 'update: copy and ADD do not share a number',
    reason: 'dynalite would change the copy, too; the embedded engine refuses instead of answering wrongly',
    embedded: [REFUSED, { Item: { ...KEY, a: { N: '1' } } }],
  },
  {
    probe: 'update: UPDATED_NEW of a nested path',
    reason: 'AWS returns the updated path, DynamoDB Local the whole attribute',
    embedded: [
      { Attributes: { m: { M: { x: { N: '1' } } } } },
      { Item: { ...KEY, m: { M: { x: { N: '1' }, y: { N: '2' } } } } },
    ],
  },
  ...['condition: m = :v', 'condition: l = :v'].map((probe) => ({
    probe,
    reason:
      'dynalite never finds maps or lists equal; the embedded engine refuses instead of answering wrongly',
    embedded: REFUSED,
  })),
  {
    probe: 'query: nothing found',
    reason: 'AWS charges the smallest read for an empty answer, DynamoDB Local nothing',
    embedded: {
      ConsumedCapacity: { CapacityUnits: 0.5, TableName: '<table>' },
      Count: 0,
      Items: [],
      ScannedCount: 0,
    },
  },
  {
    probe: 'batch get: found and missing',
    reason: 'AWS charges the smallest read for a missing item, DynamoDB Local nothing',
    embedded: [['A#00', 'B#06'], {}, [{ CapacityUnits: 1.5, TableName: '<table>' }]],
  },
  {
    probe: 'transaction: put, update, delete and check together',
    reason: 'two units for each of the four actions, as AWS documents; DynamoDB Local reports two in all',
    embedded: [
      { ConsumedCapacity: [{ CapacityUnits: 8, TableName: '<table>' }] },
      ['new', 'old'],
      { Item: { ...KEY, sk: { S: 'old' }, a: { N: '2' } } },
    ],
  },
  {
    probe: 'transaction: capacity of a table and its index',
    reason: 'AWS doubles the units of the table alone; DynamoDB Local those of the index as well',
    embedded: {
      ConsumedCapacity: [
        {
          TableName: '<table>',
          CapacityUnits: 8,
          Table: { CapacityUnits: 6 },
          GlobalSecondaryIndexes: { 'by-group': { CapacityUnits: 2 } },
        },
      ],
    },
  },
  {
    probe: 'transaction: an update that cannot apply undoes the rest',
    reason: 'AWS documents the code ValidationError among the cancellation reasons',
    embedded: [
      { refused: 'TransactionCanceledException', reasons: [{ Code: 'None' }, { Code: 'ValidationError' }] },
      ['text'],
    ],
  },
  {
    probe: 'transaction: two actions on one item are refused',
    reason: 'AWS looks for repeated items before it looks at conditions',
    embedded: REFUSED,
  },
];
