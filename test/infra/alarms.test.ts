import { describe, expect, it } from 'vitest';
import { resourcesOf, templateOf } from './synthesized.ts';

describe('alarms', () => {
  it('ring at a topic that CloudWatch may publish to', () => {
    const policies = templateOf('prod', 'data').findResources('AWS::SNS::TopicPolicy');
    const statements = Object.values(policies).flatMap(
      ({ Properties }) => Properties.PolicyDocument.Statement,
    );
    const [topic = ''] = Object.keys(templateOf('prod', 'data').findResources('AWS::SNS::Topic'));

    expect(statements).toContainEqual({
      Sid: 'AlarmsOfThisAccount',
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: 'sns:Publish',
      Resource: { Ref: topic },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    });
    for (const [id, { Properties }] of resourcesOf('prod', 'AWS::CloudWatch::Alarm')) {
      expect(JSON.stringify(Properties.AlarmActions), id).toContain(`Ref${topic}`);
    }
  });
});
