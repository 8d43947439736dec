import { RemovalPolicy } from 'aws-cdk-lib';
import {
  type Attribute,
  AttributeType,
  Billing,
  ProjectionType,
  StreamViewType,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import type { TableDeclaration, TableRole } from '#adapters/dynamodb/tables.ts';
import { acknowledge } from '../acknowledge.ts';
import type { CsmsFunction } from './csms-function.ts';

/** What a function may be let do to items. There is no Scan: nothing of ours asks that question. */
export type ItemAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'PutItem'
  | 'BatchWriteItem'
  | 'UpdateItem'
  | 'ConditionCheckItem'
  | 'DeleteItem';

export const readItems = ['GetItem', 'BatchGetItem', 'Query'] as const satisfies readonly ItemAction[];
export const writeItems = ['PutItem', 'UpdateItem'] as const satisfies readonly ItemAction[];

/** Which partitions a grant covers, by the first letters of their keys (see `tables.ts`). */
export const ofTenants = ['T#*'] as const;
export const ofSlugs = ['SLUG#*'] as const;
/** All tenants, on the index that lists them. */
export const ofTenantList = ['TENANTS'] as const;
/** The authority of stations' certificates. */
export const ofAuthority = ['CA#*'] as const;
export const ofClients = ['CLIENT#*'] as const;

export interface CsmsTableProps {
  readonly role: TableRole;
  readonly declaration: TableDeclaration;
  /** Whether deleting the stack, or a slip of the hand, may delete the table. */
  readonly protectData: boolean;
}

/** A table as `functions/adapters/dynamodb/tables.ts` declares it: on demand, encrypted, protected as declared. */
export class CsmsTable extends Construct {
  readonly table: TableV2;
  readonly role: TableRole;
  private readonly indexNames: readonly string[];

  constructor(scope: Construct, id: string, props: CsmsTableProps) {
    super(scope, id);
    const { declaration, protectData } = props;
    this.role = props.role;
    this.indexNames = declaration.indexes.map(({ name }) => name);
    this.table = new TableV2(this, 'Table', {
      partitionKey: text(declaration.partitionKey),
      sortKey: text(declaration.sortKey),
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.dynamoOwnedKey(),
      globalSecondaryIndexes: declaration.indexes.map((index) => ({
        indexName: index.name,
        partitionKey: text(index.partitionKey),
        sortKey: text(index.sortKey),
        projectionType: ProjectionType[index.projection],
      })),
      ...(declaration.timeToLive === undefined ? {} : { timeToLiveAttribute: declaration.timeToLive }),
      ...(declaration.stream ? { dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES } : {}),
      pointInTimeRecoverySpecification: {
        pointInTimeRecoveryEnabled: protectData && declaration.protection.pointInTimeRecovery,
      },
      deletionProtection: protectData && declaration.protection.deletionProtection,
      removalPolicy: protectData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    if (!protectData) {
      acknowledge(this, { 'AwsSolutions-DDB3': 'a stage whose data may be thrown away needs no way back' });
    }
  }

  /**
   * Lets a function do these things to items of these partitions, and to no others, and tells it the table's name by
   * the setting `REGISTRY_TABLE` (or the like). Throws for a deletion from the ledger: what was billed stays.
   */
  allow(to: CsmsFunction, actions: readonly ItemAction[], partitions: readonly string[]): void {
    const changes = actions.filter((action) => /^(Delete|Update|BatchWrite)Item$/.test(action));
    if (this.role === 'ledger' && changes.length > 0) {
      throw new Error('Nothing in the ledger is ever changed or deleted');
    }
    const { tableArn } = this.table;
    const indexes = actions.includes('Query')
      ? this.indexNames.map((name) => `${tableArn}/index/${name}`)
      : [];
    to.allow(
      actions.map((action) => `dynamodb:${action}`),
      [tableArn, ...indexes],
      { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [...partitions] } },
    );
    this.nameTo(to);
  }

  /** Tells a function the table's name and no more: doors that open all stores use some tables of theirs only. */
  nameTo(reader: CsmsFunction): void {
    reader.lambda.addEnvironment(`${this.role.toUpperCase()}_TABLE`, this.table.tableName);
  }
}

function text(name: string): Attribute {
  return { name, type: AttributeType.STRING };
}
