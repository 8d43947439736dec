import type { AsyncInvocations } from '../lambda/async-invocations.ts';
import { type Functions, PayloadTooLarge, UnknownFunction } from '../lambda/functions.ts';
import { AwsError } from './aws-error.ts';
import type { AwsAnswer, AwsService } from './endpoint.ts';

/** Lambda's limit of an asynchronous request. */
const maxEventBytes = 1024 * 1024;

/** Lambda: Invoke, synchronous, asynchronous and as a dry run. */
export function lambdaService(functions: Functions, asyncInvocations: AsyncInvocations): AwsService {
  return (call) => {
    const [, name] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(call.path) ?? [];
    if (name === undefined || call.method !== 'POST') return undefined;
    if (!functions.has(name))
      throw new AwsError(404, 'ResourceNotFoundException', `Function not found: ${name}`);
    call.caller.demand('lambda:InvokeFunction', functions.settings(name).arn);
    const payload = call.body.length === 0 ? '{}' : call.body.toString('utf8');
    const type = call.headers['x-amz-invocation-type'] ?? 'RequestResponse';
    if (type === 'DryRun') return { status: 204, body: '' };
    if (type === 'Event') {
      if (call.body.length > maxEventBytes) {
        const message = `${call.body.length} byte payload is too large for the Event invocation type`;
        throw new AwsError(413, 'RequestTooLargeException', `${message} (limit ${maxEventBytes} bytes)`);
      }
      asyncInvocations.add(name, payload);
      return { status: 202, body: '' };
    }
    return invoke(functions, name, payload);
  };
}

async function invoke(functions: Functions, name: string, payload: string): Promise<AwsAnswer> {
  try {
    const result = await functions.invoke(name, payload);
    const headers = result.functionError ? { 'x-amz-function-error': result.functionError } : {};
    return { body: result.payload, headers: { 'content-type': 'application/json', ...headers } };
  } catch (error) {
    if (error instanceof UnknownFunction) throw new AwsError(404, error.name, error.message);
    if (error instanceof PayloadTooLarge) throw new AwsError(413, error.name, error.message);
    throw error;
  }
}
