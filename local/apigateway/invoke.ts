/** What a Lambda invocation answers. `functionError` is set when the handler threw, timed out or crashed. */
export interface InvokeResult {
  payload: unknown;
  functionError?: string;
}

/** Runs one Lambda function synchronously (RequestResponse) with an event. */
export type Invoke = (functionArn: string, event: unknown) => Promise<InvokeResult>;

/** An integration that did not answer within the gateway's own limit, whatever the function's timeout. */
export const TIMED_OUT = Symbol('integration timed out');

/**
 * Invokes a function and gives up after `timeoutMs`, as API Gateway does (29 s for WebSocket, 30 s for HTTP
 * APIs). The function itself runs on. A rejected invocation counts as a function error: a gateway never
 * sees a Lambda exception, only the `FunctionError` of the answer.
 */
export async function invokeWithin(
  invoke: Invoke,
  functionArn: string,
  event: unknown,
  timeoutMs: number,
): Promise<InvokeResult | typeof TIMED_OUT> {
  const timeout = Promise.withResolvers<typeof TIMED_OUT>();
  const timer = setTimeout(() => timeout.resolve(TIMED_OUT), timeoutMs);
  try {
    return await Promise.race([invoke(functionArn, event), timeout.promise]);
  } catch (error) {
    const errorMessage = error instanceof Error ? error.message : String(error);
    return { payload: { errorMessage }, functionError: 'Unhandled' };
  } finally {
    clearTimeout(timer);
  }
}

/** The `errorMessage` of a failed invocation, or an empty string. */
export function errorMessageOf(result: InvokeResult): string {
  const message = isRecord(result.payload) ? result.payload.errorMessage : undefined;
  return typeof message === 'string' ? message : '';
}

/** True for a plain JSON object: not null, not an array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
