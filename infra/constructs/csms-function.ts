import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import { bundleDoors } from '../bundling.ts';
import type { StageConfig } from '../stages.ts';
import { type Alarms, watch } from './alarms.ts';

export interface CsmsFunctionProps {
  readonly stage: StageConfig;
  /** The door's path under `functions/` without `.handler.ts`. */
  readonly door: string;
  readonly description: string;
  readonly memoryMb: number;
  readonly timeout: Duration;
  /** Settings beside the ones every function has; only what this door reads. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly alarms: Alarms;
  /** Errors in five minutes that are no reason to ring; none when absent. For doors that refuse by throwing. */
  readonly toleratedErrors?: number;
  readonly reservedConcurrency?: number | undefined;
}

/**
 * A Lambda, made the one way we make them: a bundled door on Node 24 and arm64, its own role that may do nothing but
 * write its own log and trace until something is granted, a log group that forgets, alarms.
 */
export class CsmsFunction extends Construct {
  readonly lambda: LambdaFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: CsmsFunctionProps) {
    super(scope, id);
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.logGroup = new LogGroup(this, 'Log', {
      retention: props.stage.logRetentionDays satisfies RetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.logGroup.grantWrite(this.role);
    this.lambda = new LambdaFunction(this, 'Function', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(bundleDirectory(this, props.door)),
      handler: 'index.handler',
      role: this.role,
      memorySize: props.memoryMb,
      timeout: props.timeout,
      tracing: Tracing.ACTIVE,
      logGroup: this.logGroup,
      environment: {
        STAGE: props.stage.name,
        POWERTOOLS_SERVICE_NAME: props.door,
        POWERTOOLS_LOG_LEVEL: props.stage.logLevel,
        ...props.environment,
      },
      ...(props.reservedConcurrency === undefined
        ? {}
        : { reservedConcurrentExecutions: props.reservedConcurrency }),
    });
    this.acknowledgeFindings();
    watch(this, props.alarms, this.watches(props));
  }

  /** Lets the function do these things to these resources. */
  allow(
    actions: readonly string[],
    resources: readonly string[],
    conditions?: Record<string, unknown>,
  ): void {
    const statement = { effect: Effect.ALLOW, actions: [...actions], resources: [...resources] };
    this.role.addToPolicy(
      new PolicyStatement(conditions === undefined ? statement : { ...statement, conditions }),
    );
  }

  private acknowledgeFindings(): void {
    acknowledge(this, {
      'AwsSolutions-IAM5[Resource::*]': 'xray:PutTraceSegments and PutTelemetryRecords know no resources',
      'Serverless-LambdaDLQ':
        'who lets it be invoked asynchronously gives it a destination for failures; queues and streams have their own',
    });
  }

  private watches(props: CsmsFunctionProps) {
    const period = Duration.minutes(5);
    const name = props.door;
    return {
      Errors: {
        metric: this.lambda.metricErrors({ period }),
        above: props.toleratedErrors ?? 0,
        meaning: `${name} ended with an error nobody expected. Its log holds "unexpected error" with the cause.`,
      },
      Throttles: {
        metric: this.lambda.metricThrottles({ period }),
        above: 0,
        meaning: `${name} was refused concurrency. See the account's limit and the reserved shares.`,
      },
      NearTimeout: {
        metric: this.lambda.metricDuration({ period, statistic: 'Maximum' }),
        above: props.timeout.toMilliseconds() * 0.8,
        periods: 2,
        meaning: `${name} takes more than 80 % of its time limit. Look at its trace for what is slow.`,
      },
    };
  }
}

function bundleDirectory(scope: Construct, door: string): string {
  const { root } = scope.node;
  const outdir = App.isApp(root) ? root.outdir : Stack.of(scope).node.path;
  const bundle = bundleDoors(`${outdir}/bundles`).get(door);
  if (!bundle) throw new Error(`There is no door functions/${door}.handler.ts`);
  return bundle.directory;
}
