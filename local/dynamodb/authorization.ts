import { type AccessRequest, isAllowed, type PolicyStatement } from '../iam/evaluate.ts';
import {
  asList,
  asObject,
  type Body,
  coralError,
  type Engine,
  type Item,
  type Location,
  type ServiceError,
} from './wire.ts';

/** Policy statements by access key id. */
export type Principals = Record<string, PolicyStatement[]>;

const ACTION_OF_TRANSACTION_PART: Record<string, string> = {
  ConditionCheck: 'ConditionCheckItem',
  Delete: 'DeleteItem',
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
};

const UNNAMED_RESOURCE_OPERATIONS = new Set(['DescribeLimits', 'ListTables']);

/** A permission a request needs, and the part of the request that it is about. */
interface Need {
  readonly action: string;
  readonly resource: string;
  readonly part: Body;
  readonly keys: readonly unknown[];
}

/**
 * Judges calls by the caller's policy statements, as IAM does for DynamoDB.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 * Of the condition keys it knows `LeadingKeys`, `EnclosingOperation`, `Select` and `ReturnValues`.
 */
export class Authorization {
  readonly #location: Location;
  readonly #engine: Engine;
  #principals: Principals | undefined;
  #isKeyConditioned = new WeakMap<readonly PolicyStatement[], boolean>();

  constructor(engine: Engine, location: Location, principals: Principals | undefined) {
    this.#engine = engine;
    this.#location = location;
    this.#principals = principals;
  }

  replace(principals: Principals | undefined): void {
    this.#principals = principals;
  }

  /** The refusal of this call; undefined when the caller may make it, or when nobody is checked. */
  async refusal(accessKeyId: string, operation: string, input: Body): Promise<ServiceError | undefined> {
    if (this.#principals === undefined) return undefined;
    const statements = this.#principals[accessKeyId];
    if (statements === undefined) {
      return coralError(
        'UnrecognizedClientException',
        'The security token included in the request is invalid.',
      );
    }
    for (const need of this.#needs(operation, input)) {
      const request = { action: need.action, resource: need.resource, context: contextOf(operation, need) };
      const refused = await this.#isRefused(statements, request, need);
      if (refused) return this.#denial(accessKeyId, need);
    }
    return undefined;
  }

  async #isRefused(statements: PolicyStatement[], request: AccessRequest, need: Need): Promise<boolean> {
    if (!this.#namesLeadingKeys(statements)) return !isAllowed(statements, request);
    const leadingKeys = await this.#leadingKeys(need);
    const context = leadingKeys === undefined ? {} : { 'dynamodb:LeadingKeys': leadingKeys };
    return !isAllowed(statements, { ...request, context: { ...request.context, ...context } });
  }

  #denial(accessKeyId: string, { action, resource }: Need): ServiceError {
    const user = `arn:aws:iam::${this.#location.account}:user/${accessKeyId}`;
    return coralError(
      'AccessDeniedException',
      `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ` +
        `because no identity-based policy allows the ${action} action`,
    );
  }

  #needs(operation: string, input: Body): Need[] {
    const action = `dynamodb:${operation}`;
    const tableItems = asObject(input.RequestItems);
    switch (operation) {
      case 'BatchGetItem':
      case 'BatchWriteItem':
        return Object.entries(tableItems).map(([table, part]) => ({
          action,
          resource: this.#tableArn(table),
          part: asObject(part),
          keys: keysOfBatch(part),
        }));
      case 'TransactGetItems':
      case 'TransactWriteItems':
        return asList(input.TransactItems).flatMap((element) =>
          Object.entries(asObject(element)).map(([kind, value]) => {
            const part = asObject(value);
            const name = `dynamodb:${ACTION_OF_TRANSACTION_PART[kind] ?? kind}`;
            return { action: name, resource: this.#arn(part), part, keys: [part.Key ?? part.Item] };
          }),
        );
      default:
        return [
          {
            action,
            resource: this.#resource(operation, input),
            part: input,
            keys: [input.Key ?? input.Item],
          },
        ];
    }
  }

  #resource(operation: string, input: Body): string {
    if (UNNAMED_RESOURCE_OPERATIONS.has(operation)) return '*';
    if (operation === 'ListStreams') return `${this.#tableArn(String(input.TableName ?? '*'))}/stream/*`;
    const arn = input.StreamArn ?? input.ResourceArn ?? input.ShardIterator;
    if (arn === undefined) return this.#arn(input);
    const path = /:(table\/[^|]+)/.exec(String(arn))?.[1] ?? String(arn);
    return `arn:aws:dynamodb:${this.#location.region}:${this.#location.account}:${path}`;
  }

  #arn(part: Body): string {
    const table = this.#tableArn(String(part.TableName));
    return part.IndexName === undefined ? table : `${table}/index/${part.IndexName}`;
  }

  #tableArn(name: string): string {
    return `arn:aws:dynamodb:${this.#location.region}:${this.#location.account}:table/${name}`;
  }

  #namesLeadingKeys(statements: PolicyStatement[]): boolean {
    const known = this.#isKeyConditioned.get(statements);
    if (known !== undefined) return known;
    const answer = /dynamodb:leadingkeys/i.test(JSON.stringify(statements));
    this.#isKeyConditioned.set(statements, answer);
    return answer;
  }

  /** The partition key values a request names; undefined when it names none, as a scan. */
  async #leadingKeys({ part, keys, resource }: Need): Promise<string[] | undefined> {
    const [tableName, indexName] = (resource.split(':table/')[1] ?? '').split('/index/');
    const attribute = await this.#engine.partitionKeyOf(String(tableName), indexName);
    if (attribute === undefined) return undefined;
    const values = [...keys.map((key) => asObject(key)[attribute]), queriedPartition(part, attribute)];
    const texts = values
      .filter((value) => value !== undefined)
      .map((value) => String(Object.values(value as Item)[0]));
    return texts.length === 0 ? undefined : texts;
  }
}

function contextOf(operation: string, { action, part }: Need): Record<string, string> {
  return {
    ...(action === `dynamodb:${operation}` ? {} : { 'dynamodb:EnclosingOperation': operation }),
    ...(part.Select === undefined ? {} : { 'dynamodb:Select': String(part.Select) }),
    ...(part.ReturnValues === undefined ? {} : { 'dynamodb:ReturnValues': String(part.ReturnValues) }),
  };
}

function keysOfBatch(part: unknown): unknown[] {
  const writes = asList(part).map((write) => {
    const { PutRequest, DeleteRequest } = asObject(write);
    return asObject(PutRequest).Item ?? asObject(DeleteRequest).Key;
  });
  return [...writes, ...asList(asObject(part).Keys)];
}

/** The value that a query's key condition wants the partition key to equal. */
function queriedPartition(part: Body, attribute: string): unknown {
  const legacy = asObject(asObject(part.KeyConditions)[attribute]).AttributeValueList;
  if (legacy !== undefined) return asList(legacy)[0];
  const names = asObject(part.ExpressionAttributeNames);
  const equalities = String(part.KeyConditionExpression ?? '').matchAll(/(#?[\w.-]+)\s*=\s*(:\w+)/g);
  for (const [, name, value] of equalities) {
    if ((names[String(name)] ?? name) === attribute) {
      return asObject(part.ExpressionAttributeValues)[String(value)];
    }
  }
  return undefined;
}
