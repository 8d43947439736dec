import { describe, expect, it } from 'vitest';
import { type AppSyncHostConfig, createAppSyncHost } from '../../../local/appsync/host.ts';

const SCHEMA = `
  type Item { id: ID value: String }
  type Query { field(in: AWSJSON): AWSJSON @aws_iam item: Item @aws_iam }
  type Mutation { m: String }
`;

const IMPORT = `import { util, extensions, runtime } from '@aws-appsync/utils';\n`;

/** Code of a handler pair around two bodies. */
function handlers(request: string, response: string): string {
  return `${IMPORT}export function request(ctx) { ${request} }\nexport function response(ctx) { ${response} }`;
}

type Resolver = Omit<AppSyncHostConfig['resolvers'][number], 'typeName' | 'fieldName'>;

/** Resolves `Query.field` with a resolver and gives its value, or the answer's error. */
async function resolve(resolver: Resolver, invoke?: AppSyncHostConfig['invoke']) {
  const lines: string[] = [];
  const host = createAppSyncHost({
    apiId: 'a',
    region: 'eu-west-1',
    accountId: '111122223333',
    schema: SCHEMA,
    resolvers: [{ typeName: 'Query', fieldName: 'field', ...resolver }],
    dataSources: [
      { name: 'none', type: 'NONE' },
      { name: 'fn', type: 'AWS_LAMBDA', functionArn: 'arn:fn' },
    ],
    auth: [{ type: 'AWS_IAM' }],
    invoke: invoke ?? (async (_arn, payload) => ({ payload })),
    authorizeIam: () => true,
    log: (line) => lines.push(line),
  });
  const { data, errors } = await host.executeAsIam({ query: '{ field }', accessKeyId: 'AKIA' });
  const { field } = (data ?? {}) as { field?: string | null };
  return { value: field == null ? field : JSON.parse(field), errors, lines };
}

const unit = (request: string, response: string, dataSourceName = 'none'): Resolver => ({
  code: handlers(request, response),
  dataSourceName,
});

describe('a unit resolver', () => {
  it('passes its payload through a NONE data source, with the stash of the request handler', async () => {
    const { value } = await resolve(
      unit('ctx.stash.seen = 1; return { payload: [1, 2] }', 'return [ctx.result, ctx.stash.seen, ctx.prev]'),
    );

    expect(value).toEqual([[1, 2], 1, null]);
  });

  it('hands a failure of the function to the response handler, which may go on without raising it', async () => {
    const { value, errors } = await resolve(
      unit(
        `return { operation: 'Invoke', payload: {} }`,
        'return { result: ctx.result, error: ctx.error }',
        'fn',
      ),
      async () => ({
        functionError: 'Unhandled',
        payload: { errorType: 'Offline', errorMessage: 'no link' },
      }),
    );

    expect(value).toEqual({ result: null, error: { message: 'no link', type: 'Lambda:Unhandled' } });
    expect(errors).toBeUndefined();
  });

  it('raises an error with type, info and the selected data only', async () => {
    const { errors } = await resolve(
      unit('return { payload: null }', `util.error('No', 'NotFound', { id: 1 }, { hint: 'x' })`),
    );

    expect(errors).toMatchObject([
      { message: 'No', errorType: 'NotFound', data: { id: 1 }, errorInfo: { hint: 'x' }, path: ['field'] },
    ]);
  });

  it('appends errors to an answer it still gives', async () => {
    const { value, errors } = await resolve(
      unit(`util.appendError('Partial', 'Warning'); return { payload: 7 }`, 'return ctx.result'),
    );

    expect(value).toBe(7);
    expect(errors).toEqual([
      {
        path: ['field'],
        data: null,
        errorType: 'Warning',
        errorInfo: null,
        locations: [{ line: 1, column: 3, sourceName: null }],
        message: 'Partial',
      },
    ]);
  });

  it('returns early without its data source and response handler', async () => {
    const { value } = await resolve(unit(`runtime.earlyReturn('early')`, `return 'late'`));

    expect(value).toBe('early');
  });

  it('fails with Code when the code itself fails, and the log says why', async () => {
    const { errors, lines } = await resolve(unit('return ctx.missing.member', 'return null'));

    expect(errors).toMatchObject([{ errorType: 'Code', message: 'Runtime Error' }]);
    expect(JSON.stringify(errors)).not.toContain('at request');
    expect(lines.join()).toContain('Query.field request: TypeError');
  });

  it('writes its console to the log', async () => {
    const { lines } = await resolve(unit(`console.log('seen', { a: 1 }); return { payload: 1 }`, 'return 1'));

    expect(lines).toEqual(['Query.field: seen {"a":1}']);
  });

  it('gets an error for each sibling when a batch does not answer one result per payload', async () => {
    const { value } = await resolve(
      unit(`return { operation: 'BatchInvoke', payload: 1 }`, 'return ctx.error', 'fn'),
      async () => ({ payload: [1, 2] }),
    );

    expect(value).toMatchObject({ type: 'Lambda:IllegalArgument' });
  });
});

