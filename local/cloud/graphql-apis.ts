import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { Invoke } from '../apigateway/invoke.ts';
import type {
  AppSyncHostConfig,
  AuthMode,
  DataSourceConfig,
  FunctionConfig,
  ResolverConfig,
} from '../appsync/config.ts';
import { type AppSyncHost, createAppSyncHost } from '../appsync/host.ts';
import { isAllowed } from '../iam/evaluate.ts';
import type { Principal } from '../iam/principals.ts';
import type { Model, Resource } from '../template/model.ts';
import { accountId, region } from '../template/pseudo.ts';

const authTypes = z.enum(['AMAZON_COGNITO_USER_POOLS', 'OPENID_CONNECT', 'AWS_IAM']);
const authSchema = z.object({
  AuthenticationType: authTypes,
  UserPoolConfig: z.object({ UserPoolId: z.string(), AppIdClientRegex: z.string().optional() }).optional(),
  OpenIDConnectConfig: z.object({ Issuer: z.string(), ClientId: z.string().optional() }).optional(),
});
const apiSchema = authSchema.extend({
  AdditionalAuthenticationProviders: z.array(authSchema).default([]),
  EnvironmentVariables: z.record(z.string(), z.string()).default({}),
  IntrospectionConfig: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  QueryDepthLimit: z.coerce.number().default(0),
  ResolverCountLimit: z.coerce.number().default(0),
});
const schemaSchema = z.object({
  ApiId: z.string(),
  Definition: z.string().optional(),
  DefinitionS3Location: z.string().optional(),
});
const dataSourceSchema = z.object({
  ApiId: z.string(),
  Name: z.string(),
  Type: z.enum(['NONE', 'AWS_LAMBDA']),
  ServiceRoleArn: z.string().optional(),
  LambdaConfig: z.object({ LambdaFunctionArn: z.string() }).optional(),
});
const codeFields = { Code: z.string().optional(), CodeS3Location: z.string().optional() };
const functionSchema = z.object({
  ApiId: z.string(),
  Name: z.string(),
  DataSourceName: z.string(),
  MaxBatchSize: z.coerce.number().optional(),
  ...codeFields,
});
const resolverSchema = z.object({
  ApiId: z.string(),
  TypeName: z.string(),
  FieldName: z.string(),
  DataSourceName: z.string().optional(),
  PipelineConfig: z.object({ Functions: z.array(z.string()) }).optional(),
  MaxBatchSize: z.coerce.number().optional(),
  ...codeFields,
});

/** A GraphQL API with the names its hosts have in AWS. */
export interface GraphqlApi {
  apiId: string;
  endpointArn: string;
  httpHost: string;
  realtimeHost: string;
  host: AppSyncHost;
}

export interface GraphqlApisOptions {
  model: Model;
  principals: ReadonlyMap<string, Principal>;
  byKey: ReadonlyMap<string, Principal>;
  invoke: Invoke;
  /** The issuer that stands for a user pool. */
  issuerOf: (userPoolId: string) => string;
  logger: (line: string) => void;
}

/** Makes the app's GraphQL APIs. Throws when a data source's role may not invoke its function. */
export function makeGraphqlApis(options: GraphqlApisOptions): GraphqlApi[] {
  return options.model.ofType('AWS::AppSync::GraphQLApi').map((resource) => {
    const apiId = resource.attribute('ApiId');
    return {
      apiId,
      endpointArn: resource.attribute('GraphQLEndpointArn'),
      httpHost: resource.attribute('GraphQLDns'),
      realtimeHost: resource.attribute('RealtimeDns'),
      host: createAppSyncHost(hostConfig(resource, apiId, options)),
    };
  });
}

function hostConfig(resource: Resource, apiId: string, options: GraphqlApisOptions): AppSyncHostConfig {
  const { model, byKey } = options;
  const properties = resource.read(apiSchema);
  return {
    apiId,
    region,
    accountId,
    schema: schemaOf(model, apiId),
    resolvers: resolversOf(model, apiId),
    dataSources: dataSourcesOf(apiId, options),
    environmentVariables: properties.EnvironmentVariables,
    auth: [properties, ...properties.AdditionalAuthenticationProviders].map((mode) =>
      authMode(mode, options),
    ),
    invoke: options.invoke,
    authorizeIam: ({ accessKeyId, action, resource: arn }) =>
      isAllowed(byKey.get(accessKeyId)?.statements ?? [], { action, resource: arn }),
    introspection: properties.IntrospectionConfig,
    queryDepthLimit: properties.QueryDepthLimit,
    resolverCountLimit: properties.ResolverCountLimit,
    log: options.logger,
  };
}

