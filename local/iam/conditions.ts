import { glob, type TextTest } from './glob.ts';

/** What a request tells about itself, by condition key: `dynamodb:LeadingKeys`, `aws:SecureTransport`, … */
export type RequestContext = Readonly<Record<string, string | string[]>>;

/** A statement's condition block, ready to be asked. */
export type ConditionTest = (context: RequestContext) => boolean;

type ValueTest = (policyValue: string) => TextTest;

interface Operator {
  test: ValueTest;
  /** Negated operators hold when no policy value matches, and when the key is missing. */
  negated: boolean;
}

const equals: ValueTest = (wanted) => (value) => value === wanted;
const equalsIgnoringCase: ValueTest = (wanted) => (value) => value.toLowerCase() === wanted.toLowerCase();
const arnLike: ValueTest = (wanted) => {
  const parts = arnParts(wanted).map(glob);
  return (value) => {
    const actual = arnParts(value);
    return actual.length === parts.length && parts.every((part, i) => part(actual[i] ?? ''));
  };
};
const numeric =
  (holds: (value: number, wanted: number) => boolean): ValueTest =>
  (wanted) =>
  (value) =>
    holds(Number(value), Number(wanted));

const operators: Record<string, Operator> = {
  StringEquals: { test: equals, negated: false },
  StringNotEquals: { test: equals, negated: true },
  StringEqualsIgnoreCase: { test: equalsIgnoringCase, negated: false },
  StringNotEqualsIgnoreCase: { test: equalsIgnoringCase, negated: true },
  StringLike: { test: glob, negated: false },
  StringNotLike: { test: glob, negated: true },
  ArnEquals: { test: arnLike, negated: false },
  ArnLike: { test: arnLike, negated: false },
  ArnNotEquals: { test: arnLike, negated: true },
  ArnNotLike: { test: arnLike, negated: true },
  Bool: { test: equalsIgnoringCase, negated: false },
  NumericEquals: { test: numeric((a, b) => a === b), negated: false },
  NumericLessThan: { test: numeric((a, b) => a < b), negated: false },
  NumericLessThanEquals: { test: numeric((a, b) => a <= b), negated: false },
  NumericGreaterThan: { test: numeric((a, b) => a > b), negated: false },
  NumericGreaterThanEquals: { test: numeric((a, b) => a >= b), negated: false },
};

/**
 * Compiles a statement's `Condition` block: every operator and every key in it must hold, one of a key's values is
 * enough. Throws on an operator or a policy variable it does not know, because guessing would grant or refuse
 * wrongly (IAM guide, "Condition operators").
 */
export function compileConditions(
  conditions: Readonly<Record<string, Record<string, string | string[]>>>,
): ConditionTest {
  const tests = Object.entries(conditions).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => compileOne(operator, key, [values].flat().map(String))),
  );
  return (context) => tests.every((test) => test(context));
}

function compileOne(name: string, key: string, wanted: string[]): ConditionTest {
  const variable = wanted.find((value) => value.includes('${'));
  if (variable !== undefined) throw new Error(`IAM policy variable not supported here: ${variable}`);
  if (name === 'Null') {
    const absent = wanted[0]?.toLowerCase() === 'true';
    return (context) => (valuesOf(context, key) === undefined) === absent;
  }
  const { quantifier, base, ifExists } = parseOperator(name);
  const operator = operators[base];
  if (!operator) throw new Error(`IAM condition operator not supported here: ${name}`);
  const tests = wanted.map(operator.test);
  const one: TextTest = (value) => tests.some((test) => test(value)) !== operator.negated;
  const whenMissing = ifExists || quantifier === 'ForAllValues' || (operator.negated && quantifier === '');
  return (context) => {
    const values = valuesOf(context, key);
    if (values === undefined) return whenMissing;
    if (quantifier === 'ForAllValues') return values.every(one);
    // A negated single-valued condition refuses when any of the values matches.
    return operator.negated && quantifier === '' ? values.every(one) : values.some(one);
  };
}

function parseOperator(name: string): { quantifier: string; base: string; ifExists: boolean } {
  const [, quantifier = '', base = '', ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(name) ?? [];
  return { quantifier, base, ifExists: ifExists !== undefined };
}

/** Condition keys are not case-sensitive. */
function valuesOf(context: RequestContext, key: string): string[] | undefined {
  let found = context[key];
  if (found === undefined) {
    const lower = key.toLowerCase();
    found = Object.entries(context).find(([name]) => name.toLowerCase() === lower)?.[1];
  }
  return found === undefined ? undefined : [found].flat();
}

/** The first five colons part an ARN; the sixth piece may hold more of them. */
function arnParts(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}
