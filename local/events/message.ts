/** SQS's wire form of a message attribute. */
export interface MessageAttribute {
  DataType: string;
  StringValue?: string | undefined;
  BinaryValue?: string | undefined;
}

export interface NewMessage {
  body: string;
  attributes?: Record<string, MessageAttribute> | undefined;
  delayMs?: number | undefined;
  groupId?: string | undefined;
  deduplicationId?: string | undefined;
}

export interface SentMessage {
  messageId: string;
  sequenceNumber?: string;
}

/** A received message; `receipt` names this receiving of it. */
export interface Message {
  messageId: string;
  receipt: string;
  body: string;
  attributes: Record<string, MessageAttribute>;
  sentAtMs: number;
  firstReceivedAtMs: number;
  receiveCount: number;
  sequenceNumber: string;
  groupId: string | undefined;
  deduplicationId: string | undefined;
}