describe('a pipeline resolver', () => {
  const step = (name: string, request: string, response = 'return ctx.result') => ({
    name,
    dataSourceName: 'fn',
    code: handlers(request, response),
  });
  const INVOKE_STEP = `return { operation: 'Invoke', payload: { after: ctx.prev.result } }`;

  it('hands each result to the next function and shares the stash', async () => {
    const { value } = await resolve({
      code: handlers(
        'ctx.stash.by = ["before"]; return 0',
        'return [ctx.prev.result, ctx.result, ctx.stash.by]',
      ),
      functions: [
        step('one', `ctx.stash.by.push('one'); ${INVOKE_STEP}`),
        step('two', INVOKE_STEP, `ctx.stash.by.push('two'); return ctx.result`),
      ],
    });

    const result = { after: { after: 0 } };
    expect(value).toEqual([result, result, ['before', 'one', 'two']]);
  });

  it.each([
    ['NEXT', { after: 'early' }],
    ['END', 'early'],
  ])('goes on at %s after an early return of a function', async (skipTo, expected) => {
    const { value } = await resolve({
      code: handlers('return {}', 'return ctx.prev.result'),
      functions: [
        step('one', `runtime.earlyReturn('early', { skipTo: '${skipTo}' })`),
        step('two', INVOKE_STEP),
      ],
    });

    expect(value).toEqual(expected);
  });

  it('stops at the first error', async () => {
    const { errors } = await resolve({
      code: handlers('return {}', 'return 1'),
      functions: [step('one', 'util.unauthorized()'), step('two', `util.error('reached')`)],
    });

    expect(errors).toMatchObject([
      { errorType: 'Unauthorized', message: 'Not Authorized to access field on type Query' },
    ]);
  });
});

describe('the realm of resolver code', () => {
  it('has no timers, promises, dates, process, network, or modules', async () => {
    const names = [
      'Promise',
      'Date',
      'RegExp',
      'Proxy',
      'Symbol',
      'eval',
      'Function',
      'Map',
      'process',
      'fetch',
    ];
    const more = [
      'setTimeout',
      'queueMicrotask',
      'globalThis',
      'Buffer',
      'WebAssembly',
      'Intl',
      'structuredClone',
    ];
    const list = [...names, ...more].map((name) => `typeof ${name}`).join(',');

    const { value } = await resolve(unit('return { payload: 1 }', `return [${list}]`));

    expect(new Set(value)).toEqual(new Set(['undefined']));
  });

  it('cannot make code from text or change what others share', async () => {
    const attempts = [
      `(() => 0).constructor('return 1')()`,
      'Object.prototype.x = 1',
      `util.time.nowISO8601 = 1`,
    ];

    for (const attempt of attempts) {
      const { errors } = await resolve(unit('return { payload: 1 }', `return ${attempt}`));
      expect(errors).toMatchObject([{ errorType: 'Code' }]);
    }
  });

  it('keeps nothing of a module between two evaluations', async () => {
    const code = `${IMPORT}let count = 0;
      export function request() { count += 1; return { payload: count } }
      export function response(ctx) { count += 1; return [ctx.result, count] }`;

    const { value } = await resolve({ code, dataSourceName: 'none' });

    expect(value).toEqual([1, 1]);
  });

  it('stops at what is not imitated instead of giving undefined', async () => {
    for (const name of ['util.rds.toJsonObject', 'util.autoKsuid', 'extensions.evictFromApiCache']) {
      const { errors } = await resolve(unit('return { payload: 1 }', `return ${name}('x')`));
      expect(JSON.stringify(errors)).toContain('is not imitated');
    }
  });
});

