import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { countedKnownDays } from '#adapters/dynamodb/analytics-store.ts';
import { tables } from '#adapters/dynamodb/tables.ts';
import { contracts } from '#contracts/events.ts';
import { resourcesOf, synthesized, templateOf } from './synthesized.ts';

describe('data stack', () => {
  it('makes the tables as the stores declare them', () => {
    const template = templateOf('prod', 'data');

    for (const declaration of Object.values(tables)) {
      template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: declaration.partitionKey, KeyType: 'HASH' },
          { AttributeName: declaration.sortKey, KeyType: 'RANGE' },
        ],
        GlobalSecondaryIndexes:
          declaration.indexes.length === 0
            ? Match.absent()
            : declaration.indexes.map((index) => ({
                IndexName: index.name,
                KeySchema: [
                  { AttributeName: index.partitionKey, KeyType: 'HASH' },
                  { AttributeName: index.sortKey, KeyType: 'RANGE' },
                ],
                Projection: { ProjectionType: index.projection },
              })),
        StreamSpecification: declaration.stream ? { StreamViewType: 'NEW_AND_OLD_IMAGES' } : Match.absent(),
        TimeToLiveSpecification: declaration.timeToLive
          ? { AttributeName: declaration.timeToLive, Enabled: true }
          : Match.absent(),
        Replicas: [
          Match.objectLike({
            DeletionProtectionEnabled: declaration.protection.deletionProtection,
            PointInTimeRecoverySpecification: {
              PointInTimeRecoveryEnabled: declaration.protection.pointInTimeRecovery,
            },
          }),
        ],
      });
    }
  });

  it('keeps tables, secrets and users when a stack goes, but for a local stage', () => {
    for (const type of [
      'AWS::DynamoDB::GlobalTable',
      'AWS::SecretsManager::Secret',
      'AWS::Cognito::UserPool',
    ]) {
      for (const { DeletionPolicy } of resourcesOf('prod', type).values())
        expect(DeletionPolicy).toBe('Retain');
      for (const { DeletionPolicy } of resourcesOf('local', type).values())
        expect(DeletionPolicy).toBe('Delete');
    }
  });

  it('refuses to be deleted with what holds data', () => {
    const { data, identity, api } = synthesized('prod');

    expect([data, identity, api].map((stack) => stack.terminationProtection)).toEqual([true, true, false]);
    expect(synthesized('local').data.terminationProtection).toBe(false);
  });

  it('archives what the bus carried', () => {
    templateOf('prod', 'data').hasResourceProperties('AWS::Events::Archive', { RetentionDays: 90 });
  });

  it('forgets what its bus carried long before it forgets what of that was counted', () => {
    const queues = [...resourcesOf('prod', 'AWS::SQS::Queue').values()];
    const [archive] = [...resourcesOf('prod', 'AWS::Events::Archive').values()];
    const longestWaits = queues.map(({ Properties }) => Number(Properties.MessageRetentionPeriod ?? 345_600));
    const deliveryDays = 1;
    const waitDays = (2 * Math.max(...longestWaits)) / 86_400;

    expect(countedKnownDays).toBeGreaterThan(archive?.Properties.RetentionDays + deliveryDays + waitDays);
  });
});

describe('identity stack', () => {
  it('puts claims into access tokens of people and programs', () => {
    templateOf('prod', 'identity').hasResourceProperties('AWS::Cognito::UserPool', {
      UserPoolTier: 'ESSENTIALS',
      LambdaConfig: { PreTokenGenerationConfig: { LambdaVersion: 'V3_0' } },
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
    });
  });

  it('lets no client write the tenant of a user', () => {
    for (const [id, { Properties }] of resourcesOf('prod', 'AWS::Cognito::UserPoolClient')) {
      const writes = Properties.WriteAttributes;
      const signsPeopleIn = Properties.AllowedOAuthFlows.includes('code');
      if (signsPeopleIn) expect(writes, id).toBeDefined();
      expect(writes ?? [], id).not.toContain('custom:tenant_id');
    }
  });

  it('has a group for each role', () => {
    const groups = [...resourcesOf('prod', 'AWS::Cognito::UserPoolGroup').values()];

    expect(groups.map(({ Properties }) => Properties.GroupName).sort()).toEqual([
      'DRIVER',
      'OPERATOR',
      'SUPER_ADMIN',
      'TENANT_ADMIN',
      'VIEWER',
    ]);
  });
});

