import { type ConstDirectiveNode, type FieldDefinitionNode, type GraphQLObjectType, Kind } from 'graphql';
import type { AppSyncHostConfig } from '../config.ts';
import type { Caller, ModeName } from './caller.ts';

/** One admitted mode; with `groups`, only for callers in one of them. */
interface AdmissionRule {
  readonly mode: ModeName | 'API_KEY' | 'AWS_LAMBDA';
  readonly groups?: readonly string[];
}

const MODE_OF_DIRECTIVE: Readonly<Record<string, AdmissionRule['mode']>> = {
  aws_api_key: 'API_KEY',
  aws_auth: 'AMAZON_COGNITO_USER_POOLS',
  aws_cognito_user_pools: 'AMAZON_COGNITO_USER_POOLS',
  aws_iam: 'AWS_IAM',
  aws_lambda: 'AWS_LAMBDA',
  aws_oidc: 'OPENID_CONNECT',
};

function groupsOf(directive: ConstDirectiveNode): readonly string[] | undefined {
  const value = directive.arguments?.find((argument) => argument.name.value === 'cognito_groups')?.value;
  if (value?.kind === Kind.STRING) return [value.value];
  if (value?.kind !== Kind.LIST) return undefined;
  return value.values.flatMap((item) => (item.kind === Kind.STRING ? [item.value] : []));
}

function rulesFrom(
  nodes: readonly ({ readonly directives?: readonly ConstDirectiveNode[] | undefined } | null | undefined)[],
): AdmissionRule[] {
  return nodes
    .flatMap((node) => node?.directives ?? [])
    .flatMap((directive) => {
      const mode = MODE_OF_DIRECTIVE[directive.name.value];
      const groups = groupsOf(directive);
      return mode === undefined ? [] : [groups === undefined ? { mode } : { mode, groups }];
    });
}

/** As much of a field as its admission needs. */
export interface SchemaField {
  readonly name: string;
  readonly astNode: FieldDefinitionNode | null | undefined;
}

/** Whether a caller may have a field. */
export type Admits = (type: GraphQLObjectType, field: SchemaField, caller: Caller) => boolean;

/**
 * Field access as AppSync decides it: the field's directives, else its type's, else the default mode alone.
 * An AWS caller also needs the IAM permission on top-level fields.
 * https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html#using-additional-authorization-modes
 */
export function createAdmission(
  config: AppSyncHostConfig,
  isRoot: (type: GraphQLObjectType) => boolean,
): Admits {
  const defaultMode = config.auth[0]?.type;
  const known = new Map<SchemaField, readonly AdmissionRule[]>();
  const rulesOf = (type: GraphQLObjectType, field: SchemaField) => {
    const cached = known.get(field);
    if (cached !== undefined) return cached;
    const own = rulesFrom([field.astNode]);
    const inherited = own.length > 0 ? own : rulesFrom([type.astNode, ...type.extensionASTNodes]);
    const rules = inherited.length > 0 || defaultMode === undefined ? inherited : [{ mode: defaultMode }];
    known.set(field, rules);
    return rules;
  };
  const base = `arn:aws:appsync:${config.region}:${config.accountId}:apis/${config.apiId}`;

  return (type, field, caller) => {
    const admitted = rulesOf(type, field).some(
      ({ mode, groups }) =>
        mode === caller.mode &&
        (groups === undefined || groups.some((group) => caller.groups.includes(group))),
    );
    if (!admitted || caller.accessKeyId === undefined || !isRoot(type)) return admitted;
    const resource = `${base}/types/${type.name}/fields/${field.name}`;
    const { accessKeyId } = caller;
    return config.authorizeIam?.({ accessKeyId, action: 'appsync:GraphQL', resource }) ?? false;
  };
}
