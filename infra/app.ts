import { App, CrossStackReferences, ReferenceStrength, Stage, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { projectFile } from './bundling.ts';
import { ApiStack } from './stacks/api-stack.ts';
import { DataStack } from './stacks/data-stack.ts';
import { EdgeStack } from './stacks/edge-stack.ts';
import { GraphqlStack } from './stacks/graphql-stack.ts';
import { IdentityStack } from './stacks/identity-stack.ts';
import { WorkStack } from './stacks/work-stack.ts';
import { type StageConfig, stageConfig } from './stages.ts';

/** The whole of one stage. */
export class CsmsStage extends Stage {
  readonly data: DataStack;
  readonly identity: IdentityStack;
  readonly api: ApiStack;
  readonly graphql: GraphqlStack;
  readonly work: WorkStack;
  readonly edge: EdgeStack;

  constructor(app: App, stage: StageConfig) {
    super(app, `csms-${stage.name}`, stage.region === undefined ? {} : { env: { region: stage.region } });
    // A stack that others lean on cannot be pulled away under them.
    CrossStackReferences.of(this).consume(ReferenceStrength.STRONG);
    this.data = new DataStack(this, 'data', { stage });
    this.identity = new IdentityStack(this, 'identity', { stage, data: this.data });
    const { data, identity } = this;
    this.api = new ApiStack(this, 'api', { stage, data, identity });
    const { api } = this;
    this.graphql = new GraphqlStack(this, 'graphql', { stage, data, identity, api });
    this.work = new WorkStack(this, 'work', { stage, data, api });
    this.edge = new EdgeStack(this, 'edge', { stage, data, api, graphql: this.graphql });
  }
}

/** The CDK app with the stage that the context names, `dev` when it names none. Needs no account and no network. */
export function makeApp(options: { stage?: string; outdir?: string } = {}): { app: App; stage: CsmsStage } {
  // Also without the CDK's command line, which would bring the feature flags along.
  const { context } = JSON.parse(projectFile('cdk.json')) as { context: Record<string, unknown> };
  const app = new App({
    context,
    analyticsReporting: false,
    ...(options.outdir === undefined ? {} : { outdir: options.outdir }),
  });
  const stage = new CsmsStage(
    app,
    stageConfig(options.stage ?? String(app.node.tryGetContext('stage') ?? 'dev')),
  );
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  return { app, stage };
}
