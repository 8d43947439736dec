import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import { lostEntryMessage } from '#core/audit/record-change.ts';
import { bundleDoors, doorNames } from '../../infra/bundling.ts';
import { CsmsFunction } from '../../infra/constructs/csms-function.ts';
import { stageConfig } from '../../infra/stages.ts';
import { resourcesOf, templateOf } from './synthesized.ts';

describe('functions', () => {
  it('all run on Node 24 and arm64, traced, from an ES module', () => {
    const functions = resourcesOf('prod', 'AWS::Lambda::Function');

    expect(functions.size).toBe(doorNames().length);
    for (const [id, { Properties }] of functions) {
      expect(Properties, id).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        TracingConfig: { Mode: 'Active' },
      });
    }
  });

  it('each have a role of their own, without any policy of AWS', () => {
    const functions = [...resourcesOf('prod', 'AWS::Lambda::Function').values()];
    const roles = functions.map(({ Properties }) => JSON.stringify(Properties.Role));

    expect(new Set(roles).size).toBe(functions.length);
    for (const [id, { Properties }] of resourcesOf('prod', 'AWS::IAM::Role')) {
      const isOfLambda = JSON.stringify(Properties.AssumeRolePolicyDocument).includes('lambda.amazonaws.com');
      if (isOfLambda) expect(Properties.ManagedPolicyArns, id).toBeUndefined();
    }
  });

  it('each ring for errors, throttles and nearness to their time limit', () => {
    const alarms = [...resourcesOf('prod', 'AWS::CloudWatch::Alarm').values()];
    const rings = (metric: string) =>
      alarms.filter(
        ({ Properties }) => Properties.Namespace === 'AWS/Lambda' && Properties.MetricName === metric,
      );

    for (const metric of ['Errors', 'Throttles', 'Duration']) {
      expect(rings(metric), metric).toHaveLength(doorNames().length);
    }
    for (const { Properties } of alarms) {
      expect(Properties.AlarmActions).toHaveLength(1);
      expect(Properties.AlarmDescription).not.toBe('');
    }
  });

  it('ring, of those that write the audit trail, for each entry that was lost', () => {
    const filters = [...resourcesOf('prod', 'AWS::Logs::MetricFilter').values()];
    const lost = filters.filter(({ Properties }) => Properties.FilterPattern === `"${lostEntryMessage}"`);
    const alarms = [...resourcesOf('prod', 'AWS::CloudWatch::Alarm').values()];
    const rings = alarms.map(({ Properties }) => Properties.MetricName);

    const names = lost.map(({ Properties }) => Properties.MetricTransformations[0].MetricName);
    expect(names.toSorted()).toEqual(['LostAuditEntriesOfAdminApi', 'LostAuditEntriesOfGraphQL']);
    expect(rings).toEqual(expect.arrayContaining(names));
  });

  it('make no alarms when somebody wrote down why', () => {
    const stack = new Stack(new App(), 'Stack');
    const props = {
      stage: stageConfig('dev'),
      door: 'admin/admin-api',
      description: 'x',
      memoryMb: 128,
      timeout: Duration.seconds(1),
    };

    const silent = new CsmsFunction(stack, 'Silent', { ...props, alarms: { refused: 'for this test' } });
    const loud = new CsmsFunction(stack, 'Loud', { ...props, alarms: { notify: new Topic(stack, 'Topic') } });

    expect(silent.node.tryFindChild('Alarms')).toBeUndefined();
    expect(loud.node.tryFindChild('Alarms')?.node.children).toHaveLength(3);
  });

  it('cannot be made of a door that is not there', () => {
    const stack = new Stack(new App(), 'Stack');
    const make = () =>
      new CsmsFunction(stack, 'None', {
        stage: stageConfig('dev'),
        door: 'ocpp/no-such-door',
        description: 'x',
        memoryMb: 128,
        timeout: Duration.seconds(1),
        alarms: { refused: 'for this test' },
      });

    expect(make).toThrow('There is no door functions/ocpp/no-such-door.handler.ts');
  });

  it('forget their logs after the time the stage says', () => {
    for (const { Properties } of resourcesOf('dev', 'AWS::Logs::LogGroup').values()) {
      expect(Properties.RetentionInDays).toBe(7);
    }
  });

  it('answer stations well before API Gateway gives up', () => {
    templateOf('prod', 'api').hasResourceProperties('AWS::Lambda::Function', {
      Description: 'Every frame of every station',
      Timeout: 20,
      Environment: { Variables: Match.objectLike({ STAGE: 'prod', POWERTOOLS_LOG_LEVEL: 'INFO' }) },
    });
  });
});

describe('settings', () => {
  const known = new Set(
    globSync('functions/**/*.ts').flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/setting\('([A-Z_]+)'/gi)].map(([, name = '']) => name),
    ),
  );

  /** The tables of which a door says that it reaches them, by the settings that hold their names. */
  function tablesOf(door: string): string[] {
    const source = readFileSync(`functions/${door}.handler.ts`, 'utf8');
    const [, roles = ''] = /tableNames\(([^)]*)\)/.exec(source) ?? [];
    const byRole = [...roles.matchAll(/'(\w+)'/g)].map(([, role = '']) => `${role.toUpperCase()}_TABLE`);
    return [...byRole, ...[...source.matchAll(/setting\('(\w+_TABLE)'/g)].map(([, name = '']) => name)];
  }

  it.each([...resourcesOf('prod', 'AWS::Lambda::Function')])(
    'of %s are those it reads, and no other',
    (_, resource) => {
      const {
        STAGE,
        POWERTOOLS_LOG_LEVEL,
        POWERTOOLS_SERVICE_NAME: door,
        ...given
      } = resource.Properties.Environment.Variables;
      const { directory } = bundleDoors('unused').get(door) ?? { directory: '' };
      const code = readdirSync(directory)
        .map((name) => readFileSync(join(directory, name), 'utf8'))
        .join('\n');
      const isOwn = (name: string) => name !== 'STAGE' && !name.endsWith('_TABLE');
      const named = [...known].filter((name) => isOwn(name) && code.includes(`"${name}"`));
      const read = [...named, ...tablesOf(door)];

      expect(Object.keys(given).sort()).toEqual(read.sort());
    },
  );
});
