import type { AppSyncHostConfig, DataSourceConfig } from '../config.ts';
import { ResolverError } from '../errors.ts';
import { type DataSourceResult, joinBatch } from './batch.ts';
import type { RequestScope } from './scope.ts';

/** Batch size of a BatchInvoke whose resolver sets no `maxBatchSize`. */
const DEFAULT_BATCH_SIZE = 5;

/** Runs what a request handler returned. `key` tells apart the fields whose batches must not mix. */
export type DataSource = (
  request: unknown,
  scope: RequestScope,
  key: string,
  maxBatchSize: number | undefined,
) => Promise<DataSourceResult>;

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

const none: DataSource = async (request) => ({ result: asRecord(request).payload ?? null, error: null });

function failure(payload: unknown, functionError: string): DataSourceResult {
  const { errorMessage } = asRecord(payload);
  const message = typeof errorMessage === 'string' ? errorMessage : 'The function failed.';
  return { result: null, error: { message, type: `Lambda:${functionError}` } };
}

function lambda(functionArn: string, invoke: AppSyncHostConfig['invoke']): DataSource {
  const call = async (payload: unknown): Promise<DataSourceResult> => {
    try {
      const answer = await invoke(functionArn, payload);
      if (answer.functionError !== undefined) return failure(answer.payload, answer.functionError);
      return { result: answer.payload ?? null, error: null };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return {
        result: null,
        error: { message, type: `Lambda:${error instanceof Error ? error.name : 'Error'}` },
      };
    }
  };
  return async (request, scope, key, maxBatchSize) => {
    const { operation, payload = null, invocationType } = asRecord(request);
    if (operation === 'BatchInvoke') {
      const size = maxBatchSize !== undefined && maxBatchSize > 0 ? maxBatchSize : DEFAULT_BATCH_SIZE;
      return joinBatch(scope.batches, key, payload, size, call);
    }
    if (operation !== 'Invoke') {
      throw new ResolverError(`Unsupported operation '${String(operation)}' on a Lambda data source`, 'Code');
    }
    if (invocationType !== 'Event') return call(payload);
    void call(payload);
    return { result: null, error: null };
  };
}

export function createDataSource(config: DataSourceConfig, invoke: AppSyncHostConfig['invoke']): DataSource {
  return config.type === 'NONE' ? none : lambda(config.functionArn, invoke);
}
