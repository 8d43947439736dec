import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { Archive, EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { type TableRole, tables } from '#adapters/dynamodb/tables.ts';
import { acknowledge } from '../acknowledge.ts';
import { CsmsBucket } from '../constructs/csms-bucket.ts';
import { CsmsTable } from '../constructs/csms-table.ts';
import { SigningKey } from '../constructs/signing-key.ts';
import type { StageConfig } from '../stages.ts';

export interface DataStackProps extends StackProps {
  readonly stage: StageConfig;
}

/** What must outlive a deployment: tables, files, secrets, keys, the bus with its archive; and the topic alarms go to. */
export class DataStack extends Stack {
  readonly tables: Readonly<Record<TableRole, CsmsTable>>;
  readonly bus: EventBus;
  /** The key of station password hashes: its text is the pepper itself. */
  readonly pepper: Secret;
  /** What proves that a request came through our edge: JSON with `current`, and `previous` while it is changed. */
  readonly originSecret: Secret;
  /** Files that stations send (`uploads/`, forgotten after 90 days) and fetch. */
  readonly files: CsmsBucket;
  /** The key of the authority that signs certificates of stations. */
  readonly stationCa: SigningKey;
  readonly alarmTopic: Topic;

  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, { ...props, terminationProtection: props.stage.protectData });
    const { stage } = props;
    this.tables = {
      registry: this.makeTable('registry', stage),
      operations: this.makeTable('operations', stage),
      ledger: this.makeTable('ledger', stage),
      journal: this.makeTable('journal', stage),
    };
    this.bus = this.makeBus();
    this.pepper = this.makeSecret('Pepper', stage, 'Key of the hashes of station passwords');
    this.originSecret = this.makeSecret(
      'OriginSecret',
      stage,
      'Proves that a request came through CloudFront',
      {
        secretStringTemplate: '{}',
        generateStringKey: 'current',
      },
    );
    acknowledge(this.pepper, {
      'AwsSolutions-SMG4':
        'a new pepper would make every station password wrong: it changes by migration, not by clock',
    });
    acknowledge(this.originSecret, {
      'AwsSolutions-SMG4':
        'CloudFront and the authorizer must change together: rotated by hand, see infra/README.md',
    });
    this.files = new CsmsBucket(this, 'Files', {
      expiry: { 'uploads/': 90 },
      protectData: stage.protectData,
    });
    this.stationCa = new SigningKey(this, 'StationCa', { description: 'Signs the certificates of stations' });
    this.alarmTopic = this.makeAlarmTopic(stage);
  }

  private makeAlarmTopic(stage: StageConfig): Topic {
    const topic = new Topic(this, 'AlarmTopic', { enforceSSL: true });
    // A topic with a policy has lost AWS's default one, by which alarms of the account reach it.
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    );
    if (stage.alarmEmail !== undefined) topic.addSubscription(new EmailSubscription(stage.alarmEmail));
    acknowledge(topic, {
      'AwsSolutions-SNS2': 'alarm texts name functions and numbers, no person and no tenant',
      'Serverless-SNSRedrivePolicy': 'mail that is not taken says nothing that the alarm does not show',
    });
    return topic;
  }

  private makeTable(role: TableRole, stage: StageConfig): CsmsTable {
    const id = `${role.charAt(0).toUpperCase()}${role.slice(1)}`;
    return new CsmsTable(this, id, { role, declaration: tables[role], protectData: stage.protectData });
  }

  private makeBus(): EventBus {
    const bus = new EventBus(this, 'Bus');
    // The archive is why the bus keeps AWS's own key: there is none on buses with a customer's key.
    new Archive(this, 'BusArchive', {
      sourceEventBus: bus,
      description: 'Everything the bus carried in the last 90 days, to be replayed',
      eventPattern: { account: [this.account] },
      retention: Duration.days(90),
    });
    return bus;
  }

  private makeSecret(
    id: string,
    stage: StageConfig,
    description: string,
    json?: { secretStringTemplate: string; generateStringKey: string },
  ): Secret {
    return new Secret(this, id, {
      description,
      generateSecretString: { passwordLength: 64, excludePunctuation: true, ...json },
      removalPolicy: stage.protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
  }
}
