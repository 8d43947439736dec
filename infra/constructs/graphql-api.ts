import { globSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  GraphqlApi as AppSyncApi,
  AuthorizationType,
  CfnDataSource,
  type CfnGraphQLApi,
  CfnResolver,
  Definition,
  IntrospectionConfig,
  UserPoolDefaultAction,
} from 'aws-cdk-lib/aws-appsync';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { notBuilt } from '../../graphql/not-built.ts';
import { acknowledge, acknowledgeWildcard } from '../acknowledge.ts';
import { bundleResolver, projectFile, projectPath } from '../bundling.ts';
import type { DataStack } from '../stacks/data-stack.ts';
import type { IdentityStack } from '../stacks/identity-stack.ts';
import type { StageConfig } from '../stages.ts';
import { watch } from './alarms.ts';
import type { CsmsFunction } from './csms-function.ts';
import { type FieldName, fieldsOf, splitField } from './graphql-schema.ts';

export interface GraphqlApiProps {
  readonly stage: StageConfig;
  readonly data: DataStack;
  readonly identity: IdentityStack;
  /** Answers the fields of the data source `tenant`. */
  readonly tenantFields: CsmsFunction;
}

/** Objects of one request that a nested field hands to its function in one call. */
const batchSize = 100;

/**
 * The GraphQL API: each file `graphql/resolvers/<data source>/<Type>.<field>.ts` becomes the resolver of that field,
 * and the fields of `graphql/not-built.ts` say so. Refuses to synthesize when the schema has no such field.
 */
export class GraphqlApi extends Construct {
  readonly api: AppSyncApi;
  private readonly props: GraphqlApiProps;

  constructor(scope: Construct, id: string, props: GraphqlApiProps) {
    super(scope, id);
    this.props = props;
    this.api = this.makeApi();
    this.addLog();
    const dataSources = { tenant: this.makeTenantSource(), none: this.makeNoneSource() };
    for (const resolver of resolverFiles()) {
      const dataSource = dataSources[resolver.dataSource as keyof typeof dataSources];
      if (!dataSource) throw new Error(`${resolver.path}: there is no data source ${resolver.dataSource}`);
      this.addResolver(resolver.field, bundleResolver(resolver.path), dataSource);
    }
    const apology = bundleResolver('graphql/shared/not-built.ts');
    for (const field of notBuilt) this.addResolver(field, apology, dataSources.none);
    this.watchApi();
  }

  private makeApi(): AppSyncApi {
    const { stage, identity } = this.props;
    return new AppSyncApi(this, 'Api', {
      name: `open-csms-${stage.name}`,
      definition: Definition.fromFile(projectPath('graphql/schema.graphql')),
      authorizationConfig: {
        defaultAuthorization: {
          authorizationType: AuthorizationType.USER_POOL,
          userPoolConfig: { userPool: identity.userPool, defaultAction: UserPoolDefaultAction.ALLOW },
        },
        // EventBridge publishes what happened; only those mutations carry @aws_iam.
        additionalAuthorizationModes: [{ authorizationType: AuthorizationType.IAM }],
      },
      introspectionConfig: stage.introspection ? IntrospectionConfig.ENABLED : IntrospectionConfig.DISABLED,
      queryDepthLimit: 12,
      resolverCountLimit: 1000,
      xrayEnabled: true,
    });
  }

  /** AppSync writes to a group of this very name, so the group is made here, with its end. */
  private addLog(): void {
    const { partition, region, account } = Stack.of(this);
    const logGroupName = `/aws/appsync/apis/${this.api.apiId}`;
    new LogGroup(this, 'Log', {
      logGroupName,
      retention: this.props.stage.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const groups = `arn:${partition}:logs:${region}:${account}:log-group:/aws/appsync/apis/*`;
    const role = new Role(this, 'LogRole', {
      assumedBy: new ServicePrincipal('appsync.amazonaws.com'),
      inlinePolicies: {
        Write: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [groups],
            }),
          ],
        }),
      },
    });
    acknowledgeWildcard(role, groups, 'the name holds the id of the API, which is made after its role');
    acknowledge(this.api, {
      'AwsSolutions-ASC3': 'request-level logs would hold tokens and what people typed',
    });
    (this.api.node.defaultChild as CfnGraphQLApi).logConfig = {
      cloudWatchLogsRoleArn: role.roleArn,
      fieldLogLevel: 'ERROR',
      excludeVerboseContent: true,
    };
  }

  private makeTenantSource(): CfnDataSource {
    const { lambda } = this.props.tenantFields;
    const role = new Role(this, 'TenantSourceRole', {
      assumedBy: new ServicePrincipal('appsync.amazonaws.com'),
      inlinePolicies: {
        Invoke: new PolicyDocument({
          statements: [
            new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [lambda.functionArn] }),
          ],
        }),
      },
    });
    return new CfnDataSource(this, 'TenantSource', {
      apiId: this.api.apiId,
      name: 'tenant',
      description: 'Runs the field for the caller’s tenant',
      type: 'AWS_LAMBDA',
      serviceRoleArn: role.roleArn,
      lambdaConfig: { lambdaFunctionArn: lambda.functionArn },
    });
  }

  private makeNoneSource(): CfnDataSource {
    return new CfnDataSource(this, 'NoneSource', {
      apiId: this.api.apiId,
      name: 'none',
      description: 'Answers without asking anybody',
      type: 'NONE',
    });
  }

  private addResolver(field: FieldName, code: string, dataSource: CfnDataSource): void {
    const { typeName, fieldName } = splitField(field);
    const isBatched = !rootTypes.has(typeName) && dataSource.type === 'AWS_LAMBDA';
    const resolver = new CfnResolver(this, `${typeName}_${fieldName}`, {
      apiId: this.api.apiId,
      typeName,
      fieldName,
      kind: 'UNIT',
      dataSourceName: dataSource.name,
      runtime: { name: 'APPSYNC_JS', runtimeVersion: '1.0.0' },
      code,
      ...(isBatched ? { maxBatchSize: batchSize } : {}),
    });
    resolver.addResourceDependency(dataSource);
    this.api.addSchemaDependency(resolver);
  }

  private watchApi(): void {
    watch(
      this,
      { notify: this.props.data.alarmTopic },
      {
        ServerErrors: {
          metric: new Metric({
            namespace: 'AWS/AppSync',
            metricName: '5XXError',
            dimensionsMap: { GraphQLAPIId: this.api.apiId },
            statistic: 'Sum',
            period: Duration.minutes(5),
          }),
          above: 0,
          meaning: 'GraphQL requests ended in AppSync itself. Its log group holds the failed requests.',
        },
      },
    );
  }
}

const rootTypes: ReadonlySet<string> = new Set(['Query', 'Mutation', 'Subscription']);

interface ResolverFile {
  readonly path: string;
  readonly dataSource: string;
  readonly field: FieldName;
}

/** The resolvers there are, each checked against the schema. */
export function resolverFiles(): readonly ResolverFile[] {
  const known = fieldsOf(projectFile('graphql/schema.graphql'));
  return globSync('graphql/resolvers/*/*.ts', { cwd: projectPath('.') })
    .sort()
    .map((path) => {
      const field = basename(path, '.ts');
      if (!known.has(field)) throw new Error(`${path}: the schema has no ${field}`);
      return { path, dataSource: basename(dirname(path)), field };
    });
}
