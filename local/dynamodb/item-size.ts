import type { AttributeValue, Item } from './wire.ts';

const KIB = 1024;

/**
 * Bytes of an item as DynamoDB counts them for capacity: UTF-8 names and values; a number takes one byte per two
 * significant digits plus one; a list or map three bytes plus one per member.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemSizeBytes(item: Item): number {
  let bytes = 0;
  for (const name in item) bytes += Buffer.byteLength(name) + valueSizeBytes(item[name] as AttributeValue);
  return bytes;
}

/** Write units of storing or removing an item of this size: 1 KiB each, one at least. */
export function writeUnitsFor(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / KIB));
}

/** Read units of a strongly consistent read of this size: 4 KiB each, one at least. */
export function readUnitsFor(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / (4 * KIB)));
}

function valueSizeBytes(value: AttributeValue): number {
  for (const type in value) {
    const content = value[type];
    if (type === 'S') return Buffer.byteLength(content as string);
    if (type === 'N') return numberSizeBytes(content as string);
    if (type === 'B') return Buffer.byteLength(content as string, 'base64');
    if (type === 'M') return 3 + Object.keys(content as Item).length + itemSizeBytes(content as Item);
    if (type === 'L') return 3 + sum(content as AttributeValue[], (member) => 1 + valueSizeBytes(member));
    if (type === 'SS') return sum(content as string[], (member) => Buffer.byteLength(member));
    if (type === 'NS') return sum(content as string[], numberSizeBytes);
    if (type === 'BS') return sum(content as string[], (member) => Buffer.byteLength(member, 'base64'));
    return 1;
  }
  return 0;
}

function numberSizeBytes(text: string): number {
  const digits = text
    .replace(/[eE].*$/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+|0+$/g, '');
  const sign = text.startsWith('-') ? 1 : 0;
  return digits === '' ? 1 : 1 + Math.ceil(digits.length / 2) + sign;
}

function sum<T>(members: readonly T[], size: (member: T) => number): number {
  return members.reduce((total, member) => total + size(member), 0);
}
