import { constants, X509Certificate } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type SecureContextOptions, TLSSocket } from 'node:tls';
import { sourceIpOf } from '../apigateway/header-list.ts';
import type { Viewer } from './viewer-headers.ts';

/** A listener's port is in use by another program. */
export class PortTakenError extends Error {
  override name = 'PortTakenError';
  readonly port: number;
  /** The setting that chooses another port. */
  readonly setting: 'PORT' | 'TLS_PORT';

  constructor(port: number, setting: 'PORT' | 'TLS_PORT') {
    super(`Port ${port} is taken; choose another with ${setting}.`);
    this.port = port;
    this.setting = setting;
  }
}

export interface FrontDoorConfig {
  /** 0 chooses a free one. */
  port: number;
  tlsPort: number;
  /** Default 127.0.0.1. */
  host?: string;
  /** PEM texts; `ca` is the authority that client certificates must come from, until more are trusted. */
  tls: { key: string; cert: string; ca: string };
  onRequest(request: IncomingMessage, response: ServerResponse, viewer: Viewer): void;
  onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, viewer: Viewer): void;
}

export interface Listener {
  server: Server;
  port: number;
}

export interface FrontDoor {
  http: Listener;
  https: Listener;
  /**
   * Takes client certificates of one more authority (PEM), from the next handshake on; connections stay as they are.
   * @throws {Error} for what is no certificate of an authority
   */
  trustClientsOf(ca: string): void;
  /** Stops listening and ends every connection, upgraded ones too. */
  close(): Promise<void>;
}

/**
 * Opens the one plain and the one TLS port of the local cloud (TLS 1.2 or newer). A client certificate is
 * optional; one that no trusted authority signed, or that has expired, ends the connection before any request.
 * @throws {PortTakenError}
 */
export async function startFrontDoor(config: FrontDoorConfig): Promise<FrontDoor> {
  const { host = '127.0.0.1' } = config;
  const plain = createServer();
  const trusted = new Set([config.tls.ca]);
  const secure = createSecureServer({
    ...secureContext(config.tls, trusted),
    requestCert: true,
    rejectUnauthorized: false,
  });
  secure.on('secureConnection', (socket) => {
    if (socket.getPeerX509Certificate() !== undefined && !socket.authorized) socket.destroy();
  });
  const upgraded = new Set<Duplex>();
  for (const server of [plain, secure]) serve(server, config, upgraded);
  const http = await listen(plain, config.port, host, 'PORT');
  const close = (servers: Server[]) => closeServers(servers, upgraded);
  try {
    const https = await listen(secure, config.tlsPort, host, 'TLS_PORT');
    return {
      http,
      https,
      trustClientsOf(ca) {
        if (!new X509Certificate(ca).ca) throw new Error('this certificate is not of an authority');
        trusted.add(ca);
        secure.setSecureContext(secureContext(config.tls, trusted));
      },
      close: () => close([plain, secure]),
    };
  } catch (error) {
    await close([plain]);
    throw error;
  }
}

/** Whole each time: what `setSecureContext` is not given falls back to Node's own. */
function secureContext(
  tls: { key: string; cert: string },
  trusted: ReadonlySet<string>,
): SecureContextOptions {
  return {
    key: tls.key,
    cert: tls.cert,
    ca: [...trusted],
    minVersion: 'TLSv1.2',
    // A resumed session would carry the certificate check of an earlier day.
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}

function serve(server: Server, config: FrontDoorConfig, upgraded: Set<Duplex>): void {
  server.on('request', (request, response) => config.onRequest(request, response, viewerOf(request)));
  server.on('upgrade', (request, socket, head) => {
    // A peer may break off at any time; without a listener that would end the process.
    socket.on('error', () => socket.destroy());
    upgraded.add(socket);
    socket.on('close', () => upgraded.delete(socket));
    config.onUpgrade(request, socket, head, viewerOf(request));
  });
}

function viewerOf(request: IncomingMessage): Viewer {
  const { socket } = request;
  const secure = socket instanceof TLSSocket;
  const certificate = secure && socket.authorized ? peerCertificate(socket) : undefined;
  return {
    address: sourceIpOf(request),
    port: socket.remotePort ?? 0,
    secure,
    ...(certificate && { certificate }),
  };
}

function peerCertificate(socket: TLSSocket): X509Certificate | undefined {
  return socket.getPeerX509Certificate();
}

function listen(server: Server, port: number, host: string, setting: 'PORT' | 'TLS_PORT'): Promise<Listener> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new PortTakenError(port, setting) : error);
    });
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve({ server, port: (server.address() as AddressInfo).port });
    });
  });
}

async function closeServers(servers: Server[], upgraded: Set<Duplex>): Promise<void> {
  const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
  for (const socket of upgraded) socket.destroy();
  for (const server of servers) server.closeAllConnections();
  await Promise.all(closed);
}
