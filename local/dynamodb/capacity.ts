import { itemSizeBytes, readUnitsFor, writeUnitsFor } from './item-size.ts';
import { sameValue } from './same-value.ts';
import type { Change, SecondaryIndex, Table } from './table.ts';
import type { Body, Item } from './wire.ts';

/**
 * A transaction prepares and commits: every unit of a table counts twice. An index entry costs what it costs elsewhere
 * (measured on AWS: https://github.com/nubo-db/dynoxide/pull/188).
 */
export const TRANSACTION_FACTOR = 2;

/** Units of one table and, by name, of its indexes. */
export interface TableUnits {
  readonly table: Table;
  tableUnits: number;
  readonly indexUnits: Map<string, number>;
}

/** Units by table name. */
export type UnitsByTable = Map<string, TableUnits>;

/** Adds units of the table itself. */
export function addTableUnits(all: UnitsByTable, table: Table, units: number): void {
  unitsOf(all, table).tableUnits += units;
}

/**
 * The write units of changes: the larger of old and new item on the table, and for each index what its entry costs.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations.Writes
 */
export function writeUnits(changes: readonly Change[], factor = 1): UnitsByTable {
  const all: UnitsByTable = new Map();
  for (const { table, before, after } of changes) {
    const size = Math.max(before ? itemSizeBytes(before) : 0, after ? itemSizeBytes(after) : 0);
    const units = unitsOf(all, table);
    units.tableUnits += factor * writeUnitsFor(size);
    for (const index of table.indexes.values()) {
      const added = indexWriteUnits(index, before, after);
      if (added === 0) continue;
      const name = index.definition.IndexName;
      units.indexUnits.set(name, (units.indexUnits.get(name) ?? 0) + added);
    }
  }
  return all;
}

/** Read units of one item by key; half when the read may be eventually consistent. */
export function itemReadUnits(item: Item | undefined, isConsistent: boolean): number {
  return readUnitsFor(item ? itemSizeBytes(item) : 0) * (isConsistent ? 1 : 0.5);
}

/** `ConsumedCapacity` of one table; undefined when the caller did not ask for it. */
export function consumedCapacity(
  units: TableUnits,
  asked: unknown,
  kind?: 'ReadCapacityUnits' | 'WriteCapacityUnits',
): Body | undefined {
  if (asked !== 'TOTAL' && asked !== 'INDEXES') return undefined;
  const total = totalUnits(units);
  const withKind = (amount: number) => ({ CapacityUnits: amount, ...(kind ? { [kind]: amount } : {}) });
  const answer: Body = { TableName: units.table.name, ...withKind(total) };
  if (asked === 'TOTAL') return answer;
  answer.Table = withKind(units.tableUnits);
  for (const [name, amount] of units.indexUnits) {
    const member = units.table.indexes.get(name)?.isLocal
      ? 'LocalSecondaryIndexes'
      : 'GlobalSecondaryIndexes';
    answer[member] = { ...(answer[member] as Body | undefined), [name]: withKind(amount) };
  }
  return answer;
}

/** `ConsumedCapacity` of an operation on several tables. */
export function consumedCapacities(
  all: UnitsByTable,
  asked: unknown,
  kind?: 'ReadCapacityUnits' | 'WriteCapacityUnits',
): Body[] | undefined {
  if (asked !== 'TOTAL' && asked !== 'INDEXES') return undefined;
  return [...all.values()].map((units) => consumedCapacity(units, asked, kind) as Body);
}

/** Units of the table and all its indexes. */
export function totalUnits(units: TableUnits): number {
  return [...units.indexUnits.values()].reduce((sum, amount) => sum + amount, units.tableUnits);
}

function unitsOf(all: UnitsByTable, table: Table): TableUnits {
  let units = all.get(table.name);
  if (units === undefined) {
    units = { table, tableUnits: 0, indexUnits: new Map() };
    all.set(table.name, units);
  }
  return units;
}

function indexWriteUnits(index: SecondaryIndex, before: Item | undefined, after: Item | undefined): number {
  const oldEntry = index.entryOf(before);
  const newEntry = index.entryOf(after);
  const oldUnits = oldEntry ? writeUnitsFor(itemSizeBytes(oldEntry)) : 0;
  const newUnits = newEntry ? writeUnitsFor(itemSizeBytes(newEntry)) : 0;
  if (oldEntry === undefined || newEntry === undefined) return oldUnits + newUnits;
  if (index.keyOf(oldEntry) !== index.keyOf(newEntry)) return oldUnits + newUnits;
  return sameValue(oldEntry, newEntry) ? 0 : Math.max(oldUnits, newUnits);
}
