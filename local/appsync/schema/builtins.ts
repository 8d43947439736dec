/** Scalars that AppSync provides; a schema uses them without declaring them. */
export const APPSYNC_SCALARS = [
  'AWSDate',
  'AWSTime',
  'AWSDateTime',
  'AWSTimestamp',
  'AWSEmail',
  'AWSJSON',
  'AWSURL',
  'AWSPhone',
  'AWSIPAddress',
] as const;

export type AppSyncScalar = (typeof APPSYNC_SCALARS)[number];

/** Directives that AppSync provides. */
export const APPSYNC_DIRECTIVES = `
  directive @aws_api_key on FIELD_DEFINITION | OBJECT
  directive @aws_iam on FIELD_DEFINITION | OBJECT
  directive @aws_oidc on FIELD_DEFINITION | OBJECT
  directive @aws_lambda on FIELD_DEFINITION | OBJECT
  directive @aws_cognito_user_pools(cognito_groups: [String!]) on FIELD_DEFINITION | OBJECT
  directive @aws_auth(cognito_groups: [String!]!) on FIELD_DEFINITION | OBJECT
  directive @aws_subscribe(mutations: [String!]!) on FIELD_DEFINITION
  directive @aws_publish(subscriptions: [String!]) on FIELD_DEFINITION
  directive @canonical on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR
  directive @hidden on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR
  directive @renamed(to: String!) on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR
`;
