import fc from 'fast-check';
import {
  type GraphQLField,
  type GraphQLOutputType,
  getNamedType,
  graphqlSync,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { bundleResolver } from '../../infra/bundling.ts';
import { resolverFiles } from '../../infra/constructs/graphql-api.ts';
import type { Outcome } from '../../local/appsync/realm/realm.ts';
import { passes, readFilter } from '../../local/appsync/realtime/filters.ts';
import { buildAppSyncSchema } from '../../local/appsync/schema/build.ts';
import { evaluate, schemaText } from '../../scripts/authorization/evaluate.ts';

const files = resolverFiles();

const viewer = { sub: 'u-1', tenant_id: 't-1', roles: ['VIEWER'] };
const operator = { ...viewer, roles: ['OPERATOR'] };
const administrator = { ...viewer, roles: ['TENANT_ADMIN'] };

const errorOf = (outcome: Outcome) => (outcome.kind === 'error' ? outcome.error : undefined);
const answerOf = (outcome: Outcome) => (outcome.kind === 'value' ? outcome.value : undefined);

const forTenants = files.filter(({ field }) => !field.startsWith('Mutation.publish'));

/** Fields of what the bus publishes: asked without a user they give what was published, and ask nobody. */
const alsoPublished: ReadonlySet<string> = new Set(['SessionRealTimeMetrics.estimatedCost']);

describe('every resolver for tenants', () => {
  it.each(forTenants.map(({ field }) => field))('%s turns away whom it does not know', (field) => {
    const strangers = [
      ...(alsoPublished.has(field) ? [] : [undefined]),
      {},
      { sub: 'u-1', roles: ['TENANT_ADMIN'] },
      { sub: 'u-1', tenant_id: '', roles: ['TENANT_ADMIN'] },
      { sub: 'u-1', tenant_id: 't-1', roles: [] },
      { sub: 'u-1', tenant_id: 't-1', roles: ['STRANGER'] },
      { sub: 'u-1', roles: ['SUPER_ADMIN'] },
    ];

    for (const claims of strangers) {
      const outcome = evaluate(field, 'request', { source: {}, ...(claims ? { claims } : {}) });
      expect(errorOf(outcome)?.errorType, JSON.stringify(claims)).toBe('Unauthorized');
    }
  });
});

describe('fields of the data source tenant', () => {
  it('hand on the field, the caller of the token and the arguments', () => {
    const args = { id: 'CP001' };

    const outcome = evaluate('Query.station', 'request', { arguments: args, claims: viewer });

    expect(answerOf(outcome)).toEqual({
      operation: 'Invoke',
      payload: {
        field: 'Query.station',
        caller: { tenantId: 't-1', subject: 'u-1', roles: ['VIEWER'] },
        arguments: args,
      },
    });
  });

  it('never take the tenant from what a caller writes', () => {
    const args = { id: 'CP001', tenantId: 't-2', tenant_id: 't-2' };

    const outcome = evaluate('Query.station', 'request', { arguments: args, claims: viewer });

    expect(answerOf(outcome)).toMatchObject({ payload: { caller: { tenantId: 't-1' } } });
  });

  it('below lists go in batches, with what the function needs of the parent', () => {
    const source = {
      sessionId: 's-1',
      stationId: 'CP001',
      connectorRef: { evseId: 1, connectorId: 1 },
      status: 'ACTIVE',
    };

    const outcome = evaluate('ChargingSession.connector', 'request', { source, claims: viewer });

    expect(answerOf(outcome)).toMatchObject({
      operation: 'BatchInvoke',
      payload: {
        field: 'ChargingSession.connector',
        source: { sessionId: 's-1', stationId: 'CP001', connectorRef: { evseId: 1, connectorId: 1 } },
      },
    });
    expect(JSON.stringify(answerOf(outcome))).not.toContain('ACTIVE');
  });

  it('let viewers read, operators command, and administrators provision', () => {
    const allowed = (field: string, claims: Record<string, unknown>) =>
      evaluate(field, 'request', { claims }).kind === 'value';

    expect([viewer, operator, administrator].map((who) => allowed('Query.stations', who))).toEqual([
      true,
      true,
      true,
    ]);
    expect(
      [viewer, operator, administrator].map((who) => allowed('Mutation.sendStationCommand', who)),
    ).toEqual([false, true, true]);
    for (const field of [
      'createStation',
      'updateStation',
      'deleteStation',
      'createAuthToken',
      'blockAuthToken',
    ]) {
      const verdicts = [viewer, operator, administrator].map((who) => allowed(`Mutation.${field}`, who));
      expect(verdicts, field).toEqual([false, false, true]);
    }
  });

  it('pass an answer on as it is', () => {
    for (const result of [{ stationId: 'CP001' }, [], null, 0, false, 'AVAILABLE']) {
      expect(evaluate('Query.station', 'response', { result })).toMatchObject({
        kind: 'value',
        value: result,
      });
    }
  });

  it('turn a refusal into a GraphQL error that names the input field', () => {
    const result = { error: { type: 'Validation', message: 'is too long', field: 'input.name' } };

    const outcome = evaluate('Mutation.createStation', 'response', { result });

    expect(errorOf(outcome)).toEqual({
      message: 'is too long',
      errorType: 'Validation',
      data: null,
      errorInfo: { field: 'input.name' },
    });
  });

  it('keep the cause of a failure to themselves', () => {
    const error = { message: 'TypeError: cannot read tenant t-2', type: 'Lambda:Unhandled' };
    const asking = files.filter(({ dataSource }) => dataSource === 'tenant');

    expect(asking.length).toBeGreaterThan(50);
    for (const { field } of asking) {
      const outcome = evaluate(field, 'response', { result: null, error });
      expect(errorOf(outcome)?.errorType, field).toBe('InternalFailure');
      expect(JSON.stringify(outcome), field).not.toContain('t-2');
    }
  });
});

const { delivery } = buildAppSyncSchema(schemaText);

/** A selection of all that a type has. */
function everythingOf(type: GraphQLOutputType): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return '';
  const fields = Object.values(named.getFields());
  return `{ ${fields.map((field) => `${field.name} ${everythingOf(field.type)}`).join(' ')} }`;
}

