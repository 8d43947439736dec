import { randomUUID } from 'node:crypto';
import type { Chaos } from '../events/chaos.ts';
import { type DurableJobs, type Job, openDurableJobs } from '../events/durable-jobs.ts';
import type { EventStore } from '../events/store.ts';
import type { InvocationResult } from './environment.ts';
import type { Functions } from './functions.ts';

/** What becomes of asynchronous invocations of one function. */
export interface AsyncSettings {
  maximumRetryAttempts: number;
  maximumEventAgeMs: number;
  onSuccessArn?: string | undefined;
  onFailureArn?: string | undefined;
  deadLetterArn?: string | undefined;
}

/** Sends a record to a queue, bus or function, durably. */
export type SendTo = (arn: string, body: string, attributes: Record<string, string>) => void;

/** Lambda's own queue in front of each function, for events nobody waits for. */
export interface AsyncInvocations {
  /** Keeps the event durably before it returns. */
  add(nameOrArn: string, payload: string): void;
  /** Begins with what an earlier process left. */
  resume(): void;
  pending(): number;
  close(): void;
}

export interface AsyncInvocationsOptions {
  store: EventStore;
  chaos: Chaos;
  functions: Functions;
  settings: (functionName: string) => AsyncSettings;
  sendTo: SendTo;
  /** Waits before the second and third try; Lambda takes one and two minutes. */
  retryDelaysMs: readonly number[];
}

interface AsyncPayload {
  requestId: string;
  functionName: string;
  payload: string;
}

/**
 * Invokes with two more tries (unless configured otherwise), then hands the event to the on-failure destination or
 * the dead-letter queue (Lambda guide, "How Lambda handles errors and retries with asynchronous invocation").
 */
export function openAsyncInvocations(options: AsyncInvocationsOptions): AsyncInvocations {
  const { store, chaos, functions, settings, sendTo, retryDelaysMs } = options;

  const conclude = (job: Job, work: AsyncPayload, result: InvocationResult, condition: string) => {
    const { onSuccessArn, onFailureArn, deadLetterArn } = settings(work.functionName);
    const destination = condition === 'Success' ? onSuccessArn : onFailureArn;
    if (destination !== undefined) sendTo(destination, destinationRecord(job, work, result, condition), {});
    if (condition === 'Success' || deadLetterArn === undefined) return;
    const { errorMessage } = JSON.parse(result.payload) as { errorMessage?: unknown };
    sendTo(deadLetterArn, work.payload, {
      RequestID: work.requestId,
      ErrorCode: '200',
      ErrorMessage: String(errorMessage),
    });
  };
  const destinationRecord = (
    job: Job,
    work: AsyncPayload,
    result: InvocationResult,
    condition: string,
  ): string =>
    JSON.stringify({
      version: '1.0',
      timestamp: new Date().toISOString(),
      requestContext: {
        requestId: work.requestId,
        functionArn: `${functions.settings(work.functionName).arn}:$LATEST`,
        condition,
        approximateInvokeCount: job.attempt + 1,
      },
      requestPayload: JSON.parse(work.payload),
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        ...(result.functionError ? { functionError: result.functionError } : {}),
      },
      responsePayload: JSON.parse(result.payload),
    });

  const jobs: DurableJobs = openDurableJobs(store, 'async-invocation', chaos, async (job) => {
    const work = JSON.parse(job.payload) as AsyncPayload;
    if (!functions.has(work.functionName)) return 'done';
    const result = await functions.invoke(work.functionName, work.payload);
    if (!result.functionError) {
      conclude(job, work, result, 'Success');
      return 'done';
    }
    const { maximumRetryAttempts, maximumEventAgeMs } = settings(work.functionName);
    if (job.attempt >= maximumRetryAttempts) {
      conclude(job, work, result, 'RetriesExhausted');
      return 'done';
    }
    if (Date.now() - job.createdAtMs > maximumEventAgeMs) {
      conclude(job, work, result, 'EventAgeExceeded');
      return 'done';
    }
    return { retryInMs: retryDelaysMs[job.attempt] ?? retryDelaysMs.at(-1) ?? 0 };
  });

  return {
    add(nameOrArn, payload) {
      const functionName = functions.settings(nameOrArn).name;
      jobs.add(JSON.stringify({ requestId: randomUUID(), functionName, payload } satisfies AsyncPayload));
    },
    resume: () => jobs.resume(),
    pending: () => jobs.pending(),
    close: () => jobs.close(),
  };
}
