/** `extensions.setSubscriptionFilter`: any group, and in it every comparison, must hold. */
export interface Comparison {
  readonly fieldName: string;
  readonly operator: string;
  readonly value: unknown;
}

export interface FilterGroup {
  readonly filters: readonly Comparison[];
}

export type EnhancedFilter = readonly FilterGroup[];

const MAX_IN_VALUES = 5;
const MAX_CONTAINS_ANY_VALUES = 20;
const MAX_PATH_LEVELS = 5;
const MAX_PATH_CHARACTERS = 256;

/** The filter breaks AppSync's rules; the subscription is refused. */
export class InvalidFilterError extends Error {}

function isOrdered(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function isScalar(value: unknown): boolean {
  return isOrdered(value) || typeof value === 'boolean';
}

function isList(value: unknown, maxLength: number): boolean {
  return Array.isArray(value) && value.length > 0 && value.length <= maxLength && value.every(isScalar);
}

function compare(left: unknown, right: unknown): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : Number(left > right);
  return Number.NaN;
}

function includes(container: unknown, value: unknown): boolean {
  if (Array.isArray(container)) return container.includes(value);
  return typeof container === 'string' && typeof value === 'string' && container.includes(value);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

interface Operator {
  readonly accepts: (value: unknown) => boolean;
  readonly wants: string;
  readonly holds: (actual: unknown, value: unknown) => boolean;
}

const ordered = (holds: (order: number) => boolean): Operator => ({
  accepts: isOrdered,
  wants: 'a string or number',
  holds: (actual, value) => holds(compare(actual, value)),
});
const scalar = (holds: Operator['holds']): Operator => ({ accepts: isScalar, wants: 'a scalar', holds });
const listOf = (max: number, holds: Operator['holds']): Operator => ({
  accepts: (value) => isList(value, max),
  wants: `a list of 1 to ${max} scalars`,
  holds,
});

/** https://docs.aws.amazon.com/appsync/latest/devguide/extensions.html */
const OPERATORS: Readonly<Record<string, Operator>> = {
  eq: scalar((actual, value) => actual === value),
  ne: scalar((actual, value) => actual !== value),
  le: ordered((order) => order <= 0),
  lt: ordered((order) => order < 0),
  ge: ordered((order) => order >= 0),
  gt: ordered((order) => order > 0),
  contains: scalar(includes),
  notContains: scalar((actual, value) => !includes(actual, value)),
  beginsWith: {
    accepts: (value) => typeof value === 'string',
    wants: 'a string',
    holds: (actual, value) => typeof actual === 'string' && actual.startsWith(String(value)),
  },
  in: listOf(MAX_IN_VALUES, (actual, values) => list(values).includes(actual)),
  notIn: listOf(MAX_IN_VALUES, (actual, values) => !list(values).includes(actual)),
  between: {
    accepts: (value) => isList(value, 2) && list(value).length === 2 && list(value).every(isOrdered),
    wants: 'a list of two strings or numbers',
    holds: (actual, range) => compare(actual, list(range)[0]) >= 0 && compare(actual, list(range)[1]) <= 0,
  },
  containsAny: listOf(MAX_CONTAINS_ANY_VALUES, (actual, values) =>
    list(values).some((value) => includes(actual, value)),
  ),
};

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function checkComparison(raw: unknown): Comparison {
  const fieldName = member(raw, 'fieldName');
  const operator = String(member(raw, 'operator'));
  const value = member(raw, 'value');
  if (typeof fieldName !== 'string' || fieldName === '')
    throw new InvalidFilterError('A filter has no fieldName');
  if (fieldName.length > MAX_PATH_CHARACTERS || fieldName.split('.').length > MAX_PATH_LEVELS) {
    throw new InvalidFilterError(
      `${fieldName}: at most ${MAX_PATH_LEVELS} levels, ${MAX_PATH_CHARACTERS} characters`,
    );
  }
  const rule = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  if (rule === undefined) throw new InvalidFilterError(`${fieldName}: unknown operator ${operator}`);
  if (!rule.accepts(value)) throw new InvalidFilterError(`${fieldName}: ${operator} takes ${rule.wants}`);
  return { fieldName, operator, value };
}

/** Reads a `{ filterGroup: [{ filters: [...] }] }`. @throws InvalidFilterError */
export function readFilter(raw: unknown): EnhancedFilter {
  const groups = member(raw, 'filterGroup');
  if (!Array.isArray(groups) || groups.length === 0)
    throw new InvalidFilterError('A filter needs a filterGroup');
  return groups.map((group) => {
    const filters = member(group, 'filters');
    if (!Array.isArray(filters) || filters.length === 0)
      throw new InvalidFilterError('A filterGroup needs filters');
    return { filters: filters.map(checkComparison) };
  });
}

function holds({ fieldName, operator, value }: Comparison, payload: unknown): boolean {
  const actual = fieldName.split('.').reduce(member, payload);
  if (actual === undefined || actual === null) return false;
  return OPERATORS[operator]?.holds(actual, value) ?? false;
}

/** Whether a payload passes. A field the payload lacks passes no comparison, so a gap never widens delivery. */
export function passes(filter: EnhancedFilter, payload: unknown): boolean {
  return filter.some((group) => group.filters.every((comparison) => holds(comparison, payload)));
}