describe('util', () => {
  it.each([
    [`util.base64Encode('Énergie €')`, 'w4luZXJnaWUg4oKs'],
    [`util.base64Decode('w4luZXJnaWUg4oKs')`, 'Énergie €'],
    [`util.urlDecode(util.urlEncode('a b&é'))`, 'a b&é'],
    [`util.matches('^S[0-9]+$', 'S12')`, true],
    [`util.time.parseISO8601ToEpochMilliSeconds('2026-01-02T03:04:05Z')`, 1767323045000],
    [`util.time.epochMilliSecondsToFormatted(1767323045000, "yyyy-MM-dd'T'HH:mm")`, '2026-01-02T03:04'],
    [`util.dynamodb.toMapValues({ a: 1, b: ['x'] })`, { a: { N: '1' }, b: { L: [{ S: 'x' }] } }],
    [`util.math.maxVal(1, 2)`, 2],
    [`util.str.normalize('e\\u0301', 'nfc')`, 'é'],
    [`util.authType()`, 'IAM Authorization'],
  ])('%s', async (expression, expected) => {
    const { value } = await resolve(unit('return { payload: 1 }', `return ${expression}`));

    expect(value).toEqual(expected);
  });

  it('makes identifiers', async () => {
    const { value } = await resolve(unit('return { payload: 1 }', 'return [util.autoId(), util.autoUlid()]'));

    expect(value[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(value[1]).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
  });

  it('turns an object into a subscription filter: alternatives become groups, rules join each', async () => {
    const { value } = await resolve(
      unit(
        'return { payload: 1 }',
        `return util.transform.toSubscriptionFilter(
          { site: { eq: 's1' }, secret: { eq: 1 }, or: [{ powerW: { ge: 1, lt: 9 } }, { status: { in: ['A'] } }] },
          ['secret'],
          { tenantId: { eq: 't1' } },
        )`,
      ),
    );

    const site = { fieldName: 'site', operator: 'eq', value: 's1' };
    const tenant = { fieldName: 'tenantId', operator: 'eq', value: 't1' };
    expect(value).toEqual({
      filterGroup: [
        {
          filters: [
            site,
            { fieldName: 'powerW', operator: 'ge', value: 1 },
            { fieldName: 'powerW', operator: 'lt', value: 9 },
            tenant,
          ],
        },
        { filters: [site, { fieldName: 'status', operator: 'in', value: ['A'] }, tenant] },
      ],
    });
  });
});

describe('code that AppSync would not accept', () => {
  it.each([
    ['no module', 'export function request( {', /Query\.field/],
    ['one handler only', 'export function request() { return {} }', /exports no response/],
    ['more than 32,768 characters', `${handlers('', '')}//${'x'.repeat(32_768)}`, /AppSync takes 32768/],
  ])('with %s stops the creation of the API', async (_, code, message) => {
    await expect(resolve({ code, dataSourceName: 'none' })).rejects.toThrow(message);
  });

  it('is missing its data source', async () => {
    await expect(resolve({ code: handlers('', ''), dataSourceName: 'gone' })).rejects.toThrow(
      /no data source gone/,
    );
  });
});
