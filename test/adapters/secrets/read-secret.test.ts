import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSecret } from '#adapters/secrets/read-secret.ts';
import { pointClientsAt, startRecorder } from '../../support/aws-recorder.ts';

let endpoint: Awaited<ReturnType<typeof startRecorder>>;
let value = 'first';
beforeAll(async () => {
  endpoint = await startRecorder(({ body }) =>
    body.includes('missing')
      ? { status: 400, body: { message: 'no' }, errorType: 'ResourceNotFoundException' }
      : { status: 200, body: { SecretString: value } },
  );
  pointClientsAt(endpoint.url);
});
afterAll(() => endpoint.close());

test('a secret is read once in five minutes, however many ask', async () => {
  const at = (minutes: number) => () => minutes * 60_000;

  const together = await Promise.all([1, 2, 3].map(() => readSecret('arn:pepper', at(0))));
  value = 'rotated';
  const soonAfter = await readSecret('arn:pepper', at(4.9));
  const later = await readSecret('arn:pepper', at(5));

  expect([...together, soonAfter, later]).toEqual(['first', 'first', 'first', 'first', 'rotated']);
  expect(endpoint.requests).toHaveLength(2);
});

test('a failed reading is not kept', async () => {
  await expect(readSecret('arn:missing')).rejects.toThrow();
  await expect(readSecret('arn:missing')).rejects.toThrow();

  expect(endpoint.requests.filter(({ body }) => body.includes('missing'))).toHaveLength(2);
});
