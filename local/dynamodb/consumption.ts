import { type Answer, asObject, type Body } from './wire.ts';

/** Calls and capacity units of one operation. */
export interface Consumed {
  calls: number;
  readUnits: number;
  writeUnits: number;
}

/** By access key id, then by operation. */
export type ConsumedByPrincipal = Record<string, Record<string, Consumed>>;

const READS = new Set(['BatchGetItem', 'GetItem', 'Query', 'Scan', 'TransactGetItems']);
const WRITES = new Set(['BatchWriteItem', 'DeleteItem', 'PutItem', 'TransactWriteItems', 'UpdateItem']);

/** Counts calls and capacity per caller and operation. */
export class Consumption {
  #counts: ConsumedByPrincipal = {};

  /** The counts so far; with `reset` counting starts again from zero. */
  read(reset: boolean): ConsumedByPrincipal {
    const counts = this.#counts;
    if (reset) this.#counts = {};
    return counts;
  }

  /** The input, asking for the consumed capacity where the operation can tell it. */
  askFor(operation: string, input: Body): Body {
    const isAsked = input.ReturnConsumedCapacity !== undefined && input.ReturnConsumedCapacity !== 'NONE';
    if (isAsked || !(READS.has(operation) || WRITES.has(operation))) return input;
    return { ...input, ReturnConsumedCapacity: 'TOTAL' };
  }

  /** Counts an answer; takes the capacity out of it when `input` did not ask for it. */
  count(principal: string, operation: string, input: Body, answer: Answer): void {
    const byOperation = this.#counts[principal] ?? {};
    const consumed = byOperation[operation] ?? { calls: 0, readUnits: 0, writeUnits: 0 };
    this.#counts[principal] = byOperation;
    byOperation[operation] = consumed;
    consumed.calls += 1;
    consumed.readUnits += answer.hiddenUnits?.readUnits ?? 0;
    consumed.writeUnits += answer.hiddenUnits?.writeUnits ?? 0;
    for (const part of [answer.body.ConsumedCapacity].flat()) {
      const { CapacityUnits, ReadCapacityUnits } = asObject(part);
      const isRead = READS.has(operation) || ReadCapacityUnits === CapacityUnits;
      consumed[isRead ? 'readUnits' : 'writeUnits'] += Number(CapacityUnits ?? 0);
    }
    const asked = input.ReturnConsumedCapacity;
    if (asked === undefined || asked === 'NONE') delete answer.body.ConsumedCapacity;
  }
}
