import { closed } from './effects.ts';

interface Comparison {
  readonly fieldName: string;
  readonly operator: string;
  readonly value: unknown;
}

type Group = readonly Comparison[];

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function comparisons(fieldName: string, operators: unknown): Group {
  if (!isObject(operators)) return [];
  return Object.entries(operators)
    .filter(([, value]) => value !== null)
    .map(([operator, value]) => ({ fieldName, operator, value }));
}

function both(left: readonly Group[], right: readonly Group[]): Group[] {
  return left.flatMap((one) => right.map((other) => [...one, ...other]));
}

/** Rewrites `and`/`or` to groups any of which may hold, each a list of comparisons all of which must. */
function groupsOf(filter: unknown, ignored: readonly string[]): readonly Group[] {
  let groups: readonly Group[] = [[]];
  for (const [key, value] of Object.entries(isObject(filter) ? filter : {})) {
    const parts = Array.isArray(value) ? value : [value];
    if (key === 'and') for (const part of parts) groups = both(groups, groupsOf(part, ignored));
    else if (key === 'or')
      groups = both(
        groups,
        parts.flatMap((part) => groupsOf(part, ignored)),
      );
    else if (!ignored.includes(key)) groups = both(groups, [comparisons(key, value)]);
  }
  return groups;
}

/** `rules` are alternatives: every group is combined with each of them, so that one always holds. */
function toSubscriptionFilter(
  filter: unknown,
  ignored: readonly string[] = [],
  rules: unknown = {},
): unknown {
  const alternatives = Object.entries(isObject(rules) ? rules : {}).map(([key, value]) =>
    comparisons(key, value),
  );
  const groups = groupsOf(filter, ignored);
  const combined = alternatives.length === 0 ? groups : both(groups, alternatives);
  return { filterGroup: combined.filter((group) => group.length > 0).map((filters) => ({ filters })) };
}

export const transform = closed('util.transform', { toSubscriptionFilter });
