import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import { type Alarms, watch } from './alarms.ts';
import type { CsmsFunction } from './csms-function.ts';

export interface DeadLetterQueueProps {
  readonly alarms: Alarms;
  /** What a message here means and what to do: it is the text of the alarm. */
  readonly meaning: string;
  /** Keeps the queue, with what is in it, when its stack goes. */
  readonly isKept?: boolean;
}

/** The end of the line for messages that could not be delivered: kept two weeks, and somebody hears of it. */
export class DeadLetterQueue extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, props: DeadLetterQueueProps) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      ...houseRules,
      retentionPeriod: Duration.days(14),
      removalPolicy: props.isKept ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    acknowledge(this.queue, {
      'AwsSolutions-SQS3': 'it is a dead-letter queue itself',
      'Serverless-SQSRedrivePolicy': 'it is a dead-letter queue itself',
    });
    watch(this, props.alarms, {
      Waiting: {
        metric: this.queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
        above: 0,
        meaning: props.meaning,
      },
    });
  }

  /** Takes what a function failed at that was invoked asynchronously, by a rule or a log group, after Lambda's two retries. */
  keepFailuresOf(worker: CsmsFunction): void {
    worker.lambda.configureAsyncInvoke({ onFailure: new SqsDestination(this.queue) });
  }

  /** Lets a function put messages here by itself; it is told the queue's URL by this setting. */
  filledBy(sender: CsmsFunction, setting: string): void {
    sender.allow(['sqs:SendMessage'], [this.queue.queueArn]);
    sender.lambda.addEnvironment(setting, this.queue.queueUrl);
  }
}

const houseRules = {
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
} satisfies QueueProps;

export interface WorkQueueProps {
  readonly alarms: Alarms;
  /** Timeout of the function that reads the queue; a message stays hidden six times as long, as AWS advises. */
  readonly consumerTimeout: Duration;
  /** Rings when the oldest message is older than this. */
  readonly oldestAllowed: Duration;
  /** How long each message rests before it is seen for the first time; not at all when absent. */
  readonly rest?: Duration;
  /** Keeps the queue and its dead letters when their stack goes: for work that is money. */
  readonly isKept?: boolean;
}

/** How a queue is worked off. */
export interface WorkingOff {
  /** How long messages wait for company. */
  readonly collected?: Duration;
  /** How many of the function may run at once, from 2 on. */
  readonly atOnce?: number;
}

/** A queue of work: always with a dead-letter queue, and with alarms on the age of what waits. */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  /** Deliveries before a message is given up. */
  readonly attempts = 5;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    const deadLetters = new DeadLetterQueue(this, 'DeadLetters', {
      alarms: props.alarms,
      meaning: 'A message could not be handled. Read it, repair the cause, then start a redrive.',
      isKept: props.isKept ?? false,
    });
    this.queue = new Queue(this, 'Queue', {
      ...houseRules,
      removalPolicy: props.isKept ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      visibilityTimeout: Duration.seconds(props.consumerTimeout.toSeconds() * 6),
      ...(props.rest ? { deliveryDelay: props.rest } : {}),
      deadLetterQueue: { queue: deadLetters.queue, maxReceiveCount: this.attempts },
    });
    watch(this, props.alarms, {
      OldestMessage: {
        metric: this.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1) }),
        above: props.oldestAllowed.toSeconds(),
        periods: 5,
        meaning:
          'Work waits longer than it may. Look at the errors and throttles of the function that reads it.',
      },
    });
  }

  /**
   * Lets a function work the queue off: what failed comes again alone, what went well does not. With `collected`,
   * messages wait that long for company: for work that nobody waits for and that is little each. `atOnce` is how many
   * of the function may run for it, so that one flooded queue does not take the account's concurrency from stations.
   */
  workedOffBy(worker: CsmsFunction, { collected, atOnce = 50 }: WorkingOff = {}): void {
    const { queueArn } = this.queue;
    worker.allow(
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ChangeMessageVisibility'],
      [queueArn],
    );
    const mapping = new EventSourceMapping(this, 'Mapping', {
      target: worker.lambda,
      eventSourceArn: queueArn,
      batchSize: collected ? 100 : 10,
      ...(collected ? { maxBatchingWindow: collected } : {}),
      maxConcurrency: atOnce,
      reportBatchItemFailures: true,
    });
    acknowledge(mapping, {
      'Serverless-LambdaEventSourceMappingDestination':
        'the queue itself passes what fails to its dead letters',
    });
  }

  /** Lets a function put work into the queue, whose URL it is told by this setting. */
  filledBy(sender: CsmsFunction, setting: string): void {
    sender.allow(['sqs:SendMessage'], [this.queue.queueArn]);
    sender.lambda.addEnvironment(setting, this.queue.queueUrl);
  }
}
