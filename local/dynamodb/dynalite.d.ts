/**
 * The parts of dynalite 4 that the embedded engine uses: its validations, its expression engine and its item
 * actions. The package has no types of its own.
 */

interface DynaliteTable {
  TableName: string;
  KeySchema: { AttributeName: string; KeyType: string }[];
  AttributeDefinitions: { AttributeName: string; AttributeType: string }[];
  GlobalSecondaryIndexes?: DynaliteIndex[];
  LocalSecondaryIndexes?: DynaliteIndex[];
}

interface DynaliteIndex {
  IndexName: string;
  KeySchema: { AttributeName: string; KeyType: string }[];
  Projection: { ProjectionType: string; NonKeyAttributes?: string[] };
}

type DynaliteItem = Record<string, Record<string, unknown>>;
type DynaliteInput = Record<string, unknown>;
type DynaliteCallback<T> = (error: Error | null | undefined, value?: T) => void;

interface DynaliteRange {
  gt?: string;
  gte?: string;
  lt?: string;
  lte?: string;
  reverse?: boolean;
}

/** What the actions ask of a store. Ours answers every callback before the call returns. */
interface DynaliteStore {
  options: { maxItemSize: number };
  tableDb: { awsAccountId: string; awsRegion: string };
  getTable(name: string, callback: DynaliteCallback<DynaliteTable>): void;
  getItemDb(tableName: string): DynaliteItemDb;
  getIndexDb(indexType: string, tableName: string, indexName: string): DynaliteIndexDb;
}

interface DynaliteValues {
  createValueStream(range: DynaliteRange): import('node:stream').Stream;
}

interface DynaliteItemDb extends DynaliteValues {
  lock(key: string, run: (release: <F>(callback: F) => F) => void): void;
  get(key: string, callback: DynaliteCallback<DynaliteItem>): void;
  put(key: string, item: DynaliteItem, callback: DynaliteCallback<void>): void;
  del(key: string, callback: DynaliteCallback<void>): void;
}

interface DynaliteIndexDb extends DynaliteValues {
  put(key: string, item: DynaliteItem, callback: DynaliteCallback<void>): void;
  del(key: string, callback: DynaliteCallback<void>): void;
}

type DynaliteAction = (
  store: DynaliteStore,
  data: DynaliteInput,
  callback: DynaliteCallback<Record<string, unknown>>,
) => void;

interface DynaliteValidation {
  types: Record<string, unknown>;
  custom?: (data: DynaliteInput, store: DynaliteStore) => string | undefined;
}

interface DynaliteLevel {
  open(): Promise<void>;
  batch(operations: { type: 'put' | 'del'; key: string; value?: unknown }[]): Promise<void>;
  iterator(range: DynaliteRange): AsyncIterable<[string, unknown]>;
  close(): Promise<void>;
}

declare module 'dynalite/db/index.js' {
  const db: {
    create(options: { path: string }): { db: DynaliteLevel };
    createKey(item: DynaliteItem, table: DynaliteTable, keySchema?: DynaliteTable['KeySchema']): string;
    createIndexKey(item: DynaliteItem, table: DynaliteTable, keySchema: DynaliteTable['KeySchema']): string;
    validateKey(key: DynaliteItem, table: DynaliteTable): Error | null | undefined;
    validateItem(item: DynaliteItem, table: DynaliteTable): Error | null | undefined;
    checkConditional(data: DynaliteInput, existing: DynaliteItem | undefined): Error | null | undefined;
  };
  export = db;
}

declare module 'dynalite/validations/index.js' {
  const validations: {
    checkTypes(data: DynaliteInput, types: Record<string, unknown>): DynaliteInput;
    checkValidations(
      data: DynaliteInput,
      types: Record<string, unknown>,
      custom: DynaliteValidation['custom'],
      store: DynaliteStore,
    ): void;
  };
  export = validations;
}

declare module 'dynalite/validations/*' {
  const validation: DynaliteValidation;
  export = validation;
}

declare module 'dynalite/actions/*' {
  const action: DynaliteAction;
  export = action;
}
