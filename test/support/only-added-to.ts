import type { DynamoDBClient, TransactWriteItemsInput } from '@aws-sdk/client-dynamodb';

interface Write {
  readonly TableName?: string | undefined;
  readonly ConditionExpression?: string | undefined;
}

/**
 * Lets nobody change what a table holds: by this client an item is put there only on the condition that none stands in
 * its place, and none is updated or deleted. Batches, in which tests lay out what was long ago, are left alone: no
 * function may write them to the ledger.
 */
export function holdToAdding(client: DynamoDBClient, table: string): void {
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        for (const [kind, write] of writesOf(commandName, args.input)) {
          if (write.TableName === table) assertAdds(kind, write);
        }
        return next(args);
      },
    { step: 'initialize', name: 'holdToAdding' },
  );
}

function writesOf(commandName: string, input: object): readonly (readonly [string, Write])[] {
  if (commandName === 'TransactWriteItemsCommand') {
    const { TransactItems = [] } = input as TransactWriteItemsInput;
    return TransactItems.flatMap((item) => Object.entries(item));
  }
  const [, kind] = /^(Put|Update|Delete)ItemCommand$/.exec(commandName) ?? [];
  return kind === undefined ? [] : [[kind, input]];
}

function assertAdds(kind: string, { ConditionExpression: condition = '' }: Write): void {
  if (kind === 'ConditionCheck') return;
  if (kind === 'Put' && condition.includes('attribute_not_exists(pk)')) return;
  throw new Error(`${kind} (${condition || 'unconditional'}) of an item in a table that is only added to`);
}
