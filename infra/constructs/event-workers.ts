import { Duration, Stack } from 'aws-cdk-lib';
import type { GraphqlApi as AppSyncApi } from 'aws-cdk-lib/aws-appsync';
import { type EventBus, type IRuleTarget, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { AppSync, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { DeadLetterQueue } from './work-queue.ts';

/** What a rule needs of a contract: how its events are marked on the bus. */
export interface Contract {
  readonly source: string;
  readonly detailType: string;
}

export interface EventWorkersProps {
  readonly bus: EventBus;
  readonly alarmTopic: ITopic;
}

/**
 * Who hears of what happened. Every delivery is tried for a day; what cannot be delivered ends in one dead-letter
 * queue, whose messages name their rule.
 */
export class EventWorkers extends Construct {
  private readonly bus: EventBus;
  private readonly undelivered: DeadLetterQueue;

  constructor(scope: Construct, id: string, props: EventWorkersProps) {
    super(scope, id);
    this.bus = props.bus;
    this.undelivered = new DeadLetterQueue(this, 'Undelivered', {
      alarms: { notify: props.alarmTopic },
      meaning:
        'An event was not delivered for a day. No redrive: its attribute TARGET_ARN names where it is to be sent.',
    });
    this.letRulesGiveUp();
  }

  /** One statement for all rules of the bus: CDK's own, one for each rule, outgrow what SQS takes for a policy. */
  private letRulesGiveUp(): void {
    const { partition, region, account } = Stack.of(this);
    const rules = `arn:${partition}:events:${region}:${account}:rule/${this.bus.eventBusName}/*`;
    this.undelivered.queue.addToResourcePolicy(
      new PolicyStatement({
        sid: 'RulesOfTheBus',
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.undelivered.queue.queueArn],
        conditions: { ArnLike: { 'aws:SourceArn': rules } },
      }),
    );
  }

  /** Puts these events, whole, into a queue; with a pattern, those whose detail fits it. */
  toQueue(
    id: string,
    contracts: readonly Contract[],
    queue: IQueue,
    detail?: Readonly<Record<string, unknown>>,
  ): void {
    this.rule(id, contracts, detail).addTarget(this.withDeadLetters(new SqsQueue(queue, delivery)));
  }

  /** Runs a publishing mutation for each of these events (whose detail fits the pattern); the fields of the event's detail are its variables. */
  toSubscribers(
    id: string,
    contracts: readonly Contract[],
    publish: { api: AppSyncApi; mutation: string; operation: string },
    detail?: Readonly<Record<string, unknown>>,
  ): void {
    const eventRole = new Role(this, `${id}Role`, {
      assumedBy: new ServicePrincipal('events.amazonaws.com'),
    });
    eventRole.addToPolicy(
      new PolicyStatement({
        actions: ['appsync:GraphQL'],
        resources: [`${publish.api.arn}/types/Mutation/fields/${publish.mutation}`],
      }),
    );
    const target = new AppSync(publish.api, {
      ...delivery,
      graphQLOperation: publish.operation,
      variables: RuleTargetInput.fromEventPath('$.detail'),
      eventRole,
    });
    this.rule(id, contracts, detail).addTarget(this.withDeadLetters(target));
  }

  private rule(id: string, contracts: readonly Contract[], detail?: Readonly<Record<string, unknown>>): Rule {
    return new Rule(this, id, {
      eventBus: this.bus,
      eventPattern: {
        source: [...new Set(contracts.map(({ source }) => source))],
        detailType: contracts.map(({ detailType }) => detailType),
        ...(detail === undefined ? {} : { detail }),
      },
    });
  }

  private withDeadLetters(target: IRuleTarget): IRuleTarget {
    const deadLetterConfig = { arn: this.undelivered.queue.queueArn };
    return { bind: (rule, id) => ({ ...target.bind(rule, id), deadLetterConfig }) };
  }
}

const delivery = { retryAttempts: 185, maxEventAge: Duration.hours(24) };
