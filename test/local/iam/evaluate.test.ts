import { describe, expect, test } from 'vitest';
import { isAllowed, type PolicyStatement } from '../../../local/iam/evaluate.ts';

const table = 'arn:aws:dynamodb:eu-west-1:000000000000:table/registry';

function allow(actions: string[], resources: string[], rest: Partial<PolicyStatement> = {}): PolicyStatement {
  return { effect: 'Allow', actions, resources, ...rest };
}

describe('IAM evaluation', () => {
  test('nothing is allowed without a statement', () => {
    expect(isAllowed([], { action: 'dynamodb:GetItem', resource: table })).toBe(false);
  });

  test('actions ignore case and take wildcards, resources keep case', () => {
    const statements = [allow(['dynamodb:get*'], [`${table}/index/?`])];

    expect(isAllowed(statements, { action: 'DynamoDB:GetItem', resource: `${table}/index/a` })).toBe(true);
    expect(isAllowed(statements, { action: 'dynamodb:GetItem', resource: `${table}/index/ab` })).toBe(false);
    expect(isAllowed(statements, { action: 'dynamodb:PutItem', resource: `${table}/index/a` })).toBe(false);
    expect(isAllowed(statements, { action: 'dynamodb:GetItem', resource: `${table}/INDEX/a` })).toBe(false);
  });

  test('a dot in a pattern is a dot', () => {
    const statements = [allow(['sqs:*'], ['arn:aws:sqs:*:*:orders.fifo'])];

    const ordersFifo = 'arn:aws:sqs:eu-west-1:000000000000:orders.fifo';
    expect(isAllowed(statements, { action: 'sqs:SendMessage', resource: ordersFifo })).toBe(true);
    expect(
      isAllowed(statements, { action: 'sqs:SendMessage', resource: ordersFifo.replace('.fifo', '-fifo') }),
    ).toBe(false);
  });

  test('an explicit deny wins whatever the order', () => {
    const deny: PolicyStatement = { effect: 'Deny', actions: ['dynamodb:Scan'], resources: ['*'] };
    const everything = allow(['*'], ['*']);

    for (const statements of [
      [deny, everything],
      [everything, deny],
    ]) {
      expect(isAllowed(statements, { action: 'dynamodb:Scan', resource: table })).toBe(false);
      expect(isAllowed(statements, { action: 'dynamodb:Query', resource: table })).toBe(true);
    }
  });

  test('notActions and notResources mean everything else', () => {
    const statements: PolicyStatement[] = [
      { effect: 'Allow', actions: [], notActions: ['iam:*'], resources: [], notResources: [table] },
    ];

    expect(isAllowed(statements, { action: 'sqs:SendMessage', resource: 'arn:q' })).toBe(true);
    expect(isAllowed(statements, { action: 'iam:PassRole', resource: 'arn:q' })).toBe(false);
    expect(isAllowed(statements, { action: 'dynamodb:GetItem', resource: table })).toBe(false);
  });
});

function allowedWhen(conditions: PolicyStatement['conditions'], context?: Record<string, string | string[]>) {
  const statements = [allow(['*'], ['*'], conditions ? { conditions } : {})];
  return isAllowed(statements, { action: 'a:b', resource: 'r', ...(context ? { context } : {}) });
}

describe('IAM conditions', () => {
  test('ForAllValues holds when every leading key is permitted, also when there is none', () => {
    const keys = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['T#a#*', 'SHARED'] } };

    expect(allowedWhen(keys, { 'dynamodb:LeadingKeys': ['T#a#1', 'SHARED'] })).toBe(true);
    expect(allowedWhen(keys, { 'dynamodb:LeadingKeys': ['T#a#1', 'T#b#1'] })).toBe(false);
    expect(allowedWhen(keys)).toBe(true);
  });

  test('ForAnyValue needs one value that matches', () => {
    const keys = { 'ForAnyValue:StringEquals': { k: ['x'] } };

    expect(allowedWhen(keys, { k: ['y', 'x'] })).toBe(true);
    expect(allowedWhen(keys, { k: ['y'] })).toBe(false);
    expect(allowedWhen(keys)).toBe(false);
  });

  test('a missing key fails a plain operator, passes a negated one and IfExists', () => {
    expect(allowedWhen({ StringEquals: { k: 'x' } })).toBe(false);
    expect(allowedWhen({ StringNotEquals: { k: 'x' } })).toBe(true);
    expect(allowedWhen({ StringEqualsIfExists: { k: 'x' } })).toBe(true);
    expect(allowedWhen({ StringEqualsIfExists: { k: 'x' } }, { k: 'y' })).toBe(false);
  });

  test('keys ignore case and all operators of a block must hold', () => {
    const block = { Bool: { 'aws:SecureTransport': 'true' }, StringEquals: { k: ['x', 'y'] } };

    expect(allowedWhen(block, { 'AWS:securetransport': 'TRUE', K: 'y' })).toBe(true);
    expect(allowedWhen(block, { 'aws:SecureTransport': 'false', k: 'y' })).toBe(false);
  });

  test('Null asks whether the key is there', () => {
    expect(allowedWhen({ Null: { k: 'true' } })).toBe(true);
    expect(allowedWhen({ Null: { k: 'true' } }, { k: 'x' })).toBe(false);
    expect(allowedWhen({ Null: { k: 'false' } }, { k: 'x' })).toBe(true);
  });

  test('an ARN wildcard does not cross a colon', () => {
    const source = { ArnLike: { 'aws:SourceArn': 'arn:aws:events:*:000000000000:rule/*' } };

    expect(allowedWhen(source, { 'aws:SourceArn': 'arn:aws:events:eu-west-1:000000000000:rule/a/b' })).toBe(
      true,
    );
    expect(allowedWhen(source, { 'aws:SourceArn': 'arn:aws:events:eu:west:1:000000000000:rule/a' })).toBe(
      false,
    );
  });

  test('an operator or a policy variable that cannot be judged is refused loudly', () => {
    expect(() => allowedWhen({ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } })).toThrow(/IpAddress/);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an IAM policy variable, not a template literal.
    expect(() => allowedWhen({ StringEquals: { k: '${aws:username}' } })).toThrow(/policy variable/);
  });
});
