/** Whether a log line is wanted. */
export type LineTest = (line: string) => boolean;

const field = String.raw`\$((?:\.[A-Za-z_][\w-]*)+)`;
const jsonPattern = new RegExp(
  String.raw`^\{\s*${field}\s*=\s*(?:\*|"((?:[^"\\*%]|\\["\\])*)"|"(\*)")\s*\}$`,
);

/**
 * Compiles the filter pattern of a subscription (CloudWatch Logs guide, "Filter pattern syntax"): the empty one, and
 * JSON patterns that compare one field with a text or ask whether it is there. Throws on every other.
 */
export function compileFilterPattern(pattern: string): LineTest {
  if (pattern.trim() === '') return () => true;
  const [whole, path, text] = jsonPattern.exec(pattern.trim()) ?? [];
  if (whole === undefined || path === undefined) {
    throw new Error(`The filter pattern ${pattern} is of a kind not known here (see local/logs/README.md)`);
  }
  const names = path.split('.').slice(1);
  const wanted = text?.replace(/\\(["\\])/g, '$1');
  // Most lines do not have the field at all, and need not be parsed to know it.
  const mark = JSON.stringify(names.at(-1));
  return (line) => {
    if (!line.includes(mark)) return false;
    const value = valueAt(line, names);
    // CloudWatch says of a selector that points to an object or an array that it does not match.
    if (!['string', 'number', 'boolean'].includes(typeof value)) return false;
    return wanted === undefined || value === wanted;
  };
}

function valueAt(line: string, names: readonly string[]): unknown {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  for (const name of names) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}
