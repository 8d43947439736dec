import { isRecord } from './invoke.ts';

/**
 * Compiles a WebSocket route selection expression to a function from message body to route key.
 * Supported are `$request.body.a.b`, `$request.body.[2]`, `$request.body.a[0]` (with or without `${}`), and a
 * constant such as `\$default`. Bodies that are no JSON, and values that are missing, give `$default`.
 * Source: API Gateway developer guide, "Route selection expressions".
 * @throws {Error} for an expression of another form
 */
export function compileRouteSelection(expression: string): (body: string) => string {
  const bare = expression.replace(/^\$\{(.*)\}$/s, '$$$1').trim();
  const path = /^\$request\.body\.(.+)$/.exec(bare)?.[1];
  if (path !== undefined) {
    const keys = path.split(/[.[\]]+/).filter((key) => key !== '');
    return (body) => selectFrom(body, keys);
  }
  if (bare.startsWith('$') && bare !== '$default') {
    throw new Error(`route selection expression "${expression}" is not supported`);
  }
  const constant = bare.replaceAll('\\', '');
  return () => constant;
}

function selectFrom(body: string, keys: string[]): string {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return '$default';
  }
  for (const key of keys) {
    if (Array.isArray(value)) value = value[Number(key)];
    else if (isRecord(value) && Object.hasOwn(value, key)) value = value[key];
    else return '$default';
  }
  if (value === undefined || value === null) return '$default';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