describe('subscriptions', () => {
  const subscribable = Object.values(delivery.getSubscriptionType()?.getFields() ?? {});

  const filterOf = (field: string, args: Record<string, unknown>) => {
    const asked = evaluate(field, 'request', { arguments: args, claims: viewer });
    const { payload } = answerOf(asked) as { payload: { tenantId?: string; caller?: { tenantId: string } } };
    const result = { tenantId: payload.caller?.tenantId ?? payload.tenantId };
    const outcome = evaluate(field, 'response', { arguments: args, claims: viewer, result });
    expect(outcome.kind).toBe('value');
    return readFilter(outcome.subscriptionFilter);
  };

  it('carry what happens in the caller’s tenant alone', () => {
    const all = [
      ...['stationStatusUpdates', 'connectorStatusUpdates', 'sessionUpdates', 'systemAlerts'],
      ...['ocppConnectionEvents', 'ocpiPartnerUpdates', 'crossNetworkSessionEvents'],
    ];
    for (const field of all) {
      const filter = filterOf(`Subscription.${field}`, {});

      expect(passes(filter, { tenantId: 't-1', stationId: 'CP001', sessionId: 's-1' })).toBe(true);
      expect(passes(filter, { tenantId: 't-2', stationId: 'CP001', sessionId: 's-1' })).toBe(false);
    }
  });

  it.each(subscribable.map((field) => [field.name, field] as const))(
    '%s answers its start with a value that completes its type',
    (name, { args, type }: GraphQLField<unknown, unknown>) => {
      const required = args.filter(isRequiredArgument).map((argument) => `${argument.name}: "x"`);
      const given = required.length === 0 ? '' : `(${required.join(' ')})`;
      const answer = evaluate(`Subscription.${name}`, 'response', {
        arguments: args.some(isRequiredArgument) ? { sessionId: 'x', stationId: 'x' } : {},
        result: { tenantId: 't-1' },
      });

      const { data, errors } = graphqlSync({
        schema: delivery,
        source: `subscription { ${name}${given} ${everythingOf(type)} }`,
        rootValue: { [name]: answerOf(answer) },
      });

      expect(errors).toBeUndefined();
      expect(data?.[name]).toMatchObject({ tenantId: '' });
    },
  );

  it('carry the readings of one session', () => {
    const filter = filterOf('Subscription.sessionMetrics', { sessionId: 's-1' });

    expect(passes(filter, { tenantId: 't-1', sessionId: 's-1' })).toBe(true);
    expect(passes(filter, { tenantId: 't-1', sessionId: 's-2' })).toBe(false);
    expect(passes(filter, { tenantId: 't-2', sessionId: 's-1' })).toBe(false);
  });

  it('carry alerts of the severities asked for', () => {
    const filter = filterOf('Subscription.systemAlerts', { severity: ['HIGH', 'CRITICAL'] });

    expect(passes(filter, { tenantId: 't-1', severity: 'HIGH' })).toBe(true);
    expect(passes(filter, { tenantId: 't-1', severity: 'LOW' })).toBe(false);
    expect(passes(filter, { tenantId: 't-2', severity: 'HIGH' })).toBe(false);
  });

  it('carry the commands of one station', () => {
    const filter = filterOf('Subscription.commandUpdates', { stationId: 'CP001' });

    expect(passes(filter, { tenantId: 't-1', stationId: 'CP001' })).toBe(true);
    expect(passes(filter, { tenantId: 't-1', stationId: 'CP002' })).toBe(false);
    expect(passes(filter, { tenantId: 't-2', stationId: 'CP001' })).toBe(false);
  });

  /** Those that take a list, with what it is called and which field of an update it is about. */
  const lists = [
    ['stationStatusUpdates', 'stationIds', 'stationId'],
    ['connectorStatusUpdates', 'stationIds', 'stationId'],
    ['sessionUpdates', 'sessionIds', 'sessionId'],
    ['systemAlerts', 'severity', 'severity'],
  ] as const;

  it.each(lists)(
    '%s let through what was asked for and no other, however much, and never that of another tenant',
    (field, argument, member) => {
      const name = fc.integer({ min: 0, max: 99 }).map((number) => `CP${number}`);
      const asked = fc.uniqueArray(name, { minLength: 1, maxLength: 50 });

      fc.assert(
        fc.property(asked, name, fc.constantFrom('t-1', 't-2'), (values, value, tenantId) => {
          const filter = filterOf(`Subscription.${field}`, { [argument]: values });

          const isWanted = tenantId === 't-1' && values.includes(value);
          expect(passes(filter, { tenantId, [member]: value })).toBe(isWanted);
        }),
        { numRuns: 30 },
      );
    },
  );

  it.each(lists)('%s refuse more values than a filter can hold, and none at all', (field, argument) => {
    for (const values of [[], Array.from({ length: 51 }, (_, index) => `CP${index}`)]) {
      const refusal = evaluate(`Subscription.${field}`, 'response', {
        arguments: { [argument]: values },
        result: { tenantId: 't-1' },
      });

      expect(errorOf(refusal)).toMatchObject({ errorType: 'Validation', errorInfo: { field: argument } });
    }
  });
});

