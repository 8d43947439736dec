import { readFileSync } from 'node:fs';
import { buildASTSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { contracts } from '#contracts/events.ts';
import { batchedFields, fields } from '../../functions/graphql/fields.ts';
import { notBuilt } from '../../graphql/not-built.ts';
import { resolverFiles } from '../../infra/constructs/graphql-api.ts';
import { fieldsOf } from '../../infra/constructs/graphql-schema.ts';
import { publications } from '../../infra/stacks/publications.ts';
import { APPSYNC_DIRECTIVES, APPSYNC_SCALARS } from '../../local/appsync/schema/builtins.ts';

const sdl = readFileSync('graphql/schema.graphql', 'utf8');
const files = resolverFiles();
const answered = files.map(({ field }) => field);

describe('resolvers', () => {
  it('answer every query, mutation and subscription, or say that it is not built', () => {
    const promised = [...fieldsOf(sdl)].filter((field) => /^(Query|Mutation|Subscription)\./.test(field));
    const roots = [...answered, ...notBuilt].filter((field) => promised.includes(field));

    expect(roots.sort()).toEqual(promised.sort());
  });

  it('are for fields that the schema has, each once', () => {
    const all = [...answered, ...notBuilt];

    expect(new Set(all).size).toBe(all.length);
    for (const field of all) expect(fieldsOf(sdl), field).toContain(field);
  });

  it('of the data source tenant meet a function that knows the field, and the other way round', () => {
    const asked = files.filter(({ dataSource }) => dataSource === 'tenant').map(({ field }) => field);

    expect(asked.sort()).toEqual([...Object.keys(fields), ...Object.keys(batchedFields)].sort());
  });
});

describe('publications', () => {
  const schema = buildASTSchema(
    parse(`${sdl}\n${APPSYNC_SCALARS.map((name) => `scalar ${name}`).join('\n')}\n${APPSYNC_DIRECTIVES}`),
  );

  it.each(Object.entries(publications))('%s is a valid operation', (_, { operation, mutation }) => {
    const errors = validate(schema, parse(operation));

    expect(errors).toEqual([]);
    expect(operation).toContain(`${mutation}(`);
  });

  it.each(Object.entries(publications))(
    '%s takes its variables from the event',
    (_, { operation, contract }) => {
      const known = contracts.find(({ detailType }) => detailType === contract.detailType);
      const detail = (known?.detail as z.ZodObject | undefined)?.shape ?? {};
      const variables = [...operation.matchAll(/\$(\w+): ([\w!]+)/g)];

      expect(variables).not.toHaveLength(0);
      for (const [, name = '', type = ''] of variables) {
        const isPromised = name in detail;
        expect(isPromised || !type.endsWith('!'), `${name}: ${type}`).toBe(true);
      }
    },
  );

  it.each(Object.entries(publications))(
    '%s selects all there is, for a subscriber gets no more',
    (_, publication) => {
      const payload = schema.getMutationType()?.getFields()[publication.mutation]?.type;
      const type = schema.getType(String(payload));
      const names = type && 'getFields' in type ? Object.keys(type.getFields()) : [];

      expect(names).not.toHaveLength(0);
      for (const name of names) expect(publication.operation).toMatch(new RegExp(`[{\\s]${name}[\\s}]`));
    },
  );
});
