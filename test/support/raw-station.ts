import { WebSocket } from 'ws';

/** What a refused handshake said. */
export interface Refusal {
  readonly status: number;
}

/** A bare socket to the stations' endpoint, for frames no client library would send. */
export interface RawStation {
  readonly protocol: string;
  /** Sends a text as it is. */
  send(frame: string): void;
  /** Sends bytes as a binary frame. */
  sendBytes(frame: Uint8Array): void;
  /** Sends a frame and gives the next one that comes. */
  exchange(frame: string): Promise<unknown>;
  /** The next frame that comes. */
  next(): Promise<unknown>;
  /** The code with which the connection ends, whoever ends it. */
  readonly closed: Promise<number>;
  close(): Promise<void>;
}

/** How to connect; `protocols` are offered as they are. */
export interface RawAccess {
  readonly url: string;
  readonly protocols?: readonly string[];
  readonly user?: string;
  readonly password?: string;
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

/** Connects, or gives the HTTP status with which the handshake was refused. */
export async function connectRaw(access: RawAccess): Promise<RawStation | Refusal> {
  const headers: Record<string, string> = {};
  if (access.user !== undefined) {
    const pair = Buffer.from(`${access.user}:${access.password ?? ''}`).toString('base64');
    headers.authorization = `Basic ${pair}`;
  }
  const socket = new WebSocket(access.url, [...(access.protocols ?? [])], { headers, ...access.tls });
  const opened = new Promise<'open' | Refusal>((resolve, reject) => {
    socket.once('open', () => resolve('open'));
    socket.once('unexpected-response', (_, response) => {
      resolve({ status: response.statusCode ?? 0 });
      socket.terminate();
    });
    socket.once('error', reject);
  });
  const result = await opened;
  if (result !== 'open') {
    socket.on('error', () => undefined);
    return result;
  }
  return rawStation(socket);
}

function rawStation(socket: WebSocket): RawStation {
  const arrived: unknown[] = [];
  const waiting: ((frame: unknown) => void)[] = [];
  socket.on('message', (data) => {
    const frame: unknown = JSON.parse(data.toString());
    const take = waiting.shift();
    if (take) take(frame);
    else arrived.push(frame);
  });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  // A frame that is refused may still be on its way when the other side hangs up.
  socket.on('error', () => undefined);
  const next = (): Promise<unknown> =>
    arrived.length > 0 ? Promise.resolve(arrived.shift()) : new Promise((resolve) => waiting.push(resolve));
  return {
    protocol: socket.protocol,
    closed,
    send: (frame) => socket.send(frame),
    sendBytes: (frame) => socket.send(frame, { binary: true }),
    exchange: async (frame) => {
      socket.send(frame);
      return next();
    },
    next,
    close: async () => {
      socket.close();
      await closed;
    },
  };
}

/** The station of a handshake that must have succeeded. */
export function connected(result: RawStation | Refusal): RawStation {
  if ('status' in result) throw new Error(`refused with ${result.status}`);
  return result;
}