describe('published updates', () => {
  /** What goes on without asking the function: at once, or through the data source that asks nobody. */
  const published = (field: string, args: Record<string, unknown>) => {
    const outcome = evaluate(`Mutation.${field}`, 'request', {
      arguments: { at: 1_790_000_000_000, ...args },
    });
    return outcome.kind === 'early' ? outcome.value : (answerOf(outcome) as { payload: unknown }).payload;
  };
  const station = { tenantId: 't-1', stationId: 'CP001' };

  it('tell the status a station reported, with the connector it is about', () => {
    const connector = { evseId: 1, connectorId: 1, status: 'CHARGING' };

    const update = published('publishStationStatus', { ...station, status: 'OCCUPIED', connector });

    expect(update).toEqual({
      ...station,
      status: 'OCCUPIED',
      timestamp: '2026-09-21T14:13:20.000Z',
      details: { connector },
    });
  });

  it('show a station without connection as offline, and ask the function what one is that connects', () => {
    const args = { at: 1_790_000_000_000, ...station, online: true };

    expect(published('publishStationStatus', { ...station, online: false })).toMatchObject({
      status: 'OFFLINE',
      details: { online: false },
    });
    expect(answerOf(evaluate('Mutation.publishStationStatus', 'request', { arguments: args }))).toMatchObject(
      {
        operation: 'Invoke',
        payload: { field: 'Mutation.publishStationStatus', arguments: args },
      },
    );
  });

  it('tell how a command ended', () => {
    const command = { ...station, commandId: 'c-1', command: 'RESET' };

    expect(published('publishCommandUpdate', { ...command, state: 'TIMED_OUT' })).toEqual({
      ...command,
      status: 'TIMED_OUT',
      timestamp: '2026-09-21T14:13:20.000Z',
    });
  });
});

