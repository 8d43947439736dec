import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { type ConnectionContext, RealtimeConnection } from './connection.ts';
import { readHandshakeHeaders } from './messages.ts';
import { MESSAGE_LIMIT_BYTES } from './subscriptions.ts';

const SUBPROTOCOL = 'graphql-ws';

export interface RealtimeEndpoint {
  handleUpgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): Promise<void>;
}

/** The WebSocket side of the API. A handshake without the `graphql-ws` subprotocol gets 400. */
export function createRealtimeEndpoint(context: ConnectionContext): RealtimeEndpoint {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_LIMIT_BYTES,
    handleProtocols: () => SUBPROTOCOL,
  });
  return {
    handleUpgrade: (req, socket, head) => {
      const offered = req.headers['sec-websocket-protocol'] ?? '';
      if (!offered.split(',').some((name) => name.trim() === SUBPROTOCOL)) {
        socket.end(
          'HTTP/1.1 400 Bad Request\r\nx-amzn-ErrorType: BadRequestException\r\nconnection: close\r\n\r\n',
        );
        return;
      }
      const query = new URL(req.url ?? '/', 'http://local').searchParams;
      const handshake = {
        headers: readHandshakeHeaders(offered, query),
        sourceIp: req.socket.remoteAddress ?? '',
      };
      server.handleUpgrade(req, socket, head, (opened) => {
        new RealtimeConnection(opened, context, handshake);
      });
    },
    close: async () => {
      for (const client of server.clients) client.terminate();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
