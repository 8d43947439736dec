import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Clock } from '#core/ports.ts';
import type { TenantKeys } from './keys.ts';
import type { TableRole } from './tables.ts';

/** The deployed names of the tables. */
export type TableNames = Readonly<Record<Exclude<TableRole, 'journal'>, string>>;

/** What every store of a tenant is made of. */
export interface StoreContext {
  readonly client: DynamoDBClient;
  readonly tables: TableNames;
  readonly tenantId: string;
  readonly keys: TenantKeys;
  /** What is over by it is not found any more; months are counted from it. */
  readonly clock: Clock;
}

/** The same for stores that keep everything in the registry. */
export type RegistryContext = Omit<StoreContext, 'tables' | 'clock'> & {
  readonly tables: Pick<TableNames, 'registry'>;
};
