import type { Route } from './route.ts';

const problem = {
  description: 'What is wrong, as RFC 9457 says it; `errors` name the members at fault by JSON pointer.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { pointer: { type: 'string' }, detail: { type: 'string' } },
      },
    },
  },
};

/** The API as OpenAPI 3.1 describes it: every route with what it does, who may ask and what its path is made of. */
export function openApiOf(routes: readonly Route[]): Readonly<Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const { method, path, summary, roles } = route;
    paths[path] ??= {};
    paths[path][method.toLowerCase()] = {
      operationId: operationIdOf(route),
      summary,
      description: `Roles: ${roles.join(', ')}.`,
      parameters: parametersOf(route),
      ...(method === 'GET' || method === 'DELETE' ? {} : { requestBody: jsonBody }),
      responses: { '2XX': { description: 'Done.' }, default: problem },
    };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Open-CSMS administration', version: '1' },
    servers: [{ url: '/api/v1' }],
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: { Problem: problemSchema },
    },
  };
}

const jsonBody = { content: { 'application/json': { schema: { type: 'object' } } } };

/** `GET /stations/{stationId}/commands` as `getStationsStationIdCommands`. */
function operationIdOf({ method, path }: Route): string {
  const words = path.split(/[^A-Za-z]+/).filter((word) => word !== '');
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function parametersOf({ path, roles }: Route): readonly unknown[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  if (!roles.includes('SUPER_ADMIN')) return inPath;
  const description = 'The tenant that a member of the platform acts on; others act on their own.';
  return [...inPath, { name: 'tenantId', in: 'query', description, schema: { type: 'string' } }];
}
