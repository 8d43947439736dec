import * as z from 'zod';
import type { Principal } from '../iam/principals.ts';
import type { AsyncSettings } from '../lambda/async-invocations.ts';
import type { FunctionSettings } from '../lambda/environment.ts';
import type { Model, Resource } from '../template/model.ts';
import { region } from '../template/pseudo.ts';

const destination = z.object({ Destination: z.string() }).optional();

const functionSchema = z.object({
  Handler: z.string().default('index.handler'),
  Runtime: z.string().default(''),
  Role: z.string(),
  Timeout: z.coerce.number().default(3),
  MemorySize: z.coerce.number().default(128),
  Environment: z.object({ Variables: z.record(z.string(), z.coerce.string()).default({}) }).optional(),
  Code: z.object({ S3Key: z.string().optional() }),
  ReservedConcurrentExecutions: z.coerce.number().optional(),
  DeadLetterConfig: z.object({ TargetArn: z.string() }).optional(),
  LoggingConfig: z.object({ LogGroup: z.string().optional() }).optional(),
});

const invokeConfigSchema = z.object({
  FunctionName: z.string(),
  MaximumRetryAttempts: z.coerce.number().default(2),
  MaximumEventAgeInSeconds: z.coerce.number().default(21_600),
  DestinationConfig: z.object({ OnSuccess: destination, OnFailure: destination }).optional(),
});

export interface EndpointUrls {
  general: string;
  s3: string;
  dynamodb: string;
}

/** The app's Node.js functions. Others belong to custom resources, which run at deployment only. */
export function functionSettings(
  model: Model,
  principals: ReadonlyMap<string, Principal>,
  endpoints: EndpointUrls,
): FunctionSettings[] {
  return model.ofType('AWS::Lambda::Function').flatMap((resource) => {
    const properties = resource.read(functionSchema);
    const { Code, Runtime, Handler, ReservedConcurrentExecutions } = properties;
    if (!Runtime.startsWith('nodejs') || Code.S3Key === undefined) return [];
    const role = principals.get(properties.Role);
    if (!role) throw new Error(`Function ${resource.ref}: no role ${properties.Role}`);
    const logGroup = properties.LoggingConfig?.LogGroup ?? `/aws/lambda/${resource.ref}`;
    return {
      name: resource.ref,
      arn: resource.attribute('Arn'),
      taskRoot: model.assetPath(Code.S3Key),
      handler: Handler,
      timeoutMs: properties.Timeout * 1000,
      memoryMb: properties.MemorySize,
      logGroup,
      environment: {
        ...lambdaVariables(resource, properties.MemorySize, role, endpoints),
        AWS_LAMBDA_LOG_GROUP_NAME: logGroup,
        ...properties.Environment?.Variables,
      },
      ...(ReservedConcurrentExecutions === undefined
        ? {}
        : { reservedConcurrency: ReservedConcurrentExecutions }),
    };
  });
}

/** What Lambda itself sets, with the endpoints that stand for AWS's; of this machine only what Node needs. */
function lambdaVariables(
  resource: Resource,
  memoryMb: number,
  role: Principal,
  endpoints: EndpointUrls,
): Record<string, string> {
  const kept = ['PATH', 'TZ', 'NODE_EXTRA_CA_CERTS'].flatMap((name): [string, string][] => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    ...Object.fromEntries(kept),
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: resource.ref,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_ACCESS_KEY_ID: role.accessKeyId,
    AWS_SECRET_ACCESS_KEY: role.secretAccessKey,
    AWS_ENDPOINT_URL: endpoints.general,
    AWS_ENDPOINT_URL_S3: endpoints.s3,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: endpoints.dynamodb,
  };
}

/** The role of each function, by function name. */
export function functionRoles(
  model: Model,
  principals: ReadonlyMap<string, Principal>,
): Map<string, Principal> {
  return new Map(
    model.ofType('AWS::Lambda::Function').flatMap((resource) => {
      const role = principals.get(resource.read(functionSchema).Role);
      return role ? [[resource.ref, role] as const] : [];
    }),
  );
}

/** What becomes of asynchronous invocations, by function name. */
export function asyncSettings(model: Model): (functionName: string) => AsyncSettings {
  const known = new Map<string, AsyncSettings>();
  for (const resource of model.ofType('AWS::Lambda::Function')) {
    const { DeadLetterConfig } = resource.read(functionSchema);
    known.set(resource.ref, { ...defaults, deadLetterArn: DeadLetterConfig?.TargetArn });
  }
  for (const resource of model.ofType('AWS::Lambda::EventInvokeConfig')) {
    const properties = resource.read(invokeConfigSchema);
    const name = properties.FunctionName.split(':').at(-1) ?? properties.FunctionName;
    known.set(name, {
      ...(known.get(name) ?? defaults),
      maximumRetryAttempts: properties.MaximumRetryAttempts,
      maximumEventAgeMs: properties.MaximumEventAgeInSeconds * 1000,
      onSuccessArn: properties.DestinationConfig?.OnSuccess?.Destination,
      onFailureArn: properties.DestinationConfig?.OnFailure?.Destination,
    });
  }
  return (name) => known.get(name) ?? defaults;
}

const defaults: AsyncSettings = { maximumRetryAttempts: 2, maximumEventAgeMs: 21_600_000 };
