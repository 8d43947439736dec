import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendMessage } from '#adapters/sqs/send.ts';
import { pointClientsAt, startRecorder } from '../../support/aws-recorder.ts';

let endpoint: Awaited<ReturnType<typeof startRecorder>>;
beforeAll(async () => {
  endpoint = await startRecorder(({ body }) => {
    const digest = createHash('md5').update(JSON.parse(body).MessageBody).digest('hex');
    return { status: 200, body: { MessageId: '1', MD5OfMessageBody: digest } };
  });
  pointClientsAt(endpoint.url);
});
afterAll(() => endpoint.close());

test.each([
  [undefined, 0],
  [1.2, 2],
  [-5, 0],
  [100_000, 900],
])('a message to be seen after %s seconds waits %d', async (delaySeconds, expected) => {
  const queueUrl = `${endpoint.url}/000000000000/queue`;

  await sendMessage({ queueUrl, body: 'hello', ...(delaySeconds === undefined ? {} : { delaySeconds }) });

  expect(endpoint.requests.at(-1)?.target).toBe('AmazonSQS.SendMessage');
  expect(JSON.parse(endpoint.requests.at(-1)?.body ?? '')).toEqual({
    QueueUrl: queueUrl,
    MessageBody: 'hello',
    DelaySeconds: expected,
  });
});
