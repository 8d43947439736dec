import type { ZodType } from 'zod';
import { AwsError, notImplemented } from './aws-error.ts';
import type { Caller } from './caller.ts';
import type { AwsService } from './endpoint.ts';

/** Does one operation with its parsed input and gives the output. */
export type Operation = (input: unknown, caller: Caller) => unknown;

/** Ties an operation to the shape of its input. Wrong input is refused with a ValidationException. */
export function operation<T>(schema: ZodType<T>, run: (input: T, caller: Caller) => unknown): Operation {
  return (input, caller) => {
    const parsed = schema.safeParse(input);
    if (!parsed.success) throw new AwsError(400, 'ValidationException', parsed.error.message);
    return run(parsed.data, caller);
  };
}

/** A service of the AWS JSON protocols: the operation is named by the header `X-Amz-Target`. */
export function jsonService(prefix: string, operations: Record<string, Operation>): AwsService {
  return (call) => {
    const target = String(call.headers['x-amz-target'] ?? '');
    const [service, name = ''] = target.split('.');
    if (service !== prefix) return undefined;
    const run = operations[name];
    if (!run) throw notImplemented(target);
    return Promise.resolve(run(JSON.parse(call.body.toString('utf8') || '{}'), call.caller)).then((body) => ({
      body,
    }));
  };
}
