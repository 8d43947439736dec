/** Sibling resolutions of one field that wait to be sent together. */
export interface PendingBatch {
  readonly entries: { readonly payload: unknown; readonly settle: (result: DataSourceResult) => void }[];
}

/** What a data source gave: AppSync hands a failure to the response handler as `ctx.error`. */
export interface DataSourceResult {
  readonly result: unknown;
  readonly error: { readonly message: string; readonly type: string } | null;
}

export type SendBatch = (payloads: readonly unknown[]) => Promise<DataSourceResult>;

function spread(answer: DataSourceResult, count: number): DataSourceResult[] {
  if (answer.error !== null) return Array.from({ length: count }, () => answer);
  const results: unknown = answer.result;
  if (Array.isArray(results) && results.length === count) {
    return results.map((result: unknown) => ({ result: result ?? null, error: null }));
  }
  const message = `BatchInvoke must return a list of ${count} results, in the order of the request`;
  return Array.from({ length: count }, () => ({
    result: null,
    error: { message, type: 'Lambda:IllegalArgument' },
  }));
}

async function flush(batch: PendingBatch, maxBatchSize: number, send: SendBatch): Promise<void> {
  const chunks: PendingBatch['entries'][] = [];
  for (let start = 0; start < batch.entries.length; start += maxBatchSize) {
    chunks.push(batch.entries.slice(start, start + maxBatchSize));
  }
  await Promise.all(
    chunks.map(async (chunk) => {
      const results = spread(await send(chunk.map((entry) => entry.payload)), chunk.length);
      for (const [index, entry] of chunk.entries()) {
        const result = results[index];
        if (result !== undefined) entry.settle(result);
      }
    }),
  );
}

/**
 * Adds a payload to the batch of its field and waits for its own result. The batch leaves when every resolution
 * that is ready now has been added, in calls of at most `maxBatchSize`. `send` must not reject.
 */
export function joinBatch(
  batches: Map<string, PendingBatch>,
  key: string,
  payload: unknown,
  maxBatchSize: number,
  send: SendBatch,
): Promise<DataSourceResult> {
  return new Promise((settle) => {
    const open = batches.get(key);
    if (open !== undefined) {
      open.entries.push({ payload, settle });
      return;
    }
    const batch: PendingBatch = { entries: [{ payload, settle }] };
    batches.set(key, batch);
    setImmediate(() => {
      batches.delete(key);
      void flush(batch, maxBatchSize, send);
    });
  });
}
