import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Model } from '../template/model.ts';
import { accountId, partition } from '../template/pseudo.ts';
import { assertPolicyIsKnown, type PolicyStatement } from './evaluate.ts';

/** Somebody who may call: a role of the app, or the host itself. */
export interface Principal {
  /** As it stands in AWS's refusals. */
  arn: string;
  accessKeyId: string;
  secretAccessKey: string;
  statements: readonly PolicyStatement[];
}

const texts = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

const documentSchema = z.object({
  Statement: z.union([z.array(z.unknown()), z.unknown().transform((one) => [one])]).pipe(
    z.array(
      z.object({
        Effect: z.enum(['Allow', 'Deny']),
        Action: texts.optional(),
        NotAction: texts.optional(),
        Resource: texts.optional(),
        NotResource: texts.optional(),
        Condition: z
          .record(
            z.string(),
            z.record(
              z.string(),
              z.union([
                z.string(),
                z.array(z.string()),
                z.boolean().transform(String),
                z.number().transform(String),
              ]),
            ),
          )
          .optional(),
      }),
    ),
  ),
});

const roleSchema = z.object({
  ManagedPolicyArns: z.array(z.string()).default([]),
  Policies: z.array(z.object({ PolicyDocument: documentSchema })).default([]),
});
const policySchema = z.object({
  PolicyDocument: documentSchema,
  Roles: z.array(z.string()).default([]),
});

/** Policies of AWS itself that grant nothing the local cloud judges: logs, traces and metrics. */
const awsManagedWithoutMeaningHere = [
  'service-role/AWSLambdaBasicExecutionRole',
  'service-role/AWSAppSyncPushToCloudWatchLogs',
  'service-role/AmazonAPIGatewayPushToCloudWatchLogs',
  'AWSXRayDaemonWriteAccess',
  'CloudWatchLambdaInsightsExecutionRolePolicy',
];

/**
 * The app's roles by ARN, each with an access key of its own and all statements attached to it. Throws on an AWS
 * managed policy or a condition whose meaning is not known here.
 */
export function rolePrincipals(model: Model): Map<string, Principal> {
  const attached = attachedStatements(model);
  const principals = new Map<string, Principal>();
  for (const role of model.ofType('AWS::IAM::Role')) {
    const { ManagedPolicyArns, Policies } = role.read(roleSchema);
    const statements = [
      ...Policies.flatMap(({ PolicyDocument }) => statementsOf(PolicyDocument)),
      ...(attached.byRole.get(role.ref) ?? []),
      ...ManagedPolicyArns.flatMap((arn) => attached.byPolicyArn.get(arn) ?? awsManaged(arn)),
    ];
    assertPolicyIsKnown(statements);
    principals.set(role.attribute('Arn'), principal(`${role.ref}/${role.logicalId}`, role.ref, statements));
  }
  return principals;
}

/** A principal that may do everything: for seeds, tests and the local cloud's own calls. */
export function hostPrincipal(): Principal {
  return principal('host', 'local-cloud', [{ effect: 'Allow', actions: ['*'], resources: ['*'] }]);
}

function attachedStatements(model: Model) {
  const byRole = new Map<string, PolicyStatement[]>();
  const byPolicyArn = new Map<string, PolicyStatement[]>();
  for (const policy of model.ofType('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy')) {
    const { PolicyDocument, Roles } = policy.read(policySchema);
    const statements = statementsOf(PolicyDocument);
    if (policy.type === 'AWS::IAM::ManagedPolicy') byPolicyArn.set(policy.ref, statements);
    for (const role of Roles) byRole.set(role, [...(byRole.get(role) ?? []), ...statements]);
  }
  return { byRole, byPolicyArn };
}

function awsManaged(arn: string): PolicyStatement[] {
  if (awsManagedWithoutMeaningHere.some((name) => arn === `arn:${partition}:iam::aws:policy/${name}`))
    return [];
  throw new Error(`Managed policy not known here: ${arn}`);
}

function statementsOf(document: z.infer<typeof documentSchema>): PolicyStatement[] {
  return document.Statement.map((statement) => ({
    effect: statement.Effect,
    actions: statement.Action ?? [],
    resources: statement.Resource ?? [],
    ...(statement.NotAction ? { notActions: statement.NotAction } : {}),
    ...(statement.NotResource ? { notResources: statement.NotResource } : {}),
    ...(statement.Condition ? { conditions: statement.Condition } : {}),
  }));
}

function principal(seed: string, roleName: string, statements: readonly PolicyStatement[]): Principal {
  const digest = createHash('sha256').update(seed).digest('hex');
  return {
    arn: `arn:${partition}:sts::${accountId}:assumed-role/${roleName}/local`,
    accessKeyId: `LKIA${digest.slice(0, 16).toUpperCase()}`,
    secretAccessKey: digest.slice(16, 56),
    statements,
  };
}
