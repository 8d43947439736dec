import { Duration, RemovalPolicy, SecretValue, Stack, type StackProps } from 'aws-cdk-lib';
import {
  AccountRecovery,
  type CfnUserPoolClient,
  ClientAttributes,
  FeaturePlan,
  LambdaVersion,
  Mfa,
  OAuthScope,
  ResourceServerScope,
  StringAttribute,
  UserPool,
  type UserPoolClient,
  UserPoolOperation,
  type UserPoolResourceServer,
} from 'aws-cdk-lib/aws-cognito';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import { CsmsFunction } from '../constructs/csms-function.ts';
import { ofClients, ofTenants, writeItems } from '../constructs/csms-table.ts';
import type { StageConfig } from '../stages.ts';
import type { DataStack } from './data-stack.ts';

export interface IdentityStackProps extends StackProps {
  readonly stage: StageConfig;
  readonly data: DataStack;
}

/** Roles a person may have: groups of the pool. The pre-token trigger turns them into the claim `roles`. */
const roles = {
  SUPER_ADMIN: 'Runs the platform; belongs to no tenant',
  TENANT_ADMIN: 'Everything within a tenant',
  OPERATOR: 'Sees and commands the stations of a tenant',
  VIEWER: 'Sees the stations and sessions of a tenant',
  DRIVER: 'Charges at stations of a tenant',
} as const;

/** Who may come in: people and programs, each of one tenant. */
export class IdentityStack extends Stack {
  readonly userPool: UserPool;
  /** For people in a browser: authorization code with PKCE, no secret. */
  readonly consoleClient: UserPoolClient;
  /** For programs of the platform itself; a tenant's programs get clients of their own. */
  readonly platformClient: UserPoolClient;
  /** Gets the tokens of all API keys, see `functions/identity`. */
  readonly keysClient: UserPoolClient;
  /** The secret of that client. */
  readonly keysClientSecret: Secret;
  /** The sign-in page, and in front of `/oauth2/token`. */
  readonly signInUrl: string;

  constructor(scope: Construct, id: string, props: IdentityStackProps) {
    super(scope, id, { ...props, terminationProtection: props.stage.protectData });
    const { stage } = props;
    this.userPool = this.makeUserPool(stage);
    this.addPreTokenTrigger(props);
    for (const [groupName, description] of Object.entries(roles)) {
      this.userPool.addGroup(groupName, { groupName, description });
    }
    const access = new ResourceServerScope({ scopeName: 'access', scopeDescription: 'Use the APIs' });
    const keys = new ResourceServerScope({ scopeName: 'keys', scopeDescription: 'Get tokens for API keys' });
    const api = this.userPool.addResourceServer('Api', { identifier: 'csms', scopes: [access, keys] });
    this.consoleClient = this.makeConsoleClient(stage);
    this.platformClient = this.makePlatformClient(api, access);
    this.keysClient = this.makeKeysClient(api, keys);
    this.keysClientSecret = this.keepSecretOf(this.keysClient, stage);
    const domain = this.userPool.addDomain('Domain', {
      // Unique in the region among all AWS accounts.
      cognitoDomain: { domainPrefix: `open-csms-${stage.name}-${this.account}` },
    });
    this.signInUrl = domain.baseUrl();
  }

  private makeUserPool(stage: StageConfig): UserPool {
    const pool = new UserPool(this, 'Users', {
      // Claims of access tokens can be written by a trigger from this plan on.
      featurePlan: FeaturePlan.ESSENTIALS,
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      standardAttributes: { email: { required: true, mutable: true } },
      // Mutable for administrators alone: no client may write it, see the write attributes of the clients.
      customAttributes: { tenant_id: new StringAttribute({ minLen: 1, maxLen: 64, mutable: true }) },
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      mfa: Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      deletionProtection: stage.protectData,
      removalPolicy: stage.protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    acknowledge(pool, {
      'AwsSolutions-COG2': 'each tenant decides for its people; a second factor is offered to all',
      'AwsSolutions-COG3': 'threat protection needs the Plus plan: a matter of price for whoever runs this',
      'AwsSolutions-COG8': 'Essentials is the least plan with what is used here; Plus is a matter of price',
    });
    return pool;
  }

  private addPreTokenTrigger({ stage, data }: IdentityStackProps): void {
    const preToken = new CsmsFunction(this, 'PreToken', {
      stage,
      door: 'identity/pre-token',
      description: 'Puts tenant and roles into access tokens',
      memoryMb: 512,
      // Cognito waits five seconds at most.
      timeout: Duration.seconds(5),
      alarms: { notify: data.alarmTopic },
    });
    data.tables.registry.allow(preToken, ['GetItem'], ofClients);
    // It notes sign-ins, and ties users to who signs in.
    data.tables.registry.allow(preToken, ['GetItem', ...writeItems], ofTenants);
    // Version 3 also runs for programs, in the client-credentials grant.
    this.userPool.addTrigger(
      UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG,
      preToken.lambda,
      LambdaVersion.V3_0,
    );
  }

  private makeConsoleClient(stage: StageConfig): UserPoolClient {
    return this.userPool.addClient('Console', {
      generateSecret: false,
      authFlows: { userSrp: true },
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, OAuthScope.EMAIL, OAuthScope.PROFILE],
        callbackUrls: [...stage.callbackUrls],
        logoutUrls: [...stage.callbackUrls],
      },
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.days(1),
      readAttributes: new ClientAttributes()
        .withStandardAttributes({ email: true, givenName: true, familyName: true })
        .withCustomAttributes('tenant_id'),
      writeAttributes: new ClientAttributes().withStandardAttributes({
        email: true,
        givenName: true,
        familyName: true,
      }),
    });
  }

  private makePlatformClient(api: UserPoolResourceServer, access: ResourceServerScope): UserPoolClient {
    return this.userPool.addClient('Platform', {
      generateSecret: true,
      oAuth: {
        flows: { clientCredentials: true },
        scopes: [OAuthScope.resourceServer(api, access)],
      },
      accessTokenValidity: Duration.hours(1),
    });
  }

  /** The only client with the scope `csms/keys`, which lets the pre-token trigger believe the API key it names. */
  private makeKeysClient(api: UserPoolResourceServer, keys: ResourceServerScope): UserPoolClient {
    return this.userPool.addClient('Keys', {
      generateSecret: true,
      oAuth: { flows: { clientCredentials: true }, scopes: [OAuthScope.resourceServer(api, keys)] },
      // As long as a revoked key may live on in its tokens.
      accessTokenValidity: Duration.minutes(15),
    });
  }

  /** Cognito makes the secret; it is kept where a single function may read it. */
  private keepSecretOf(client: UserPoolClient, stage: StageConfig): Secret {
    const { attrClientSecret } = client.node.defaultChild as CfnUserPoolClient;
    const secret = new Secret(this, 'KeysSecret', {
      description: 'Of the user pool’s client that gets the tokens of API keys',
      secretStringValue: SecretValue.resourceAttribute(attrClientSecret),
      removalPolicy: stage.protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    acknowledge(secret, {
      'AwsSolutions-SMG4': 'Cognito makes it with its client: a new one is a new client',
    });
    return secret;
  }
}
