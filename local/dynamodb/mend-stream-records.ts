import { asObject, type Body } from './wire.ts';

const images = ['Keys', 'NewImage', 'OldImage'] as const;

/**
 * The records as AWS gives them: DynamoDB Local leaves the content of an empty map out of a stream's images and gives
 * a value of no type, `{}` instead of `{"M": {}}`.
 */
export function mendStreamRecords(answer: Body): Body {
  if (!Array.isArray(answer.Records)) return answer;
  for (const record of answer.Records) {
    const change = asObject(asObject(record).dynamodb);
    for (const name of images) {
      if (change[name] !== undefined) change[name] = mendMap(asObject(change[name]));
    }
  }
  return answer;
}

function mendMap(map: Body): Body {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, mendValue(asObject(value))]));
}

function mendValue(value: Body): Body {
  if (Object.keys(value).length === 0) return { M: {} };
  if (value.M !== undefined) return { M: mendMap(asObject(value.M)) };
  if (Array.isArray(value.L)) return { L: value.L.map((item) => mendValue(asObject(item))) };
  return value;
}
