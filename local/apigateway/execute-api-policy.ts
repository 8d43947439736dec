import { isRecord } from './invoke.ts';

export type PolicyDecision = 'allow' | 'deny' | 'no-match' | 'malformed';

/**
 * Evaluates the `policyDocument` a Lambda authorizer answers for one `execute-api:Invoke` on `resourceArn`.
 * An explicit Deny wins over any Allow; `*` and `?` are wildcards in actions and resources.
 */
export function evaluatePolicy(document: unknown, resourceArn: string): PolicyDecision {
  if (!isRecord(document)) return 'malformed';
  const statements = asArray(document.Statement);
  if (statements.length === 0) return 'malformed';
  let allowed = false;
  for (const statement of statements) {
    if (!isRecord(statement)) return 'malformed';
    const effect = statement.Effect;
    if (effect !== 'Allow' && effect !== 'Deny') return 'malformed';
    const actions = asArray(statement.Action);
    const resources = asArray(statement.Resource);
    if (actions.length === 0 || resources.length === 0) return 'malformed';
    const applies =
      matchesAny(actions, 'execute-api:Invoke', true) && matchesAny(resources, resourceArn, false);
    if (applies && effect === 'Deny') return 'deny';
    if (applies) allowed = true;
  }
  return allowed ? 'allow' : 'no-match';
}

function asArray(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function matchesAny(patterns: unknown[], text: string, ignoreCase: boolean): boolean {
  return patterns.some((pattern) => typeof pattern === 'string' && globMatches(pattern, text, ignoreCase));
}

function globMatches(pattern: string, text: string, ignoreCase: boolean): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, ignoreCase ? 'is' : 's').test(text);
}
