import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { CsmsFunction } from '../constructs/csms-function.ts';
import { ofTenantList, ofTenants, readItems, writeItems } from '../constructs/csms-table.ts';
import { EventWorkers } from '../constructs/event-workers.ts';
import { GraphqlApi } from '../constructs/graphql-api.ts';
import { TrailAlarm } from '../constructs/trail-alarm.ts';
import { QueueWorker } from '../constructs/worker.ts';
import type { StageConfig } from '../stages.ts';
import type { ApiStack } from './api-stack.ts';
import type { DataStack } from './data-stack.ts';
import type { IdentityStack } from './identity-stack.ts';
import { publications } from './publications.ts';

export interface GraphqlStackProps extends StackProps {
  readonly stage: StageConfig;
  readonly data: DataStack;
  readonly identity: IdentityStack;
  readonly api: ApiStack;
}

/** The GraphQL API of tenants, and the rules that tell its subscribers what happens. */
export class GraphqlStack extends Stack {
  readonly graphql: GraphqlApi;
  private readonly props: GraphqlStackProps;

  constructor(scope: Construct, id: string, props: GraphqlStackProps) {
    super(scope, id, props);
    this.props = props;
    const { stage, data, identity } = props;
    const tenantFields = this.makeTenantFields();
    this.makeMaintenance(tenantFields);
    this.graphql = new GraphqlApi(this, 'Graphql', { stage, data, identity, tenantFields });
    const events = new EventWorkers(this, 'Events', { bus: data.bus, alarmTopic: data.alarmTopic });
    for (const [name, { contract, detail, ...publish }] of Object.entries(publications)) {
      events.toSubscribers(name, [contract], { api: this.graphql.api, ...publish }, detail);
    }
    new CfnOutput(this, 'GraphqlUrl', { value: this.graphql.api.graphqlUrl });
  }

  /** Does something to all stations of a tenant, in steps of a few stations, each of which hands the next one on. */
  private makeMaintenance(asker: CsmsFunction): void {
    const { stage, data } = this.props;
    const { queue, worker } = new QueueWorker(this, 'Maintenance', {
      stage,
      data,
      door: 'workers/maintain',
      description: 'Does what was asked for all stations of a tenant, some at a time',
      tables: { registry: readItems, operations: [...readItems, ...writeItems] },
      oldestAllowed: Duration.minutes(15),
    });
    for (const sender of [asker, worker]) queue.filledBy(sender, 'MAINTENANCE_QUEUE_URL');
  }

  private makeTenantFields(): CsmsFunction {
    const { stage, data, api } = this.props;
    const { registry, operations, ledger } = data.tables;
    const fields = new CsmsFunction(this, 'TenantFields', {
      stage,
      door: 'graphql/resolve-field',
      description: 'GraphQL fields that need a use case or a store',
      memoryMb: 1024,
      // AppSync gives a request 30 seconds; a command's answer is waited for up to 25.
      timeout: Duration.seconds(29),
      environment: {
        PEPPER_SECRET_ARN: data.pepper.secretArn,
        ALLOWED_SECURITY_PROFILES: stage.securityProfiles.join(','),
        STATION_API_ENDPOINT: api.ocpp.connectionsUrl,
      },
      alarms: { notify: data.alarmTopic },
    });
    registry.allow(fields, [...readItems, ...writeItems, 'DeleteItem'], ofTenants);
    registry.allow(fields, ['Query'], ofTenantList);
    operations.allow(fields, [...readItems, ...writeItems], ofTenants);
    ledger.allow(fields, [...readItems, 'PutItem'], ofTenants);
    fields.allow(['secretsmanager:GetSecretValue'], [data.pepper.secretArn]);
    api.ocpp.allowConnections(fields, ['DELETE']);
    api.timers.maySet(fields);
    const alarms = { notify: data.alarmTopic };
    new TrailAlarm(this, 'Trail', { stage, door: fields, doorName: 'GraphQL', alarms });
    return fields;
  }
}
