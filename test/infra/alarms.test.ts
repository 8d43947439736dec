import { describe, expect, it } from 'vitest';
import { type Resource, resourcesOf, templateOf } from './synthesized.ts';

describe('alarms', () => {
  it('ring for the first station that an error of ours turns away, though refusals are errors, too', () => {
    const api = templateOf('prod', 'api');
    const filters = api.findResources('AWS::Logs::MetricFilter', {
      Properties: { FilterPattern: '?"unexpected error" ?"Task timed out"' },
    });
    const [{ LogGroupName, MetricTransformations }] = Object.values(filters).map(
      ({ Properties }) => Properties,
    ) as [Resource['Properties']];
    const [{ MetricName, MetricNamespace: Namespace }] = MetricTransformations;

    expect(LogGroupName.Ref).toMatch(/^OcppAuthorizeStation/);
    api.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName, Namespace, Threshold: 0 });
  });

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