function authMode(mode: z.infer<typeof authSchema>, options: GraphqlApisOptions): AuthMode {
  const { AuthenticationType, UserPoolConfig, OpenIDConnectConfig } = mode;
  if (AuthenticationType === 'AWS_IAM') return { type: AuthenticationType };
  if (AuthenticationType === 'OPENID_CONNECT') {
    const { Issuer = '', ClientId } = OpenIDConnectConfig ?? {};
    return {
      type: AuthenticationType,
      issuer: Issuer,
      ...(ClientId === undefined ? {} : { clientId: ClientId }),
    };
  }
  const { UserPoolId = '', AppIdClientRegex } = UserPoolConfig ?? {};
  return {
    type: AuthenticationType,
    issuer: options.issuerOf(UserPoolId),
    ...(AppIdClientRegex === undefined ? {} : { appIdClientRegex: AppIdClientRegex }),
  };
}

function schemaOf(model: Model, apiId: string): string {
  for (const resource of model.ofType('AWS::AppSync::GraphQLSchema')) {
    const { ApiId, Definition, DefinitionS3Location } = resource.read(schemaSchema);
    if (ApiId === apiId) return textOf(model, Definition, DefinitionS3Location);
  }
  throw new Error(`GraphQL API ${apiId} has no schema`);
}

function dataSourcesOf(apiId: string, { model, principals }: GraphqlApisOptions): DataSourceConfig[] {
  return model
    .ofType('AWS::AppSync::DataSource')
    .map((resource) => resource.read(dataSourceSchema))
    .filter(({ ApiId }) => ApiId === apiId)
    .map(({ Name, Type, LambdaConfig, ServiceRoleArn }) => {
      if (Type === 'NONE') return { name: Name, type: Type };
      const functionArn = LambdaConfig?.LambdaFunctionArn ?? '';
      const statements = principals.get(ServiceRoleArn ?? '')?.statements ?? [];
      if (!isAllowed(statements, { action: 'lambda:InvokeFunction', resource: functionArn })) {
        throw new Error(`Data source ${Name}: its role may not invoke ${functionArn}`);
      }
      return { name: Name, type: Type, functionArn };
    });
}

function resolversOf(model: Model, apiId: string): ResolverConfig[] {
  const functions = new Map(
    model
      .ofType('AWS::AppSync::FunctionConfiguration')
      .map((resource): [string, FunctionConfig] => [
        resource.attribute('FunctionId'),
        pipelineFunction(model, resource.read(functionSchema)),
      ]),
  );
  return model
    .ofType('AWS::AppSync::Resolver')
    .map((resource) => resource.read(resolverSchema))
    .filter(({ ApiId }) => ApiId === apiId)
    .map(({ TypeName, FieldName, DataSourceName, PipelineConfig, MaxBatchSize, Code, CodeS3Location }) => ({
      typeName: TypeName,
      fieldName: FieldName,
      code: textOf(model, Code, CodeS3Location),
      ...(DataSourceName === undefined ? {} : { dataSourceName: DataSourceName }),
      ...(MaxBatchSize === undefined ? {} : { maxBatchSize: MaxBatchSize }),
      ...(PipelineConfig
        ? { functions: PipelineConfig.Functions.map((id) => pipelineStep(functions, id)) }
        : {}),
    }));
}

function pipelineFunction(model: Model, properties: z.infer<typeof functionSchema>): FunctionConfig {
  const { Name, DataSourceName, MaxBatchSize, Code, CodeS3Location } = properties;
  return {
    name: Name,
    dataSourceName: DataSourceName,
    code: textOf(model, Code, CodeS3Location),
    ...(MaxBatchSize === undefined ? {} : { maxBatchSize: MaxBatchSize }),
  };
}

function pipelineStep(functions: ReadonlyMap<string, FunctionConfig>, id: string): FunctionConfig {
  const found = functions.get(id);
  if (!found) throw new Error(`No AppSync function ${id}`);
  return found;
}

/** Text that stands in the template, or in an asset named `s3://bucket/key`. */
function textOf(model: Model, inline: string | undefined, location: string | undefined): string {
  if (inline !== undefined) return inline;
  const key = location?.split('/').slice(3).join('/');
  if (!key) throw new Error('AppSync: neither code nor its location is given');
  return readFileSync(model.assetPath(key), 'utf8');
}
