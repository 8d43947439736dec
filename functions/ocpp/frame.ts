import { isPayload, type Quirk } from './quirks.ts';

/** The most that the transport carries in one message. */
export const largestFrameBytes = 128 * 1024;

/** No message of any version nests further, and what is nested without end exhausts whoever walks or writes it. */
const deepestPayload = 64;

/** Both versions; our own calls are no longer. */
const longestMessageId = 36;

const messageType = { call: 2, result: 3, error: 4 } as const;

type Payload = Readonly<Record<string, unknown>>;

/** A frame as it came, read as far as it can be read. */
export type Frame =
  | {
      readonly kind: 'call';
      readonly messageId: string;
      readonly action: string;
      /** An object for well-made frames; else whatever stood there, or nothing where it is too deep, to be refused. */
      readonly payload: unknown;
      readonly quirks: readonly Quirk[];
    }
  | {
      readonly kind: 'result';
      readonly messageId: string;
      readonly payload: unknown;
      readonly quirks: readonly Quirk[];
    }
  | {
      readonly kind: 'error';
      readonly messageId: string;
      readonly code: string;
      readonly description: string;
      readonly details: Payload;
      readonly quirks: readonly Quirk[];
    }
  | { readonly kind: 'blank'; readonly quirks: readonly Quirk[] }
  | BrokenFrame;

/** What cannot be read. `answerable` is false where the sender expects no answer to what this looks like. */
export interface BrokenFrame {
  readonly kind: 'broken';
  readonly fault: 'too-large' | 'not-json' | 'not-a-frame' | 'unknown-message-type';
  readonly reason: string;
  readonly messageId?: string;
  readonly answerable: boolean;
  readonly quirks: readonly Quirk[];
}

/**
 * Reads one OCPP-J frame (OCPP-J 1.6 §4.2, OCPP 2.0.1 part 4 §4.2). Never throws. Blank frames, a trailing NUL
 * and a `null` or missing payload are let pass and noted.
 */
export function decodeFrame(text: string): Frame {
  if (Buffer.byteLength(text) > largestFrameBytes) {
    return broken('too-large', `a frame holds at most ${largestFrameBytes} bytes`, []);
  }
  const quirks: Quirk[] = [];
  const trimmed = text.replace(/\0+\s*$/, '').trim();
  if (trimmed !== text.trim()) quirks.push('trailing-nul');
  if (trimmed === '') return { kind: 'blank', quirks: [...quirks, 'blank-frame'] };
  let frame: unknown;
  try {
    frame = JSON.parse(trimmed);
  } catch {
    return broken('not-json', 'the frame is not valid JSON', quirks);
  }
  if (!Array.isArray(frame)) return broken('not-a-frame', 'a frame is a list', quirks);
  return readFrame(frame, quirks);
}

function readFrame(frame: readonly unknown[], quirks: readonly Quirk[]): Frame {
  const [type, id] = frame;
  const messageId = typeof id === 'string' && id !== '' ? id : undefined;
  if (type === messageType.call) return readCall(frame, messageId, quirks);
  const ownId = messageId !== undefined && messageId.length <= longestMessageId ? messageId : undefined;
  if (type === messageType.result && ownId !== undefined) {
    return { kind: 'result', messageId: ownId, ...readPayload(frame, 2, quirks) };
  }
  if (type === messageType.error && ownId !== undefined) {
    const [, , code, description, details] = frame;
    return {
      kind: 'error',
      messageId: ownId,
      code: typeof code === 'string' ? code : 'GenericError',
      description: typeof description === 'string' ? description : '',
      details: isPayload(details) && !isDeeper(details, deepestPayload) ? details : {},
      quirks,
    };
  }
  if (type === messageType.result || type === messageType.error) {
    return broken('not-a-frame', 'an answer names the message it answers', quirks, { answerable: false });
  }
  return broken('unknown-message-type', 'the message type is not known', quirks, { messageId });
}

function readCall(frame: readonly unknown[], messageId: string | undefined, quirks: readonly Quirk[]): Frame {
  const [, , action] = frame;
  if (messageId === undefined) return broken('not-a-frame', 'a call has a message id', quirks);
  if (typeof action !== 'string')
    return broken('not-a-frame', 'a call names an action', quirks, { messageId });
  return { kind: 'call', messageId, action, ...readPayload(frame, 3, quirks) };
}

function readPayload(
  frame: readonly unknown[],
  place: number,
  quirks: readonly Quirk[],
): { payload: unknown; quirks: readonly Quirk[] } {
  if (frame.length <= place) return { payload: {}, quirks: [...quirks, 'missing-payload'] };
  const payload = frame[place];
  if (isDeeper(payload, deepestPayload)) return { payload: undefined, quirks };
  return payload === null ? { payload: {}, quirks: [...quirks, 'null-payload'] } : { payload, quirks };
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1));
}

function broken(
  fault: BrokenFrame['fault'],
  reason: string,
  quirks: readonly Quirk[],
  known: { messageId?: string | undefined; answerable?: boolean } = {},
): BrokenFrame {
  const { messageId, answerable = true } = known;
  return {
    kind: 'broken',
    fault,
    reason,
    answerable,
    quirks,
    ...(messageId === undefined ? {} : { messageId }),
  };
}

export function encodeCall(messageId: string, action: string, payload: unknown): string {
  return JSON.stringify([messageType.call, messageId, action, payload]);
}

export function encodeResult(messageId: string, payload: unknown): string {
  return JSON.stringify([messageType.result, messageId, payload]);
}

/** The description is cut to the 255 characters that both versions allow. */
export function encodeError(messageId: string, code: string, description: string): string {
  return JSON.stringify([messageType.error, messageId, code, description.slice(0, 255), {}]);
}
