import { describe, expect, it } from 'vitest';
import { publications } from '../../infra/stacks/publications.ts';
import { resourcesOf } from './synthesized.ts';

interface Statement {
  readonly where: string;
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly unknown[];
  readonly condition: Record<string, Record<string, string[]>> | undefined;
}

/** Every statement that any role of the stage is given. */
function statements(): Statement[] {
  const policies = [...resourcesOf('prod', 'AWS::IAM::Policy')].map(
    ([where, { Properties }]) => [where, Properties.PolicyDocument] as const,
  );
  const inline = [...resourcesOf('prod', 'AWS::IAM::Role')].flatMap(([where, { Properties }]) =>
    (Properties.Policies ?? []).map(
      (policy: { PolicyDocument: unknown }) => [where, policy.PolicyDocument] as const,
    ),
  );
  return [...policies, ...inline].flatMap(([where, document]) =>
    document.Statement.map((statement: Record<string, unknown>) => ({
      where,
      effect: statement.Effect,
      actions: [statement.Action].flat(),
      resources: [statement.Resource].flat(),
      condition: statement.Condition,
    })),
  );
}

const allowsItems = /^dynamodb:(?!DescribeStream|GetRecords|GetShardIterator|ListStreams)/;

describe('permissions', () => {
  it('name their resources, but for X-Ray, which knows none', () => {
    const everywhere = statements().filter(({ resources }) => resources.includes('*'));

    for (const { where, actions } of everywhere) {
      expect(actions, where).toEqual(['xray:PutTelemetryRecords', 'xray:PutTraceSegments']);
    }
  });

  it('name their actions', () => {
    for (const { where, actions } of statements()) {
      for (const action of actions) expect(action, where).not.toContain('*');
    }
  });

  it('let nobody scan a table or query it in a language that could', () => {
    const actions = statements().flatMap((statement) => statement.actions);

    expect(actions.filter((action) => /dynamodb:(Scan|PartiQL|Export)/.test(action))).toEqual([]);
  });

  it('let nobody change or delete what is in the ledger', () => {
    const onLedger = statements().filter(({ resources }) =>
      JSON.stringify(resources).includes('LedgerTable'),
    );

    expect(onLedger).not.toHaveLength(0);
    for (const { where, actions } of onLedger) {
      expect(actions, where).not.toContain('dynamodb:DeleteItem');
      expect(actions, where).not.toContain('dynamodb:UpdateItem');
      expect(actions, where).not.toContain('dynamodb:BatchWriteItem');
    }
  });

  it('reach items of named partitions alone', () => {
    const onItems = statements().filter(({ actions }) => actions.some((action) => allowsItems.test(action)));

    expect(onItems).not.toHaveLength(0);
    for (const { where, condition } of onItems) {
      const keys = condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'];
      expect(keys?.length, where).toBeGreaterThan(0);
      for (const key of keys ?? [])
        expect(['T#*', 'SLUG#*', 'CLIENT#*', 'CA#*', 'TENANTS'], where).toContain(key);
    }
  });

  it('let the credentials of programs be read by the token trigger alone', () => {
    const readers = statements().filter(({ condition }) =>
      JSON.stringify(condition ?? '').includes('CLIENT#'),
    );

    expect(readers.map(({ where }) => where)).toEqual([expect.stringMatching(/^identity\/PreToken/)]);
  });

  it('give the secrets to the functions that check or make passwords, or get tokens', () => {
    const readers = statements().filter(({ actions }) => actions.includes('secretsmanager:GetSecretValue'));

    expect(readers.map(({ where }) => where.replace(/Role.*/, '')).sort()).toEqual([
      'api/AdminDoor',
      'api/AdminToken',
      'api/OcppAuthorizeStation',
      'api/OcppSendCalls',
      'graphql/TenantFields',
    ]);
  });

  it('let the relay alone put events on the bus', () => {
    const publishers = statements().filter(({ actions }) => actions.includes('events:PutEvents'));

    expect(publishers.map(({ where }) => where)).toEqual([expect.stringMatching(/^work\/Relay/)]);
  });

  it('let each rule run its one mutation', () => {
    const runners = statements().filter(({ actions }) => actions.includes('appsync:GraphQL'));

    expect(runners).toHaveLength(Object.keys(publications).length);
    for (const { resources } of runners) {
      expect(JSON.stringify(resources)).toMatch(/\/types\/Mutation\/fields\/publish\w+"/);
    }
  });
});
