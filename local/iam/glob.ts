/** Says whether a text matches. */
export type TextTest = (text: string) => boolean;

/** Compiles an IAM pattern: `*` stands for any run of characters, `?` for one. The plain cases avoid a RegExp. */
export function glob(pattern: string): TextTest {
  if (pattern === '*') return () => true;
  const firstWildcard = pattern.search(/[*?]/);
  if (firstWildcard === -1) return (text) => text === pattern;
  if (firstWildcard === pattern.length - 1 && pattern.endsWith('*')) {
    const start = pattern.slice(0, -1);
    return (text) => text.startsWith(start);
  }
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, 's');
  return (text) => expression.test(text);
}
