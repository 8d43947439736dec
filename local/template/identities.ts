import { createHash } from 'node:crypto';
import { accountId, arnOf, partition, region, urlSuffix } from './pseudo.ts';

/** What `Ref` and `Fn::GetAtt` give for one resource. */
export interface Identity {
  ref: string;
  attributes: Readonly<Record<string, string>>;
}

/** A resource as far as its identity needs it. */
export interface Identifiable {
  type: string;
  stackName: string;
  logicalId: string;
  /** A top-level property, resolved; undefined when the template leaves it out. */
  property(name: string): unknown;
}

type Identify = (resource: Identifiable) => Identity;

/** Where the local cloud answers; queue URLs point there because the SDK derives its endpoint from them. */
export interface IdentityOptions {
  endpointUrl: string;
}

/**
 * Physical names, ids and ARNs as CloudFormation would hand them out, except that they follow from stack and logical
 * id alone: a restart finds its data again. Types not listed here get a generated name and placeholder attributes.
 */
export function createIdentities({ endpointUrl }: IdentityOptions): (resource: Identifiable) => Identity {
  const identifies: Record<string, Identify> = {
    ...dataIdentities(endpointUrl),
    ...computeIdentities,
    ...apiIdentities,
    ...edgeIdentities,
  };
  return (resource) => (identifies[resource.type] ?? placeholder)(resource);
}

function dataIdentities(endpointUrl: string): Record<string, Identify> {
  const table: Identify = (resource) => {
    const name = nameOf(resource, 'TableName');
    const arn = arnOf('dynamodb', `table/${name}`);
    return { ref: name, attributes: { Arn: arn, StreamArn: `${arn}/stream/local`, TableId: name } };
  };
  return {
    'AWS::DynamoDB::Table': table,
    'AWS::DynamoDB::GlobalTable': table,
    'AWS::SQS::Queue': (resource) => {
      const suffix = String(resource.property('FifoQueue')) === 'true' ? '.fifo' : '';
      const name = textProperty(resource, 'QueueName') ?? `${generatedName(resource)}${suffix}`;
      const url = `${endpointUrl}/${accountId}/${name}`;
      return { ref: url, attributes: { Arn: arnOf('sqs', name), QueueName: name, QueueUrl: url } };
    },
    'AWS::S3::Bucket': (resource) => {
      const name = nameOf(resource, 'BucketName').toLowerCase();
      const attributes = {
        Arn: `arn:${partition}:s3:::${name}`,
        DomainName: `${name}.s3.${urlSuffix}`,
        RegionalDomainName: `${name}.s3.${region}.${urlSuffix}`,
        WebsiteURL: `http://${name}.s3-website-${region}.${urlSuffix}`,
      };
      return { ref: name, attributes };
    },
    'AWS::SecretsManager::Secret': (resource) => {
      const arn = arnOf('secretsmanager', `secret:${nameOf(resource, 'Name')}-${shortId(resource, 6)}`);
      return { ref: arn, attributes: { Id: arn } };
    },
    'AWS::SSM::Parameter': (resource) => ({
      ref: nameOf(resource, 'Name'),
      attributes: { Type: String(resource.property('Type')), Value: String(resource.property('Value')) },
    }),
    'AWS::KMS::Key': (resource) => {
      const id = shortId(resource, 32);
      return { ref: id, attributes: { Arn: arnOf('kms', `key/${id}`), KeyId: id } };
    },
  };
}

