import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';
import { CsmsStage } from '../../infra/app.ts';
import { parseStage, stageConfig } from '../../infra/stages.ts';

const certificateArn = 'arn:aws:acm:us-east-1:111111111111:certificate/1';
const webAclArn = 'arn:aws:wafv2:us-east-1:111111111111:global/webacl/x/1';

const stage = new CsmsStage(
  new App({ outdir: mkdtempSync(join(tmpdir(), 'csms-edge-')) }),
  parseStage({
    ...stageConfig('prod'),
    securityProfiles: [2, 3],
    stationTrustStoreId: 'ts-1',
    alarmEmail: 'ops@example.com',
    webAclArn,
    domains: {
      stations: { name: 'stations.example.com', certificateArn },
      public: { name: 'csms.example.com', certificateArn },
    },
    reservedConcurrency: { authorizeStation: 20, stationLink: 100 },
  } as Parameters<typeof parseStage>[0]),
);
const edge = Template.fromStack(stage.edge);

it('stations may show a certificate, but need none, where a trust store is configured', () => {
  edge.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: Match.objectLike({
      Aliases: ['stations.example.com'],
      ViewerMtlsConfig: { Mode: 'optional', TrustStoreConfig: { TrustStoreId: 'ts-1' } },
      ViewerCertificate: Match.objectLike({
        AcmCertificateArn: certificateArn,
        MinimumProtocolVersion: 'TLSv1.2_2019',
      }),
    }),
  });
});

it('CloudFront tells the function of stations how they came and whose certificate they showed', () => {
  edge.hasResourceProperties('AWS::CloudFront::CachePolicy', {
    CachePolicyConfig: {
      DefaultTTL: 0,
      ParametersInCacheKeyAndForwardedToOrigin: {
        HeadersConfig: {
          HeaderBehavior: 'whitelist',
          Headers: [
            'CloudFront-Forwarded-Proto',
            'CloudFront-Viewer-Cert-Present',
            'CloudFront-Viewer-Cert-Sha256',
            'CloudFront-Viewer-Cert-Subject',
            'CloudFront-Viewer-Cert-Issuer',
            'CloudFront-Viewer-Cert-Serial-Number',
          ],
        },
      },
    },
  });
});

it('the firewall stands before people and programs, never before stations', () => {
  const distributions = Object.values(edge.findResources('AWS::CloudFront::Distribution'));
  const guarded = distributions.map(({ Properties }) => [
    Properties.DistributionConfig.Aliases[0],
    Properties.DistributionConfig.WebACLId,
  ]);

  expect(Object.fromEntries(guarded)).toEqual({
    'stations.example.com': undefined,
    'csms.example.com': webAclArn,
  });
});

it('the functions stations wait for keep their share of the account’s concurrency', () => {
  const api = Template.fromStack(stage.api);

  api.hasResourceProperties('AWS::Lambda::Function', { ReservedConcurrentExecutions: 20 });
  api.hasResourceProperties('AWS::Lambda::Function', { ReservedConcurrentExecutions: 100 });
});

it('CloudFront sends the version of the origin secret that the stage names, so that another one is looked up', () => {
  const sentWith = (originSecretVersion: string) => {
    const other = new CsmsStage(
      new App({ outdir: mkdtempSync(join(tmpdir(), 'csms-edge-')) }),
      parseStage({ ...stageConfig('prod'), originSecretVersion } as Parameters<typeof parseStage>[0]),
    );
    return JSON.stringify(Template.fromStack(other.edge).findResources('AWS::CloudFront::Distribution'));
  };
  const [one, two] = ['4c6b9e0e-6a1f-4f0e-8b7e-1d5a3c2b1a00', '4c6b9e0e-6a1f-4f0e-8b7e-1d5a3c2b1a01'];

  expect(sentWith(one)).toContain(`:SecretString:current::${one}}}`);
  expect(sentWith(two)).toContain(`:SecretString:current::${two}}}`);
});

it('alarms reach the person the stage names', () => {
  Template.fromStack(stage.data).hasResourceProperties('AWS::SNS::Subscription', {
    Protocol: 'email',
    Endpoint: 'ops@example.com',
  });
});
