import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

/** SQS keeps a message back for fifteen minutes at most. */
export const longestDelayS = 900;

let client: SQSClient | undefined;

/** Puts a message into a queue, to be seen after the delay: whole seconds, cut at the longest that SQS knows. */
export async function sendMessage(message: {
  readonly queueUrl: string;
  readonly body: string;
  readonly delaySeconds?: number;
}): Promise<void> {
  client ??= new SQSClient({ maxAttempts: 3 });
  const delaySeconds = Math.min(longestDelayS, Math.max(0, Math.ceil(message.delaySeconds ?? 0)));
  await client.send(
    new SendMessageCommand({
      QueueUrl: message.queueUrl,
      MessageBody: message.body,
      DelaySeconds: delaySeconds,
    }),
  );
}
