import { expect, test } from 'vitest';
import { mendStreamRecords } from '../../../local/dynamodb/mend-stream-records.ts';

test('a value without a type in a stream’s image is an empty map, wherever it stands; all else stays', () => {
  const images = (empty: object) => ({
    Keys: { pk: { S: 'a' } },
    NewImage: {
      m: empty,
      l: { L: [empty, { L: [] }] },
      n: { M: { m: empty, s: { S: '' }, b: { BOOL: false } } },
    },
  });
  const answerOf = (empty: object) => ({ Records: [{ eventID: '1', dynamodb: images(empty) }] });

  expect(mendStreamRecords(answerOf({}))).toEqual(answerOf({ M: {} }));
  expect(mendStreamRecords(answerOf({ M: {} }))).toEqual(answerOf({ M: {} }));
  expect(mendStreamRecords({ message: 'no' })).toEqual({ message: 'no' });
});
