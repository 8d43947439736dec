import { createHash } from 'node:crypto';
import * as z from 'zod';
import { type Queue, QueueError } from '../events/queue.ts';
import { messageSystemAttributes } from '../events/queue-mapping.ts';
import { AwsError } from './aws-error.ts';
import type { Caller } from './caller.ts';
import type { AwsService } from './endpoint.ts';
import { jsonService, operation } from './json-service.ts';

const messageSchema = z.object({
  MessageBody: z.string().default(''),
  DelaySeconds: z.number().int().min(0).max(900).optional(),
  MessageAttributes: z
    .record(
      z.string(),
      z.object({
        DataType: z.string(),
        StringValue: z.string().optional(),
        BinaryValue: z.string().optional(),
      }),
    )
    .optional(),
  MessageGroupId: z.string().optional(),
  MessageDeduplicationId: z.string().optional(),
});
type NewMessage = z.infer<typeof messageSchema>;

const queueUrl = z.object({ QueueUrl: z.string() });
const sendSchema = messageSchema.extend(queueUrl.shape);
const sendBatchSchema = queueUrl.extend({ Entries: z.array(messageSchema.extend({ Id: z.string() })) });
const receiveSchema = queueUrl.extend({
  MaxNumberOfMessages: z.number().int().min(1).max(10).default(1),
  VisibilityTimeout: z.number().optional(),
  WaitTimeSeconds: z.number().min(0).max(20).optional(),
});
const receiptSchema = queueUrl.extend({ ReceiptHandle: z.string() });
const deleteBatchSchema = queueUrl.extend({
  Entries: z.array(z.object({ Id: z.string(), ReceiptHandle: z.string() })),
});

/** SQS: sending, receiving, deleting, visibility, attributes and URLs of the app's queues. */
export function sqsService(queues: readonly Queue[]): AwsService {
  const find = (matches: (queue: Queue) => boolean): Queue => {
    const queue = queues.find(matches);
    if (queue) return queue;
    throw new AwsError(400, 'QueueDoesNotExist', 'The specified queue does not exist.');
  };
  const use = ({ QueueUrl }: { QueueUrl: string }, action: string, caller: Caller): Queue => {
    const name = QueueUrl.split('/').at(-1);
    const queue = find(({ settings }) => settings.name === name);
    caller.demand(`sqs:${action}`, queue.settings.arn);
    return queue;
  };
  return jsonService('AmazonSQS', {
    SendMessage: operation(sendSchema, (input, caller) => send(use(input, 'SendMessage', caller), input)),
    SendMessageBatch: operation(sendBatchSchema, (input, caller) => {
      checkBatch(input.Entries);
      const queue = use(input, 'SendMessage', caller);
      return batch(input.Entries, (entry) => send(queue, entry));
    }),
    ReceiveMessage: operation(receiveSchema, (input, caller) =>
      receive(use(input, 'ReceiveMessage', caller), input),
    ),
    DeleteMessage: operation(receiptSchema, (input, caller) => {
      use(input, 'DeleteMessage', caller).delete(input.ReceiptHandle);
    }),
    DeleteMessageBatch: operation(deleteBatchSchema, (input, caller) => {
      checkBatch(input.Entries);
      const queue = use(input, 'DeleteMessage', caller);
      return batch(input.Entries, ({ ReceiptHandle }) => {
        queue.delete(ReceiptHandle);
        return {};
      });
    }),
    ChangeMessageVisibility: operation(
      receiptSchema.extend({ VisibilityTimeout: z.number().min(0).max(43_200) }),
      (input, caller) => {
        const queue = use(input, 'ChangeMessageVisibility', caller);
        if (queue.changeVisibility(input.ReceiptHandle, input.VisibilityTimeout * 1000)) return;
        throw new AwsError(400, 'MessageNotInflight', 'The specified message isn’t in flight.');
      },
    ),
    GetQueueUrl: operation(z.object({ QueueName: z.string() }), ({ QueueName }, caller) => {
      const { settings } = find((queue) => queue.settings.name === QueueName);
      caller.demand('sqs:GetQueueUrl', settings.arn);
      return { QueueUrl: settings.url };
    }),
    GetQueueAttributes: operation(queueUrl, (input, caller) => ({
      Attributes: attributesOf(use(input, 'GetQueueAttributes', caller)),
    })),
  });
}

function send(queue: Queue, message: NewMessage): object {
  try {
    const sent = queue.send({
      body: message.MessageBody,
      attributes: message.MessageAttributes,
      delayMs: message.DelaySeconds === undefined ? undefined : message.DelaySeconds * 1000,
      groupId: message.MessageGroupId,
      deduplicationId: message.MessageDeduplicationId,
    });
    return {
      MessageId: sent.messageId,
      MD5OfMessageBody: md5(message.MessageBody),
      ...(sent.sequenceNumber === undefined ? {} : { SequenceNumber: sent.sequenceNumber }),
    };
  } catch (error) {
    if (error instanceof QueueError) throw new AwsError(400, error.name, error.message);
    throw error;
  }
}

async function receive(queue: Queue, input: z.infer<typeof receiveSchema>): Promise<object> {
  const messages = await queue.receive({
    max: input.MaxNumberOfMessages,
    visibilityTimeoutMs: input.VisibilityTimeout === undefined ? undefined : input.VisibilityTimeout * 1000,
    waitMs: input.WaitTimeSeconds === undefined ? undefined : input.WaitTimeSeconds * 1000,
  });
  if (messages.length === 0) return {};
  return {
    Messages: messages.map((message) => ({
      MessageId: message.messageId,
      ReceiptHandle: message.receipt,
      Body: message.body,
      MD5OfBody: md5(message.body),
      Attributes: messageSystemAttributes(message),
      MessageAttributes: message.attributes,
    })),
  };
}

function checkBatch(entries: { Id: string }[]): void {
  if (entries.length === 0) {
    throw new AwsError(400, 'EmptyBatchRequest', 'There should be at least one entry in the request.');
  }
  if (entries.length > 10) {
    throw new AwsError(400, 'TooManyEntriesInBatchRequest', 'Maximum number of entries per request are 10.');
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw new AwsError(
      400,
      'BatchEntryIdsNotDistinct',
      'Two or more batch entries in the request have the same Id.',
    );
  }
}

function batch<T extends { Id: string }>(entries: T[], run: (entry: T) => object): object {
  const successful: object[] = [];
  const failed: object[] = [];
  for (const entry of entries) {
    try {
      successful.push({ Id: entry.Id, ...run(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failed.push({ Id: entry.Id, Code: error.name, Message: error.message, SenderFault: true });
    }
  }
  return { Successful: successful, Failed: failed };
}

function attributesOf(queue: Queue): Record<string, string> {
  const { settings } = queue;
  const { visible, inFlight, delayed } = queue.counts();
  return {
    QueueArn: settings.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    VisibilityTimeout: String(settings.visibilityTimeoutMs / 1000),
    DelaySeconds: String(settings.delayMs / 1000),
    ...(settings.fifo ? { FifoQueue: 'true' } : {}),
  };
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
