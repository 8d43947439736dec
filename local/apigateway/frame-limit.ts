import type { WebSocket } from 'ws';

/** What this module touches of the receiver of `ws`; the test of the 32 KB limit guards it on upgrades. */
interface Receiver {
  _opcode: number;
  _payloadLength: number;
  haveLength(callback: (error: Error) => void): void;
  createError(
    kind: typeof RangeError,
    message: string,
    prefix: boolean,
    closeCode: number,
    errorCode: string,
  ): Error;
}

const FIRST_CONTROL_OPCODE = 0x08;

/**
 * Refuses any single data frame longer than `maxFrameBytes` with close code 1009, before its payload is read.
 * `ws` itself can only limit the whole message, and API Gateway limits both (32 KB and 128 KB).
 * @throws {Error} when the receiver of `ws` is not the known one
 */
export function limitFrames(socket: WebSocket, maxFrameBytes: number): void {
  const receiver = (socket as unknown as { _receiver?: Partial<Receiver> })._receiver;
  if (!isKnownReceiver(receiver))
    throw new Error('ws has changed its receiver: the frame limit cannot be set');
  const proceed = receiver.haveLength.bind(receiver);
  receiver.haveLength = (callback) => {
    if (receiver._opcode < FIRST_CONTROL_OPCODE && receiver._payloadLength > maxFrameBytes) {
      const code = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
      callback(receiver.createError(RangeError, 'Frame size exceeded', false, 1009, code));
      return;
    }
    proceed(callback);
  };
}

function isKnownReceiver(receiver: Partial<Receiver> | undefined): receiver is Receiver {
  return (
    typeof receiver?._opcode === 'number' &&
    typeof receiver._payloadLength === 'number' &&
    typeof receiver.haveLength === 'function' &&
    typeof receiver.createError === 'function'
  );
}
