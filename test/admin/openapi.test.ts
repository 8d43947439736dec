import { describe, expect, test } from 'vitest';
import { openApiOf } from '../../functions/admin/openapi.ts';
import { routes } from '../../functions/admin/routes.ts';

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
}

const { paths } = openApiOf(routes) as { paths: Record<string, Record<string, Operation>> };
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
);

describe('the description of the REST API', () => {
  test('has every route once, under a name of its own', () => {
    expect(operations).toHaveLength(routes.length);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  });

  test.each(operations)('says what $method $path does and what its path is made of', (operation) => {
    const named = operation.parameters.filter((one) => one.in === 'path').map(({ name }) => `{${name}}`);

    expect(operation.summary).toMatch(/^\S.*\.$/);
    expect(named).toEqual(operation.path.match(/\{\w+\}/g) ?? []);
  });
});
