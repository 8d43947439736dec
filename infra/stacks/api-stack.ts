import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnAccount } from 'aws-cdk-lib/aws-apigateway';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { commandRequested } from '#contracts/command-requested.v1.ts';
import { commandSettled } from '#contracts/command-settled.v1.ts';
import { stationReady } from '#contracts/station-ready.v1.ts';
import { acknowledge } from '../acknowledge.ts';
import { AdminApi } from '../constructs/admin-api.ts';
import { EventWorkers } from '../constructs/event-workers.ts';
import { OcppApi } from '../constructs/ocpp-api.ts';
import { StationLog } from '../constructs/station-log.ts';
import { Timers } from '../constructs/timers.ts';
import { TrailAlarm } from '../constructs/trail-alarm.ts';
import type { StageConfig } from '../stages.ts';
import type { DataStack } from './data-stack.ts';
import type { IdentityStack } from './identity-stack.ts';

export interface ApiStackProps extends StackProps {
  readonly stage: StageConfig;
  readonly data: DataStack;
  readonly identity: IdentityStack;
}

/** The doors of stations and of administrators, and what they themselves need to work. */
export class ApiStack extends Stack {
  readonly ocpp: OcppApi;
  readonly admin: AdminApi;
  readonly timers: Timers;

  constructor(scope: Construct, id: string, props: ApiStackProps) {
    super(scope, id, props);
    const { stage, data, identity } = props;
    const logging = this.letApiGatewayLog();
    this.ocpp = new OcppApi(this, 'Ocpp', { stage, data });
    this.ocpp.node.addDependency(logging);
    this.timers = new Timers(this, 'Timers', { stage, data });
    this.admin = new AdminApi(this, 'Admin', { stage, data, identity, ocpp: this.ocpp });
    for (const setter of [this.ocpp.link, this.admin.door]) this.timers.maySet(setter);
    const alarms = { notify: data.alarmTopic };
    new TrailAlarm(this, 'Trail', { stage, door: this.admin.door, doorName: 'AdminApi', alarms });
    this.letSignLinks(props);
    new StationLog(this, 'StationLog', { stage, data, writers: this.ocpp.speakers });
    // A queue and the rules that fill it must be of one stack: each names the other.
    const events = new EventWorkers(this, 'Events', { bus: data.bus, alarmTopic: data.alarmTopic });
    const calls = this.ocpp.outboundCalls.queue;
    events.toQueue('CallsDue', [commandRequested, stationReady], calls);
    events.toQueue('NextCallsDue', [commandSettled], calls, { othersWait: [true] });
    new CfnOutput(this, 'AdminUrl', { value: this.admin.api.apiEndpoint });
    new CfnOutput(this, 'SignInUrl', { value: identity.signInUrl });
  }

  /** Who signs addresses of files: an address can do no more than the function that signed it. */
  private letSignLinks({ stage, data: { files } }: ApiStackProps): void {
    const { door } = this.admin;
    const { sender } = this.ocpp;
    // Operators put images there and fetch uploads; links of stations lead to both.
    files.allow(door, ['GetObject', 'PutObject', 'ListBucket'], 'firmware/');
    files.allow(door, ['GetObject', 'PutObject', 'ListBucket'], 'uploads/');
    files.allow(sender, ['GetObject'], 'firmware/');
    files.allow(sender, ['PutObject'], 'uploads/');
    for (const signer of [door, sender]) {
      signer.lambda.addEnvironment('FILES_BUCKET', files.bucket.bucketName);
    }
    const host = stage.domains.public;
    const linksUrl = host ? `https://${host.name}` : this.admin.api.apiEndpoint;
    sender.lambda.addEnvironment('FILE_LINKS_URL', linksUrl);
  }

  /** Logs of WebSocket APIs need a role that API Gateway keeps once for account and region. */
  private letApiGatewayLog(): CfnAccount {
    const role = new Role(this, 'ApiGatewayLogRole', {
      assumedBy: new ServicePrincipal('apigateway.amazonaws.com'),
      managedPolicies: [
        ManagedPolicy.fromAwsManagedPolicyName('service-role/AmazonAPIGatewayPushToCloudWatchLogs'),
      ],
    });
    acknowledge(role, {
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]':
        'the setting is the account’s: AWS’s own policy for it fits every API there',
    });
    const account = new CfnAccount(this, 'ApiGatewayLogging', { cloudWatchRoleArn: role.roleArn });
    role.applyRemovalPolicy(RemovalPolicy.RETAIN);
    account.applyRemovalPolicy(RemovalPolicy.RETAIN);
    return account;
  }
}