describe('station API', () => {
  it('authorizes at $connect by the station id, and answers frames on the route', () => {
    const template = templateOf('prod', 'api');

    template.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      ProtocolType: 'WEBSOCKET',
      RouteSelectionExpression: '\\$default',
    });
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'REQUEST',
      IdentitySource: ['route.request.querystring.stationId'],
    });
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', {
      RouteKey: '$connect',
      AuthorizationType: 'CUSTOM',
    });
    template.hasResourceProperties('AWS::ApiGatewayV2::Route', {
      RouteKey: '$default',
      RouteResponseSelectionExpression: '$default',
    });
    template.resourceCountIs('AWS::ApiGatewayV2::RouteResponse', 1);
  });

  it('logs no query string, no header, and no path, in which links to files carry their secrets', () => {
    for (const [id, { Properties }] of resourcesOf('prod', 'AWS::ApiGatewayV2::Stage')) {
      const { Format } = Properties.AccessLogSettings;
      expect(Format, id).not.toMatch(/header|querystring|path|proxy|authorizer\.principal/i);
      expect(JSON.parse(Format), id).toHaveProperty('routeKey');
      expect(JSON.parse(Format), id).toHaveProperty('requestId');
    }
  });
});

describe('administrators’ API', () => {
  it('wants a token everywhere but where it says that it lives, gives tokens, and for files whose link is the proof', () => {
    const routes = [...resourcesOf('prod', 'AWS::ApiGatewayV2::Route').values()].map(
      ({ Properties }) => Properties,
    );
    const http = routes.filter(({ RouteKey }) => RouteKey.includes(' '));

    expect(
      Object.fromEntries(http.map(({ RouteKey, AuthorizationType }) => [RouteKey, AuthorizationType])),
    ).toEqual({
      'GET /api/v1/health': 'NONE',
      'POST /api/v1/token': 'NONE',
      'GET /api/v1/files/{proxy+}': 'NONE',
      'PUT /api/v1/files/{proxy+}': 'NONE',
      'ANY /api/v1/{proxy+}': 'JWT',
    });
  });
});