const computeIdentities: Record<string, Identify> = {
  'AWS::Lambda::Function': (resource) => {
    const name = nameOf(resource, 'FunctionName');
    return { ref: name, attributes: { Arn: arnOf('lambda', `function:${name}`) } };
  },
  'AWS::Lambda::Version': (resource) => {
    const arn = `${functionArn(resource.property('FunctionName'))}:1`;
    return { ref: arn, attributes: { FunctionArn: arn, Version: '1' } };
  },
  'AWS::Lambda::Alias': (resource) => {
    const arn = `${functionArn(resource.property('FunctionName'))}:${resource.property('Name')}`;
    return { ref: arn, attributes: { AliasArn: arn } };
  },
  'AWS::Lambda::EventSourceMapping': (resource) => {
    const id = shortId(resource, 32);
    return {
      ref: id,
      attributes: { Id: id, EventSourceMappingArn: arnOf('lambda', `event-source-mapping:${id}`) },
    };
  },
  'AWS::IAM::Role': (resource) => {
    const name = nameOf(resource, 'RoleName');
    return {
      ref: name,
      attributes: { Arn: arnOf('iam', `role/${name}`, ''), RoleId: `AROA${shortId(resource, 12)}` },
    };
  },
  'AWS::IAM::ManagedPolicy': (resource) => {
    const arn = arnOf('iam', `policy/${nameOf(resource, 'ManagedPolicyName')}`, '');
    return { ref: arn, attributes: { PolicyArn: arn } };
  },
  'AWS::Events::EventBus': (resource) => {
    const name = nameOf(resource, 'Name');
    return { ref: name, attributes: { Name: name, Arn: arnOf('events', `event-bus/${name}`) } };
  },
  'AWS::Events::Rule': (resource) => {
    const name = nameOf(resource, 'Name');
    const bus = textProperty(resource, 'EventBusName')?.split('/').at(-1);
    const path = bus === undefined || bus === 'default' ? name : `${bus}/${name}`;
    return { ref: path.replace('/', '|'), attributes: { Arn: arnOf('events', `rule/${path}`) } };
  },
  'AWS::Scheduler::ScheduleGroup': (resource) => {
    const name = nameOf(resource, 'Name');
    return { ref: name, attributes: { Arn: arnOf('scheduler', `schedule-group/${name}`) } };
  },
  'AWS::Scheduler::Schedule': (resource) => {
    const name = nameOf(resource, 'Name');
    const group = textProperty(resource, 'GroupName') ?? 'default';
    return { ref: name, attributes: { Arn: arnOf('scheduler', `schedule/${group}/${name}`) } };
  },
  'AWS::SNS::Topic': (resource) => {
    const name = nameOf(resource, 'TopicName');
    return { ref: arnOf('sns', name), attributes: { TopicArn: arnOf('sns', name), TopicName: name } };
  },
  'AWS::Logs::LogGroup': (resource) => {
    const name = nameOf(resource, 'LogGroupName');
    return { ref: name, attributes: { Arn: arnOf('logs', `log-group:${name}:*`) } };
  },
};

