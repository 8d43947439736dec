import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { FilterPattern } from 'aws-cdk-lib/aws-logs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CsmsStage, makeApp } from '../../infra/app.ts';
import { CsmsFunction } from '../../infra/constructs/csms-function.ts';
import { forwardLines } from '../../infra/constructs/forward-lines.ts';
import { stageConfig } from '../../infra/stages.ts';

/** Synthesis on a busy machine. */
const timeout = 120_000;

let stage: CsmsStage;
let planted: Stack;
let writer: CsmsFunction;
let reader: CsmsFunction;
let template: Template;
let synthesis: () => unknown;

function functionNamed(id: string): CsmsFunction {
  return new CsmsFunction(planted, id, {
    stage: stageConfig('prod'),
    door: 'workers/relay',
    description: id,
    memoryMb: 128,
    timeout: Duration.seconds(5),
    alarms: { refused: 'made for a test' },
  });
}

beforeAll(() => {
  const made = makeApp({ stage: 'prod', outdir: mkdtempSync(join(tmpdir(), 'csms-files-')) });
  stage = made.stage;
  planted = new Stack(stage, 'planted');
  writer = functionNamed('Writer');
  reader = functionNamed('Reader');
  stage.data.files.allow(writer, ['PutObject', 'GetObject', 'ListBucket'], 'uploads/');
  stage.data.stationCa.allowSigning(writer);
  forwardLines(writer, FilterPattern.stringValue('$.kind', '=', 'audit'), reader);
  synthesis = () => made.app.synth();
  template = Template.fromStack(planted);
}, timeout);

/** What the writer may do with a service, by actions. */
function grants(service: string) {
  const policies = Object.entries(template.findResources('AWS::IAM::Policy'));
  const [, policy] = policies.find(([id]) => id.startsWith('Writer')) ?? [];
  const statements = (policy?.Properties.PolicyDocument.Statement ?? []).map(
    ({ Action, Resource, Condition }: Record<string, unknown>) => ({
      actions: [Action].flat().map(String).sort(),
      resource: JSON.stringify(Resource),
      ...(Condition === undefined ? {} : { condition: Condition }),
    }),
  ) as { actions: string[] }[];
  return statements
    .filter(({ actions }) => actions[0]?.startsWith(service))
    .sort((a, b) => String(a.actions).localeCompare(String(b.actions)));
}

describe('the bucket for files', () => {
  it('is private, encrypted, reached over TLS, and forgets uploads after 90 days', () => {
    const data = Template.fromStack(stage.data);

    data.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: {
        BucketEncryption: Match.anyValue(),
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
        LifecycleConfiguration: {
          Rules: [Match.objectLike({ Prefix: 'uploads/', ExpirationInDays: 90, Status: 'Enabled' })],
        },
        VersioningConfiguration: Match.absent(),
        CorsConfiguration: Match.absent(),
      },
    });
    data.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
  });

  it('lets a function of another stack do what it was granted below its prefix, and list that alone', () => {
    expect(grants('s3:')).toEqual([
      { actions: ['s3:GetObject', 's3:PutObject'], resource: expect.stringMatching(/\/uploads\/\*"/) },
      {
        actions: ['s3:ListBucket'],
        resource: expect.not.stringContaining('uploads'),
        condition: { StringLike: { 's3:prefix': ['uploads/*'] } },
      },
    ]);
    expect(() => stage.data.files.allow(writer, ['GetObject'], '')).toThrow('prefix');
  });
});

describe('the key of the stations’ authority', () => {
  it('signs with P-256 and stays when its stack goes', () => {
    Template.fromStack(stage.data).hasResource('AWS::KMS::Key', {
      DeletionPolicy: 'Retain',
      Properties: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' },
    });
  });

  it('lets a function sign in one way and read the public key', () => {
    expect(grants('kms:')).toEqual([
      { actions: ['kms:GetPublicKey'], resource: expect.stringContaining('StationCa') },
      {
        actions: ['kms:Sign'],
        resource: expect.stringContaining('StationCa'),
        condition: { StringEquals: { 'kms:SigningAlgorithm': 'ECDSA_SHA_256' } },
      },
    ]);
  });
});

describe('forwarded lines', () => {
  it('reach the other function by the log group alone', () => {
    const [logGroup = ''] = Object.keys(template.findResources('AWS::Logs::LogGroup')).filter((id) =>
      id.startsWith('Writer'),
    );

    template.hasResourceProperties('AWS::Logs::SubscriptionFilter', {
      FilterPattern: '{ $.kind = "audit" }',
      LogGroupName: { Ref: logGroup },
      DestinationArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ReaderFunction'), 'Arn'] },
    });
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Principal: 'logs.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': [logGroup, 'Arn'] },
    });
  });

  it('never go to the function that writes them', () => {
    expect(() => forwardLines(writer, FilterPattern.allEvents(), writer)).toThrow('its own lines');
  });
});

it('what uses them breaks no rule of cdk-nag', { timeout }, () => {
  expect(synthesis).not.toThrow();
});
