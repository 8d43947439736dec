import { isIP } from 'node:net';
import { GraphQLError, type GraphQLScalarType, valueFromASTUntyped } from 'graphql';
import type { AppSyncScalar } from './builtins.ts';

const OFFSET = '(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d)?)';
const TIME = '(?:[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d(?:\\.\\d{1,9})?)?';
const DATE_PATTERN = new RegExp(`^(-?\\d{4}-\\d{2}-\\d{2})${OFFSET}?$`);
const TIME_PATTERN = new RegExp(`^${TIME}${OFFSET}?$`);
const DATE_TIME_PATTERN = new RegExp(`^(-?\\d{4}-\\d{2}-\\d{2})T${TIME}${OFFSET}$`);
const EMAIL_PATTERN = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const PHONE_PATTERN = /^\+?[0-9][0-9 -]{3,24}$/;

function isCalendarDate(text: string | undefined): boolean {
  if (text === undefined) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

function isIpAddress(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128);
}

const TEXT_RULES: Record<Exclude<AppSyncScalar, 'AWSTimestamp' | 'AWSJSON'>, (text: string) => boolean> = {
  AWSDate: (text) => isCalendarDate(DATE_PATTERN.exec(text)?.[1]),
  AWSTime: (text) => TIME_PATTERN.test(text),
  AWSDateTime: (text) => isCalendarDate(DATE_TIME_PATTERN.exec(text)?.[1]),
  AWSEmail: (text) => EMAIL_PATTERN.test(text),
  AWSURL: (text) => URL.canParse(text),
  AWSPhone: (text) => PHONE_PATTERN.test(text),
  AWSIPAddress: isIpAddress,
};

function refuse(name: string, value: unknown): never {
  throw new GraphQLError(`Unable to convert ${JSON.stringify(value)} to a valid ${name}.`);
}

function checkedText(name: keyof typeof TEXT_RULES): (value: unknown) => string {
  return (value) => (typeof value === 'string' && TEXT_RULES[name](value) ? value : refuse(name, value));
}

function timestamp(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : refuse('AWSTimestamp', value);
}

function parseJson(value: unknown): unknown {
  if (typeof value !== 'string') return refuse('AWSJSON', value);
  try {
    return JSON.parse(value);
  } catch {
    return refuse('AWSJSON', value);
  }
}

/**
 * Gives AppSync's scalars their behaviour in a built schema. AWSJSON comes in as a JSON string, is a value
 * inside resolvers, and goes out as a JSON string; the others are checked both ways and kept as they are.
 * https://docs.aws.amazon.com/appsync/latest/devguide/scalars.html
 */
export function implementScalar(type: GraphQLScalarType, name: AppSyncScalar): void {
  if (name === 'AWSJSON') {
    type.coerceOutputValue = (value) => JSON.stringify(value);
    type.coerceInputValue = parseJson;
  } else {
    const check = name === 'AWSTimestamp' ? timestamp : checkedText(name);
    type.coerceOutputValue = check;
    type.coerceInputValue = check;
  }
  const coerce = type.coerceInputValue;
  type.coerceInputLiteral = (node) => coerce(valueFromASTUntyped(node));
}