const apiIdentities: Record<string, Identify> = {
  'AWS::ApiGatewayV2::Api': (resource) => {
    const id = shortId(resource, 10);
    const scheme = resource.property('ProtocolType') === 'WEBSOCKET' ? 'wss' : 'https';
    const ApiEndpoint = `${scheme}://${id}.execute-api.${region}.${urlSuffix}`;
    return { ref: id, attributes: { ApiId: id, ApiEndpoint } };
  },
  'AWS::ApiGatewayV2::Stage': (resource) => ({ ref: String(resource.property('StageName')), attributes: {} }),
  'AWS::ApiGatewayV2::DomainName': (resource) => {
    const RegionalDomainName = `d-${shortId(resource, 10)}.execute-api.${region}.${urlSuffix}`;
    return { ref: String(resource.property('DomainName')), attributes: { RegionalDomainName } };
  },
  'AWS::AppSync::GraphQLApi': (resource) => {
    const id = shortId(resource, 26);
    const arn = arnOf('appsync', `apis/${id}`);
    const dns = `${id}.appsync-api.${region}.${urlSuffix}`;
    const realtimeDns = `${id}.appsync-realtime-api.${region}.${urlSuffix}`;
    const attributes = {
      ApiId: id,
      Arn: arn,
      GraphQLDns: dns,
      GraphQLUrl: `https://${dns}/graphql`,
      RealtimeDns: realtimeDns,
      RealtimeUrl: `wss://${realtimeDns}/graphql`,
      GraphQLEndpointArn: arnOf('appsync', `endpoints/graphql-api/${id}`),
    };
    return { ref: arn, attributes };
  },
  'AWS::AppSync::DataSource': (resource) => {
    const name = String(resource.property('Name'));
    const arn = arnOf('appsync', `apis/${resource.property('ApiId')}/datasources/${name}`);
    return { ref: arn, attributes: { Name: name, DataSourceArn: arn } };
  },
  'AWS::AppSync::FunctionConfiguration': (resource) => {
    const id = shortId(resource, 26);
    const arn = arnOf('appsync', `apis/${resource.property('ApiId')}/functions/${id}`);
    return {
      ref: arn,
      attributes: { FunctionId: id, FunctionArn: arn, Name: String(resource.property('Name')) },
    };
  },
  'AWS::AppSync::ApiKey': (resource) => {
    const key = `da2-${shortId(resource, 26)}`;
    return { ref: key, attributes: { ApiKey: key, ApiKeyId: key } };
  },
  'AWS::Cognito::UserPool': (resource) => {
    const id = `${region}_${shortId(resource, 9)}`;
    const ProviderName = `cognito-idp.${region}.${urlSuffix}/${id}`;
    const attributes = {
      UserPoolId: id,
      Arn: arnOf('cognito-idp', `userpool/${id}`),
      ProviderName,
      ProviderURL: `https://${ProviderName}`,
    };
    return { ref: id, attributes };
  },
  'AWS::Cognito::UserPoolClient': (resource) => {
    const id = shortId(resource, 26);
    // A place for the secret, which the issuer makes and keeps.
    const ClientSecret = `{{client-secret:${id}}}`;
    return { ref: id, attributes: { ClientId: id, ClientSecret, Name: nameOf(resource, 'ClientName') } };
  },
  'AWS::Cognito::UserPoolResourceServer': (resource) => ({
    ref: String(resource.property('Identifier')),
    attributes: {},
  }),
  'AWS::Cognito::UserPoolDomain': (resource) => ({
    ref: String(resource.property('Domain')),
    attributes: {},
  }),
};

const edgeIdentities: Record<string, Identify> = {
  'AWS::CloudFront::Distribution': (resource) => {
    const id = `E${shortId(resource, 13).toUpperCase()}`;
    return { ref: id, attributes: { Id: id, DomainName: `${id.toLowerCase()}.cloudfront.net` } };
  },
  'AWS::CloudFront::Function': (resource) => {
    const arn = arnOf('cloudfront', `function/${nameOf(resource, 'Name')}`, '');
    return { ref: arn, attributes: { FunctionARN: arn, 'FunctionMetadata.FunctionARN': arn } };
  },
};

const placeholder: Identify = (resource) => {
  const ref = generatedName(resource);
  const [, serviceName = 'local'] = resource.type.toLowerCase().split('::');
  const attributes = new Proxy<Record<string, string>>(
    { Arn: arnOf(serviceName, ref), Id: shortId(resource, 12) },
    { get: (known, name) => known[String(name)] ?? `${ref}.${String(name)}` },
  );
  return { ref, attributes };
};

function functionArn(nameOrArn: unknown): string {
  const text = String(nameOrArn);
  return text.startsWith('arn:') ? text : arnOf('lambda', `function:${text}`);
}

function nameOf(resource: Identifiable, property: string): string {
  return textProperty(resource, property) ?? generatedName(resource);
}

function textProperty(resource: Identifiable, name: string): string | undefined {
  const value = resource.property(name);
  return value === undefined ? undefined : String(value);
}

function generatedName({ stackName, logicalId }: Identifiable): string {
  return `${stackName}-${logicalId}`;
}

/** Lower-case letters and digits that follow from the resource's place in the app. */
function shortId({ stackName, logicalId }: Identifiable, length: number): string {
  const digest = createHash('sha256').update(`${stackName}/${logicalId}`).digest('hex');
  return BigInt(`0x${digest}`).toString(36).slice(0, length);
}
