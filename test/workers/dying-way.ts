import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** When whoever uses the way dies: at its so-manieth call, with that call done or not. */
export interface Death {
  readonly atCall: number;
  readonly isDone: boolean;
}

/** A way to the database for a process that dies: nothing it calls from then on is done or answered. */
export class DyingWay {
  #death: Death | undefined;
  #calls = 0;
  readonly #server: Server;

  constructor(target: string) {
    this.#server = createServer(async (incoming, response) => {
      const body = await buffer(incoming);
      const call = this.#calls;
      this.#calls += 1;
      const death = this.#death;
      const isOver = death !== undefined && call >= death.atCall;
      if (isOver && !(death.isDone && call === death.atCall)) {
        incoming.socket.destroy();
        return;
      }
      const outgoing = request(target, { method: 'POST', headers: incoming.headers });
      const answered = new Promise<IncomingMessage>((resolve) => outgoing.once('response', resolve));
      outgoing.end(body);
      const answer = await answered;
      const content = await buffer(answer);
      if (isOver) incoming.socket.destroy();
      else response.writeHead(answer.statusCode ?? 500, answer.headers).end(content);
    });
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Another life, which ends so; it does not when nothing is said. */
  startLife(death?: Death): void {
    this.#calls = 0;
    this.#death = death;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
