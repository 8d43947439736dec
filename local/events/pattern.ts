import { BlockList, isIP } from 'node:net';

/** Says whether an event (or a record of a queue or stream) matches. */
export type EventTest = (event: unknown) => boolean;

type ValueTest = (value: unknown) => boolean;

/**
 * Compiles an event pattern (EventBridge guide, "Creating event patterns"). Every field of the pattern must match;
 * a field that is an array in the event matches when one of its elements does. Throws on an operator it does not know.
 * Elements of one array are judged field by field, as long as the pattern reaches into one array only.
 */
export function compilePattern(pattern: unknown): EventTest {
  if (!isObject(pattern)) throw new Error(`An event pattern is an object, not ${JSON.stringify(pattern)}`);
  const tests = Object.entries(pattern).map(([key, expected]) => compileField(key, expected));
  return (event) => tests.every((test) => test(event));
}

function compileField(key: string, expected: unknown): EventTest {
  if (key === '$or' && Array.isArray(expected)) {
    const branches = expected.map(compilePattern);
    return (event) => branches.some((branch) => branch(event));
  }
  if (Array.isArray(expected)) {
    const leaves = expected.map(compileLeaf);
    return (event) => leaves.some((leaf) => leaf(fieldOf(event, key)));
  }
  const nested = compilePattern(expected);
  return (event) => {
    const value = fieldOf(event, key);
    // A pattern may ask that fields are absent, which also holds when their parent is.
    return Array.isArray(value) ? value.some(nested) : nested(value);
  };
}

function fieldOf(event: unknown, key: string): unknown {
  return isObject(event) && Object.hasOwn(event, key) ? event[key] : undefined;
}

/** One entry of a pattern's list: a value to equal, or an operator. It is given the field's whole value. */
function compileLeaf(expected: unknown): ValueTest {
  if (isObject(expected) && 'exists' in expected) {
    return (value) => isLeaf(value) === expected.exists;
  }
  const test = isObject(expected) ? compileOperator(expected) : (value: unknown) => value === expected;
  return (value) => (Array.isArray(value) ? value.some(test) : value !== undefined && test(value));
}

function isLeaf(value: unknown): boolean {
  return value !== undefined && !isObject(value);
}

const operators: Record<string, (argument: unknown) => ValueTest> = {
  prefix: (argument) => affix(argument, (text, wanted) => text.startsWith(wanted)),
  suffix: (argument) => affix(argument, (text, wanted) => text.endsWith(wanted)),
  'equals-ignore-case': (argument) => {
    const wanted = String(argument).toLowerCase();
    return onText((text) => text.toLowerCase() === wanted);
  },
  wildcard: (argument) => onText(wildcard(String(argument))),
  numeric: compileNumeric,
  cidr: compileCidr,
  'anything-but': compileAnythingBut,
};

function compileOperator(expected: Record<string, unknown>): ValueTest {
  const [entry, ...more] = Object.entries(expected);
  const operator = entry && operators[entry[0]];
  if (!entry || !operator || more.length > 0) {
    throw new Error(`Event pattern operator not known: ${JSON.stringify(expected)}`);
  }
  return operator(entry[1]);
}

function onText(test: (text: string) => boolean): ValueTest {
  return (value) => typeof value === 'string' && test(value);
}

function affix(argument: unknown, matches: (text: string, wanted: string) => boolean): ValueTest {
  if (typeof argument === 'string') return onText((text) => matches(text, argument));
  if (isObject(argument) && typeof argument['equals-ignore-case'] === 'string') {
    const wanted = argument['equals-ignore-case'].toLowerCase();
    return onText((text) => matches(text.toLowerCase(), wanted));
  }
  throw new Error(`Event pattern: prefix and suffix take a text, not ${JSON.stringify(argument)}`);
}

/** `*` stands for any run of characters; a backslash takes the meaning from the next one. */
function wildcard(pattern: string): (text: string) => boolean {
  const source = pattern.replace(/\\([*\\])|\*|[.+?^${}()|[\]\\]/g, (found, escaped?: string) => {
    if (escaped !== undefined) return `\\${escaped}`;
    return found === '*' ? '.*' : `\\${found}`;
  });
  const expression = new RegExp(`^${source}$`, 's');
  return (text) => expression.test(text);
}

const comparisons: Record<string, (value: number, bound: number) => boolean> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

function compileNumeric(argument: unknown): ValueTest {
  const parts = Array.isArray(argument) ? argument : [];
  const tests: ((value: number) => boolean)[] = [];
  for (let i = 0; i < parts.length; i += 2) {
    const compare = comparisons[String(parts[i])];
    const bound: unknown = parts[i + 1];
    if (!compare || typeof bound !== 'number')
      throw new Error(`Event pattern: numeric ${JSON.stringify(argument)}`);
    tests.push((value) => compare(value, bound));
  }
  if (tests.length === 0) throw new Error('Event pattern: numeric needs a comparison');
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
}

function compileCidr(argument: unknown): ValueTest {
  const [network = '', bits = ''] = String(argument).split('/');
  const family = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family(network));
  return onText((text) => isIP(text) !== 0 && list.check(text, family(text)));
}

function compileAnythingBut(argument: unknown): ValueTest {
  const excluded: ValueTest[] = isObject(argument)
    ? Object.entries(argument).flatMap(([operator, values]) =>
        [values].flat().map((value) => compileOperator({ [operator]: value })),
      )
    : [argument].flat().map((each) => (value: unknown) => value === each);
  return (value) => !isObject(value) && !excluded.some((test) => test(value));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
