import type { ToldAttribute, ToldVariable, Variable, VariableAttribute } from './device-model.ts';

/**
 * What is known of a variable after the station told of it at a moment. What was told later already stays, whatever
 * order the tellings arrive in. The value of what can only be written is never kept.
 */
export function mergeVariable(before: Variable | undefined, told: ToldVariable, at: number): Variable {
  if (told.unknown) return withoutIt(before, told, at);
  const known = before?.attributes ?? [];
  const types = new Set(told.attributes.map(({ type }) => type));
  const characteristics = told.characteristics ?? before?.characteristics;
  const { goneAt, reportedAt = 0 } = before ?? {};
  const isStillGone = goneAt !== undefined && Math.max(goneAt, reportedAt) > at;
  return {
    ...told.variable,
    attributes: [
      ...known.filter(({ type }) => !types.has(type)),
      ...told.attributes.map((attribute) =>
        mergeAttribute(
          known.find(({ type }) => type === attribute.type),
          attribute,
          at,
        ),
      ),
    ],
    ...(characteristics === undefined ? {} : { characteristics }),
    reportedAt: Math.max(at, reportedAt),
    ...(isStillGone ? { goneAt } : {}),
  };
}

function withoutIt(before: Variable | undefined, { variable }: ToldVariable, at: number): Variable {
  if (before && before.reportedAt > at) return before;
  return { attributes: [], ...before, ...variable, reportedAt: at, goneAt: before?.goneAt ?? at };
}

function mergeAttribute(
  before: VariableAttribute | undefined,
  told: ToldAttribute,
  at: number,
): VariableAttribute {
  if (before && before.reportedAt > at) return before;
  const { value, pending, ...traits } = told;
  const merged = { ...before, ...traits };
  const readable = merged.mutability !== 'WRITE_ONLY';
  const { value: _, pending: __, ...rest } = merged;
  const keptValue = value ?? before?.value;
  const keptPending = pending === undefined ? pendingAfter(before, value) : { value: pending, at };
  return {
    ...rest,
    ...(keptValue === undefined || !readable ? {} : { value: keptValue }),
    ...(keptPending === undefined || !readable ? {} : { pending: keptPending }),
    // A promise for later says nothing about the value of now.
    reportedAt: value === undefined && pending !== undefined ? (before?.reportedAt ?? at) : at,
  };
}

/** What is pending has come when it is told as the value; until then the old value may be told many times. */
function pendingAfter(
  before: VariableAttribute | undefined,
  value: string | undefined,
): VariableAttribute['pending'] {
  return before?.pending?.value === value ? undefined : before?.pending;
}
