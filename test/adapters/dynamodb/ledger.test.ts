import { DeleteItemCommand, PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());

const Key = { pk: { S: 'T#tenant' }, sk: { S: 'CDR#1' } };

/** Every store's test runs under this watch; here it is shown to see what it should. */
describe('the ledger', () => {
  test('takes no item on no condition, alone or in a transaction', async () => {
    const Put = { TableName: db.tables.ledger, Item: Key };

    await expect(db.client.send(new PutItemCommand(Put))).rejects.toThrow('only added to');
    const together = new TransactWriteItemsCommand({ TransactItems: [{ Put }] });
    await expect(db.client.send(together)).rejects.toThrow('only added to');
  });

  test('loses none', async () => {
    const gone = new DeleteItemCommand({ TableName: db.tables.ledger, Key });

    await expect(db.client.send(gone)).rejects.toThrow('only added to');
  });
});