describe('queues and events', () => {
  it('give every queue of work a dead-letter queue, and every dead letter an alarm', () => {
    const queues = [...resourcesOf('prod', 'AWS::SQS::Queue')];
    const working = queues.filter(([, { Properties }]) => Properties.RedrivePolicy);
    const dead = queues.filter(([, { Properties }]) => !Properties.RedrivePolicy);
    const depthAlarms = [...resourcesOf('prod', 'AWS::CloudWatch::Alarm').values()].filter(
      ({ Properties }) => Properties.MetricName === 'ApproximateNumberOfMessagesVisible',
    );

    // One for each queue of work, two for the relay's stream, one each for what the rules of three stacks cannot
    // deliver, for the station log, and for what runs by the clock: renewal, the closing of months, silence.
    expect(dead).toHaveLength(working.length + 9);
    expect(depthAlarms).toHaveLength(dead.length);
    for (const [id, { Properties }] of queues) expect(Properties.SqsManagedSseEnabled, id).toBe(true);
  });

  it('keep what is to be billed and settled when their stack goes, wherever data are kept', () => {
    const keptIn = (stage: string) =>
      [...resourcesOf(stage, 'AWS::SQS::Queue')]
        .filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain')
        .map(([id]) => id.replace(/Queue[0-9A-F]{8}$/, ''));

    expect(keptIn('prod').sort()).toEqual([
      'work/Rating',
      'work/RatingQueueDeadLetters',
      'work/RelayDeadLetters',
      'work/Settlement',
      'work/SettlementQueueDeadLetters',
      'work/UnreadableChanges',
    ]);
    expect(keptIn('local')).toEqual([]);
  });

  it('keep what functions failed at that a rule or a log group invoked', () => {
    const idOf = (arn: { 'Fn::GetAtt'?: string[] }) => arn['Fn::GetAtt']?.[0] ?? '';
    const ofRules = [...resourcesOf('prod', 'AWS::Events::Rule').values()].flatMap(({ Properties }) =>
      Properties.Targets.map((target: { Arn: object }) => idOf(target.Arn)),
    );
    const ofLogs = [...resourcesOf('prod', 'AWS::Logs::SubscriptionFilter').values()].map(({ Properties }) =>
      idOf(Properties.DestinationArn),
    );
    const functions = [...resourcesOf('prod', 'AWS::Lambda::Function').keys()].map((id) => id.split('/')[1]);
    const invoked = new Set([...ofRules, ...ofLogs].filter((id) => functions.includes(id)));
    const keeping = [...resourcesOf('prod', 'AWS::Lambda::EventInvokeConfig').values()]
      .filter(({ Properties }) => Properties.DestinationConfig.OnFailure.Destination)
      .map(({ Properties }) => Properties.FunctionName.Ref);

    expect(invoked.size).toBe(4);
    expect(new Set(keeping)).toEqual(invoked);
  });

  it('let an ended session rest until what comes live is known, where stations are far away', () => {
    const resting = (stage: 'local' | 'prod') =>
      [...resourcesOf(stage, 'AWS::SQS::Queue')].flatMap(([id, { Properties }]) =>
        Properties.DelaySeconds === undefined ? [] : [`${id.split('Queue')[0]} ${Properties.DelaySeconds}`],
      );

    expect(resting('prod')).toEqual(['work/Rating 60']);
    expect(resting('local')).toEqual([]);
  });

  it('hide a message six times as long as its function may take', () => {
    const read = [...resourcesOf('prod', 'AWS::Lambda::EventSourceMapping')].filter(
      ([, { Properties }]) => !Properties.StartingPosition,
    );

    for (const [id, { Properties }] of read) {
      const [stack] = id.split('/');
      const queue = resourcesOf('prod', 'AWS::SQS::Queue').get(
        `${stack}/${Properties.EventSourceArn['Fn::GetAtt'][0]}`,
      );
      const worker = resourcesOf('prod', 'AWS::Lambda::Function').get(
        `${stack}/${Properties.FunctionName.Ref}`,
      );

      expect(worker?.Properties.Timeout, id).toBeGreaterThan(0);
      expect(queue?.Properties.VisibilityTimeout, id).toBeGreaterThanOrEqual(6 * worker?.Properties.Timeout);
    }
  });

  it('leave concurrency to the functions that stations wait for', () => {
    const bounds = [...resourcesOf('prod', 'AWS::Lambda::EventSourceMapping').values()]
      .filter(({ Properties }) => !Properties.StartingPosition)
      .map(({ Properties }) => Properties.ScalingConfig.MaximumConcurrency);

    expect(Math.max(...bounds)).toBeLessThanOrEqual(50);
    expect(Math.min(...bounds)).toBe(2);
  });

  it('tell every source of batches to bring back failed records alone', () => {
    const mappings = [...resourcesOf('prod', 'AWS::Lambda::EventSourceMapping').values()];

    expect(mappings).not.toHaveLength(0);
    for (const { Properties } of mappings) {
      expect(Properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
    }
  });

  it('relay changes of the operations table, and keep what cannot be relayed', () => {
    templateOf('prod', 'work').hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      StartingPosition: 'TRIM_HORIZON',
      BisectBatchOnFunctionError: true,
      MaximumRecordAgeInSeconds: 86_400,
      MaximumRetryAttempts: Match.absent(),
      DestinationConfig: { OnFailure: { Destination: Match.anyValue() } },
      FilterCriteria: { Filters: [{ Pattern: '{"eventName":["INSERT","MODIFY"]}' }] },
    });
  });

  it('deliver with retries for a day and a dead-letter queue behind', () => {
    for (const [id, { Properties }] of resourcesOf('prod', 'AWS::Events::Rule')) {
      for (const target of Properties.Targets) {
        expect(target, id).toMatchObject({
          DeadLetterConfig: { Arn: expect.anything() },
          RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
        });
      }
    }
  });

  it('let every rule give up what it cannot deliver, by one statement that no further rule makes longer', () => {
    const policies = [...resourcesOf('prod', 'AWS::SQS::QueuePolicy')];
    const undelivered = policies.filter(([id]) => id.includes('Undelivered'));

    expect(undelivered).toHaveLength(3);
    for (const [id, { Properties }] of undelivered) {
      const ofRules = Properties.PolicyDocument.Statement.filter(
        ({ Principal }: { Principal: { Service?: string } }) => Principal.Service === 'events.amazonaws.com',
      );
      expect(ofRules, id).toHaveLength(1);
      expect(JSON.stringify(ofRules[0].Condition.ArnLike['aws:SourceArn']), id).toMatch(/:rule\/.*\/\*"/);
    }
    for (const [id, { Properties }] of policies) {
      expect(Properties.PolicyDocument.Statement.length, id).toBeLessThanOrEqual(10);
    }
  });

  it('wait for events that a contract promises', () => {
    const promised = new Set(contracts.map(({ source, detailType }) => `${source} ${detailType}`));

    for (const [id, { Properties }] of resourcesOf('prod', 'AWS::Events::Rule')) {
      const pattern = Properties.EventPattern;
      if (Properties.ScheduleExpression !== undefined) continue;
      for (const detailType of pattern['detail-type']) {
        const known = pattern.source.some((source: string) => promised.has(`${source} ${detailType}`));
        expect(known, `${id}: ${detailType}`).toBe(true);
      }
    }
  });
});

