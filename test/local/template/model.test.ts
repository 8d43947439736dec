import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type ModelOptions, readModel } from '../../../local/template/model.ts';
import { writeAssembly } from '../fixtures/assembly.ts';

const endpointUrl = 'http://127.0.0.1:4000';

/** The variables that a function gets when the template asks for these values. */
function variables(
  values: Record<string, unknown>,
  rest: {
    resources?: object;
    template?: object;
    stacks?: Record<string, object>;
    options?: Partial<ModelOptions>;
  } = {},
): Record<string, unknown> {
  const template = {
    ...rest.template,
    Resources: {
      ...rest.resources,
      Fn: { Type: 'AWS::Lambda::Function', Properties: { Environment: { Variables: values } } },
    },
  };
  const assemblyDir = writeAssembly({ stacks: { ...rest.stacks, app: template } });
  const model = readModel({ assemblyDir, endpointUrl, ...rest.options });
  const schema = z.object({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) });
  const [resource] = model.ofType('AWS::Lambda::Function');
  return resource?.read(schema).Environment.Variables ?? {};
}

describe('references', () => {
  test('Ref and GetAtt give the physical name and ARN of a resource', () => {
    const resources = { Items: { Type: 'AWS::DynamoDB::Table', Properties: {} } };

    const found = variables(
      { NAME: { Ref: 'Items' }, ARN: { 'Fn::GetAtt': ['Items', 'Arn'] } },
      { resources },
    );

    expect(found).toEqual({
      NAME: 'app-Items',
      ARN: 'arn:aws:dynamodb:eu-west-1:000000000000:table/app-Items',
    });
  });

  test('a name given by the template is kept, built from other references as well', () => {
    const TableName = { 'Fn::Join': ['-', [{ Ref: 'AWS::Region' }, 'items']] };
    const resources = { Items: { Type: 'AWS::DynamoDB::Table', Properties: { TableName } } };

    expect(variables({ NAME: { Ref: 'Items' } }, { resources })).toEqual({ NAME: 'eu-west-1-items' });
  });

  test('a queue’s URL points to the local endpoint', () => {
    const resources = { Jobs: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } } };

    const found = variables({ URL: { Ref: 'Jobs' } }, { resources });

    expect(found).toEqual({ URL: 'http://127.0.0.1:4000/000000000000/app-Jobs.fifo' });
  });

  test('ids are the same on every reading', () => {
    const resources = { Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'WEBSOCKET' } } };

    const [first, second] = [1, 2].map(() => variables({ ID: { Ref: 'Api' } }, { resources }));

    expect(first).toEqual(second);
    expect(first?.ID).toMatch(/^[a-z0-9]{10}$/);
  });

  test('exports and stack outputs cross from one stack to another', () => {
    const data = {
      Resources: { Items: { Type: 'AWS::DynamoDB::Table' } },
      Outputs: {
        ItemsName: { Value: { Ref: 'Items' } },
        ItemsArn: { Value: { 'Fn::GetAtt': ['Items', 'Arn'] }, Export: { Name: 'data:ItemsArn' } },
      },
    };

    const found = variables(
      {
        NAME: { 'Fn::GetStackOutput': { StackName: 'data', OutputName: 'ItemsName' } },
        ARN: { 'Fn::ImportValue': 'data:ItemsArn' },
      },
      { stacks: { data } },
    );

    expect(found).toEqual({
      NAME: 'data-Items',
      ARN: 'arn:aws:dynamodb:eu-west-1:000000000000:table/data-Items',
    });
  });

  test('a reference to nothing fails', () => {
    expect(() => variables({ X: { Ref: 'Nobody' } })).toThrow(/Nobody/);
  });
});

