import { WebSocket } from 'ws';

export type Message = { type: string; id?: string; payload?: Record<string, unknown> };

/** A bare client of the real-time protocol. */
export class SocketClient {
  readonly socket: WebSocket;
  private readonly received: Message[] = [];
  private readonly waiting: ((message: Message) => void)[] = [];
  private readonly authorization: Record<string, string>;

  private constructor(socket: WebSocket, authorization: Record<string, string>) {
    this.socket = socket;
    this.authorization = authorization;
    socket.on('message', (data) => {
      const message: Message = JSON.parse(String(data));
      const next = this.waiting.shift();
      if (next === undefined) this.received.push(message);
      else next(message);
    });
  }

  /** Opens a socket with the authorization in a subprotocol, or in the URL as older clients have it. */
  static async open(port: number, token: string, inUrl = false): Promise<SocketClient> {
    const authorization = { Authorization: token, host: `localhost:${port}` };
    const encoded = Buffer.from(JSON.stringify(authorization)).toString(inUrl ? 'base64' : 'base64url');
    const query = inUrl ? `?header=${encodeURIComponent(encoded)}&payload=e30=` : '';
    const protocols = inUrl ? ['graphql-ws'] : ['graphql-ws', `header-${encoded}`];
    const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql/realtime${query}`, protocols);
    const client = new SocketClient(socket, authorization);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return client;
  }

  /** Opens a socket and gets past `connection_ack` and the first `ka`. */
  static async connect(port: number, token: string): Promise<SocketClient> {
    const client = await SocketClient.open(port, token);
    client.send({ type: 'connection_init' });
    await client.next();
    await client.next();
    return client;
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  /** Sends a `start` and gives the answer to it. */
  start(id: string, query: string, variables: object = {}, authorization?: object): Promise<Message> {
    const extensions = { authorization: authorization ?? this.authorization };
    this.send({ id, type: 'start', payload: { data: JSON.stringify({ query, variables }), extensions } });
    return this.next();
  }

  /** The next message, in order of arrival. */
  next(): Promise<Message> {
    const message = this.received.shift();
    if (message !== undefined) return Promise.resolve(message);
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  closed(): Promise<number> {
    return new Promise((resolve) => this.socket.once('close', resolve));
  }
}
