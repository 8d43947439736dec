/** A route matched to a request; `pathParameters` are percent-decoded. */
export interface RouteMatch<Route> {
  route: Route;
  pathParameters: Record<string, string> | undefined;
}

type Segment = { kind: 'static'; text: string } | { kind: 'parameter' | 'greedy'; name: string };

interface CompiledRoute<Route> {
  route: Route;
  method: string;
  segments: Segment[];
}

const SPECIFICITY = { static: 3, parameter: 2, greedy: 1 };

/**
 * Compiles routes with keys such as `GET /stations/{id}`, `ANY /api/{proxy+}` and `$default`.
 * The most specific match wins: an exact path before a path variable before a greedy one, then a named method
 * before ANY, then `$default`. Source: API Gateway developer guide, "Routes for HTTP APIs".
 * @throws {Error} for a route key of another form
 */
export function compileRoutes<Route extends { routeKey: string }>(
  routes: Route[],
): (method: string, path: string) => RouteMatch<Route> | undefined {
  const fallback = routes.find(({ routeKey }) => routeKey === '$default');
  const compiled = routes
    .filter((route) => route !== fallback)
    .map(compile)
    .sort(bySpecificity);
  return (method, path) => {
    const parts = path.split('/').slice(1);
    for (const candidate of compiled) {
      if (candidate.method !== 'ANY' && candidate.method !== method) continue;
      const pathParameters = matchSegments(candidate.segments, parts);
      if (pathParameters !== undefined) {
        const hasParameters = Object.keys(pathParameters).length > 0;
        return { route: candidate.route, pathParameters: hasParameters ? pathParameters : undefined };
      }
    }
    return fallback && { route: fallback, pathParameters: undefined };
  };
}

function compile<Route extends { routeKey: string }>(route: Route): CompiledRoute<Route> {
  const [, method, path] = /^([A-Z]+) \/(.*)$/.exec(route.routeKey) ?? [];
  if (method === undefined || path === undefined) {
    throw new Error(`route key "${route.routeKey}" is not supported`);
  }
  const segments = path.split('/').map((text): Segment => {
    const [, name, plus] = /^\{([^}+]+)(\+?)\}$/.exec(text) ?? [];
    if (name === undefined) return { kind: 'static', text };
    return { kind: plus === '+' ? 'greedy' : 'parameter', name };
  });
  return { route, method, segments };
}

function bySpecificity(left: CompiledRoute<unknown>, right: CompiledRoute<unknown>): number {
  const length = Math.max(left.segments.length, right.segments.length);
  for (let index = 0; index < length; index++) {
    const difference = specificityAt(right, index) - specificityAt(left, index);
    if (difference !== 0) return difference;
  }
  return Number(left.method === 'ANY') - Number(right.method === 'ANY');
}

function specificityAt(route: CompiledRoute<unknown>, index: number): number {
  const segment = route.segments[index];
  return segment === undefined ? 0 : SPECIFICITY[segment.kind];
}

function matchSegments(segments: Segment[], parts: string[]): Record<string, string> | undefined {
  const values: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const part = parts[index];
    if (part === undefined) return undefined;
    if (segment.kind === 'static') {
      if (segment.text !== part) return undefined;
      continue;
    }
    if (part === '') return undefined;
    if (segment.kind === 'greedy') {
      values[segment.name] = decode(parts.slice(index).join('/'));
      return values;
    }
    values[segment.name] = decode(part);
  }
  return parts.length === segments.length ? values : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
