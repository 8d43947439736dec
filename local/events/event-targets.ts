import type { GraphqlAnswer } from '../appsync/config.ts';
import type { AsyncInvocations } from '../lambda/async-invocations.ts';
import type { Chaos } from './chaos.ts';
import { type DurableJobs, openDurableJobs } from './durable-jobs.ts';
import type { Queue } from './queue.ts';
import type { EventStore } from './store.ts';

/** Where a rule or schedule sends its input. */
export interface TargetSettings {
  arn: string;
  /** The rule or schedule, named in dead letters. */
  ruleArn: string;
  roleArn?: string | undefined;
  graphqlOperation?: string | undefined;
  messageGroupId?: string | undefined;
  deadLetterArn?: string | undefined;
  maximumRetryAttempts: number;
  maximumEventAgeMs: number;
}

/** Runs a GraphQL operation on an API with a role's key. */
export type RunGraphql = (
  target: TargetSettings,
  variables: Record<string, unknown>,
) => Promise<GraphqlAnswer>;

export interface EventTargetsOptions {
  store: EventStore;
  chaos: Chaos;
  queues: ReadonlyMap<string, Queue>;
  asyncInvocations: AsyncInvocations;
  runGraphql: RunGraphql;
  /** First wait before a delivery is tried again; doubles up to ten minutes. */
  retryMs: number;
  logger: (line: string) => void;
}

export interface EventTargets {
  /** Keeps the delivery durably before it returns. Throws at once for a kind of target that is not known. */
  acceptor(target: TargetSettings): (input: string) => void;
  /** Begins with what an earlier process left. */
  resume(): void;
  pending(): number;
  close(): void;
}

interface GraphqlDelivery {
  target: TargetSettings;
  input: string;
}

/**
 * Queues and functions take a delivery at once and durably; GraphQL operations are tried with back-off until the
 * target's retry policy ends, then go to its dead-letter queue (EventBridge guide, "Retrying event delivery").
 */
export function openEventTargets(options: EventTargetsOptions): EventTargets {
  const { store, chaos, queues, asyncInvocations, runGraphql, retryMs, logger } = options;

  const deadLetter = ({ target, input }: GraphqlDelivery, code: string, message: string) => {
    logger(`${target.ruleArn} could not be delivered: ${code}: ${message}`);
    if (target.deadLetterArn === undefined) return;
    const text = (StringValue: string) => ({ DataType: 'String', StringValue });
    queues.get(target.deadLetterArn)?.send({
      body: input,
      attributes: {
        ERROR_CODE: text(code),
        ERROR_MESSAGE: text(message),
        RULE_ARN: text(target.ruleArn),
        TARGET_ARN: text(target.arn),
      },
    });
  };
  const jobs: DurableJobs = openDurableJobs(store, 'graphql-delivery', chaos, async (job) => {
    const delivery = JSON.parse(job.payload) as GraphqlDelivery;
    const { target } = delivery;
    const failure = await tryGraphql(delivery, runGraphql, logger);
    if (!failure) return 'done';
    if (failure.permanent) {
      deadLetter(delivery, 'NO_PERMISSIONS', failure.message);
      return 'done';
    }
    const retryInMs = Math.min(600_000, retryMs * 2 ** job.attempt);
    const tooOld = Date.now() + retryInMs - job.createdAtMs > target.maximumEventAgeMs;
    if (job.attempt < target.maximumRetryAttempts && !tooOld) return { retryInMs };
    deadLetter(delivery, 'SDK_CLIENT_ERROR', failure.message);
    return 'done';
  });

  return {
    acceptor(target) {
      const service = target.arn.split(':')[2];
      if (service === 'lambda') return (input) => asyncInvocations.add(target.arn, input);
      if (service === 'appsync' && target.graphqlOperation !== undefined) {
        return (input) => jobs.add(JSON.stringify({ target, input } satisfies GraphqlDelivery));
      }
      const queue = queues.get(target.arn);
      if (!queue) throw new Error(`Target ${target.arn} of ${target.ruleArn} is of a kind not known here`);
      return (input) => void queue.send({ body: input, groupId: target.messageGroupId });
    },
    resume: () => jobs.resume(),
    pending: () => jobs.pending(),
    close: () => jobs.close(),
  };
}

async function tryGraphql(
  { target, input }: GraphqlDelivery,
  runGraphql: RunGraphql,
  logger: (line: string) => void,
): Promise<{ message: string; permanent: boolean } | undefined> {
  try {
    const { data, errors = [] } = await runGraphql(target, JSON.parse(input) as Record<string, unknown>);
    if (errors.length === 0) return undefined;
    const message = JSON.stringify(errors);
    if (message.includes('"Unauthorized')) return { message, permanent: true };
    // With data AppSync answers 200, which counts as delivered whatever the errors say.
    if (data !== null && data !== undefined) {
      logger(`${target.ruleArn}: the operation was delivered and answered with errors: ${message}`);
      return undefined;
    }
    return { message, permanent: false };
  } catch (error) {
    return { message: String(error), permanent: false };
  }
}