describe('other published updates', () => {
  const at = 1_790_000_000_000;
  const timestamp = '2026-09-21T14:13:20.000Z';
  const asked = (field: string, args: Record<string, unknown>) =>
    answerOf(evaluate(`Mutation.${field}`, 'request', { arguments: { at, ...args } }));
  const tenantId = 't-1';

  it('tell an alert with what kind it is', () => {
    const alert = {
      tenantId,
      category: 'STATION_OFFLINE',
      severity: 'HIGH',
      message: 'away',
      stationId: 'CP1',
    };

    expect(asked('publishAlert', { ...alert, alertId: 'a-1', kind: 'SILENT' })).toEqual({
      payload: { ...alert, id: 'a-1', timestamp, metadata: { kind: 'SILENT' } },
    });
  });

  it.each([
    [true, 'ocpp1.6', 'CONNECTED', 'OCPP_1_6'],
    [true, 'ocpp2.0.1', 'CONNECTED', 'OCPP_2_0_1'],
    [false, undefined, 'DISCONNECTED', null],
  ])('tell a connection that is %s over %s', (online, protocol, status, ocppVersion) => {
    expect(asked('publishConnection', { tenantId, stationId: 'CP1', online, protocol })).toEqual({
      payload: { tenantId, stationId: 'CP1', status, ocppVersion, timestamp },
    });
  });

  it('tell of partners', () => {
    const partner = { tenantId, partnerId: 'p-1' };

    expect(asked('publishPartnerUpdate', { ...partner, status: 'PENDING' })).toEqual({
      payload: { ...partner, status: 'PENDING', timestamp },
    });
  });

  it.each([
    'publishConnectorStatus',
    'publishSessionUpdate',
    'publishSessionMetrics',
    'publishCrossNetworkSession',
  ])('%s asks the function in the name of the bus, for the tenant of the event', (name) => {
    const args = { at, tenantId, sessionId: 's-1' };

    expect(asked(name, args)).toEqual({
      operation: 'Invoke',
      payload: {
        field: `Mutation.${name}`,
        caller: { tenantId, subject: 'events', roles: [] },
        arguments: args,
      },
    });
  });

  it('give their subscribers what the request made', () => {
    for (const { field } of files.filter((one) => one.field.startsWith('Mutation.publish'))) {
      const result = { tenantId };

      expect(answerOf(evaluate(field, 'response', { result })), field).toEqual(result);
    }
  });
});

describe('what is not built', () => {
  it('says so', () => {
    const outcome = evaluate('Query.weather', 'request', { claims: viewer });

    expect(errorOf(outcome)).toMatchObject({
      message: 'Query.weather is not built yet',
      errorType: 'NotImplemented',
    });
  });
});

it('every resolver is a module AppSync takes: within 32 KB and without anything but its own imports', () => {
  for (const { path } of files) {
    const text = bundleResolver(path);

    expect(text.length, path).toBeLessThan(32_768);
    const imports = [...text.matchAll(/from "([^"]+)"/g)].map(([, name]) => name);
    expect(
      imports.filter((name) => name !== '@aws-appsync/utils'),
      path,
    ).toEqual([]);
  }
});
