import { afterEach, describe, expect, test } from 'vitest';
import { getItems, transact, update } from '#adapters/dynamodb/requests.ts';
import { Update } from '#adapters/dynamodb/update.ts';
import { type RecordedAnswer, startRecorder } from '../../support/aws-recorder.ts';
import { clientOf } from '../../support/engine.ts';

/** What DynamoDB answers under load, which a local engine never does. */
async function givenAnswers(...answers: readonly RecordedAnswer[]) {
  const left = [...answers];
  const endpoint = await startRecorder(() => {
    const next = left.length > 1 ? left.shift() : left[0];
    return next ?? { status: 500, body: {} };
  });
  const client = clientOf(endpoint.url);
  open.push(() => {
    client.destroy();
    endpoint.close();
  });
  return { client, requests: endpoint.requests };
}

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

const fine = { status: 200, body: {} };
const cancelled = (...codes: readonly string[]) => ({
  status: 400,
  body: {
    __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
    Message: 'cancelled',
    CancellationReasons: codes.map((Code) => ({ Code })),
  },
});
const conflict = {
  status: 400,
  body: { __type: 'com.amazonaws.dynamodb.v20120810#TransactionConflictException', message: 'busy' },
};
const change = new Update().set('a', 1).for('table', { pk: 'p', sk: 's' });

describe('a transaction that meets another', () => {
  test('is tried again, as a new one', async () => {
    const meeting = cancelled('TransactionConflict', 'None');
    const { client, requests } = await givenAnswers(meeting, meeting, fine);

    expect(await transact(client, [{ Update: change }])).toBe('done');

    const tokens = requests.map(({ body }) => JSON.parse(body).ClientRequestToken);
    expect(new Set(tokens).size).toBe(3);
  });

  test('and does not meet its condition is refused at once', async () => {
    const { client, requests } = await givenAnswers(
      cancelled('ConditionalCheckFailed', 'TransactionConflict'),
    );

    expect(await transact(client, [{ Update: change }])).toEqual([{ failed: true }, { failed: false }]);
    expect(requests).toHaveLength(1);
  });

  test('again and again is given up after eight attempts', async () => {
    const { client, requests } = await givenAnswers(cancelled('TransactionConflict'));

    await expect(transact(client, [{ Update: change }])).rejects.toMatchObject({
      name: 'TransactionCanceledException',
    });
    expect(requests).toHaveLength(8);
  });

  test('and fails for another reason is not tried again', async () => {
    const { client, requests } = await givenAnswers(cancelled('ValidationError'));

    await expect(transact(client, [{ Update: change }])).rejects.toThrow();
    expect(requests).toHaveLength(1);
  });
});

test('a single write that meets a transaction is tried again', async () => {
  const { client, requests } = await givenAnswers(conflict, fine);

  expect(await update(client, change)).toEqual({ done: true });
  expect(requests).toHaveLength(2);
});

test('a batch that was answered in part is asked for the rest', async () => {
  const item = (sk: string) => ({ pk: { S: 'p' }, sk: { S: sk } });
  const { client, requests } = await givenAnswers(
    {
      status: 200,
      body: { Responses: { table: [item('2')] }, UnprocessedKeys: { table: { Keys: [item('1')] } } },
    },
    { status: 200, body: { Responses: { table: [item('1')] } } },
  );

  const items = await getItems(client, 'table', [
    { pk: 'p', sk: '1' },
    { pk: 'p', sk: '2' },
  ]);

  expect(items.map(({ sk }) => sk)).toEqual(['1', '2']);
  expect(requests).toHaveLength(2);
});