describe('intrinsic functions', () => {
  test('Sub takes pseudo parameters, attributes, its own variables and literals', () => {
    const resources = { Items: { Type: 'AWS::DynamoDB::Table' } };
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's syntax.
    const template = '${AWS::AccountId}|${Items.Arn}|${Own}|${!Kept}';

    const found = variables(
      { X: { 'Fn::Sub': [template, { Own: { Ref: 'AWS::Partition' } }] } },
      { resources },
    );

    const kept = '$' + '{Kept}';
    expect(found.X).toBe(`000000000000|arn:aws:dynamodb:eu-west-1:000000000000:table/app-Items|aws|${kept}`);
  });

  test('Select, Split, FindInMap, Base64 and parameters give what CloudFormation gives', () => {
    const template = {
      Mappings: { Sizes: { 'eu-west-1': { small: 's1' } } },
      Parameters: { Kind: { Default: 'small' } },
    };

    const found = variables(
      {
        PART: { 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] },
        SIZE: { 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, { Ref: 'Kind' }] },
        CODED: { 'Fn::Base64': 'hi' },
        ZONE: { 'Fn::Select': ['0', { 'Fn::GetAZs': '' }] },
      },
      { template },
    );

    expect(found).toEqual({ PART: 'b', SIZE: 's1', CODED: 'aGk=', ZONE: 'eu-west-1a' });
  });

  test('conditions choose values, drop properties and leave resources out', () => {
    const template = {
      Conditions: {
        Here: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] },
        Elsewhere: { 'Fn::Not': [{ Condition: 'Here' }] },
        Both: {
          'Fn::And': [
            { Condition: 'Here' },
            { 'Fn::Or': [{ Condition: 'Elsewhere' }, { Condition: 'Here' }] },
          ],
        },
      },
    };
    const resources = { Odd: { Type: 'AWS::EC2::Instance', Condition: 'Elsewhere' } };

    const found = variables(
      {
        A: { 'Fn::If': ['Both', 'yes', 'no'] },
        B: { 'Fn::If': ['Elsewhere', 'yes', { Ref: 'AWS::NoValue' }] },
      },
      { template, resources },
    );

    expect(found).toEqual({ A: 'yes' });
  });

  test('one that is not known fails', () => {
    expect(() => variables({ X: { 'Fn::Cidr': ['10.0.0.0/8', 1, 8] } })).toThrow(/Fn::Cidr/);
  });

  test('a dynamic reference reads the secret', () => {
    const asked: unknown[] = [];
    const secretValue = (id: string, key: string | undefined) => {
      asked.push([id, key]);
      return 'value';
    };

    const arn = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:s-abc';
    const found = variables(
      { X: `{{resolve:secretsmanager:${arn}:SecretString:key::}}` },
      { options: { secretValue } },
    );

    expect(found).toEqual({ X: 'value' });
    expect(asked).toEqual([[arn, 'key']]);
  });

  test('URLs of AWS can be replaced inside any property', () => {
    const localise = (text: string) => text.replace('https://x.amazonaws.com', 'http://127.0.0.1');

    const found = variables(
      { X: { 'Fn::Join': ['', ['https://x.', { Ref: 'AWS::URLSuffix' }, '/p']] } },
      { options: { localise } },
    );

    expect(found).toEqual({ X: 'http://127.0.0.1/p' });
  });
});

describe('the assembly', () => {
  test('types that nothing here knows stop the reading, all of them named', () => {
    const resources = { A: { Type: 'AWS::EC2::Instance' }, B: { Type: 'AWS::ECS::Cluster' } };

    expect(() => variables({}, { resources })).toThrow(
      /AWS::EC2::Instance \(app\/A\)\n.*AWS::ECS::Cluster \(app\/B\)/,
    );
  });

  test('types with nothing to run are passed over', () => {
    const resources = { A: { Type: 'AWS::CloudWatch::Alarm', Properties: { X: { 'Fn::Unheard': 1 } } } };

    expect(variables({ A: '1' }, { resources })).toEqual({ A: '1' });
  });

  test('assets are found by their S3 key', () => {
    const assemblyDir = writeAssembly({ stacks: {}, code: { 'abc.zip': 'export const handler = 1;' } });

    const model = readModel({ assemblyDir, endpointUrl });

    expect(model.assetPath('abc.zip')).toMatch(/asset\.code0$/);
    expect(() => model.assetPath('other.zip')).toThrow(/other\.zip/);
  });

  test('properties of another shape than expected fail with the resource’s name', () => {
    const assemblyDir = writeAssembly({
      stacks: { app: { Resources: { Q: { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: 'x' } } } } },
    });

    const [queue] = readModel({ assemblyDir, endpointUrl }).ofType('AWS::SQS::Queue');

    expect(() => queue?.read(z.object({ DelaySeconds: z.number() }))).toThrow(/app\/Q/);
  });
});
