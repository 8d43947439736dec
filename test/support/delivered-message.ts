import type { SQSRecord } from 'aws-lambda';

let messages = 0;

/** A message of a queue that a rule of the bus fills: an event in EventBridge's envelope, told when it happened. */
export function deliveredMessage(
  { detailType, source }: { readonly detailType: string; readonly source: string },
  detail: { readonly at: number } & Readonly<Record<string, unknown>>,
): SQSRecord {
  messages += 1;
  const time = new Date(detail.at).toISOString().replace(/\.\d+Z$/, 'Z');
  const body = JSON.stringify({ source, 'detail-type': detailType, time, detail });
  return { messageId: `m-${messages}`, body } as SQSRecord;
}
