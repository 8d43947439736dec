import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

/** A network between a client and a server: a port of its own that leads to another, and can be cut. */
export interface CutNetwork {
  readonly port: number;
  /** How many connections it has carried so far. */
  readonly carried: number;
  /** Ends every connection on both sides without a word, as a failing network does. New ones are carried. */
  cut(): void;
  close(): Promise<void>;
}

/** Opens a port of this machine that carries its connections to another port of it. */
export async function openNetwork(targetPort: number): Promise<CutNetwork> {
  const sockets = new Set<Socket>();
  let carried = 0;
  const server = createServer((near) => {
    const far = connect(targetPort, '127.0.0.1');
    carried += 1;
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    near.pipe(far);
    far.pipe(near);
  });
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get carried() {
      return carried;
    },
    cut,
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