describe('edge', () => {
  it('sends every station over TLS, without a redirect, and proves itself to the API behind', () => {
    templateOf('prod', 'edge').hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        HttpVersion: 'http1.1',
        DefaultCacheBehavior: Match.objectLike({
          ViewerProtocolPolicy: 'https-only',
          FunctionAssociations: [Match.objectLike({ EventType: 'viewer-request' })],
        }),
        Origins: [
          Match.objectLike({
            OriginPath: '/live',
            OriginCustomHeaders: [Match.objectLike({ HeaderName: 'x-origin-secret' })],
            CustomOriginConfig: Match.objectLike({ OriginProtocolPolicy: 'https-only' }),
          }),
        ],
      },
    });
  });

  it('names no header that CloudFront refuses to add', () => {
    const text = JSON.stringify([...resourcesOf('prod', 'AWS::CloudFront::Distribution').values()]);

    expect(text).not.toMatch(/"HeaderName":"x-(edge|amz)-/i);
  });

  it('lets plain stations in on the local stage alone', () => {
    const policies = (stage: string) =>
      [...resourcesOf(stage, 'AWS::CloudFront::Distribution').values()].map(
        ({ Properties }) => Properties.DistributionConfig.DefaultCacheBehavior.ViewerProtocolPolicy,
      );

    expect(policies('local').sort()).toEqual(['allow-all', 'https-only']);
    expect(policies('prod')).toEqual(['https-only', 'https-only']);
  });

  it('asks no station for a certificate while no trust store is configured', () => {
    const text = JSON.stringify([...resourcesOf('prod', 'AWS::CloudFront::Distribution').values()]);

    expect(text).not.toContain('ViewerMtlsConfig');
  });
});
