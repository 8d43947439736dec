import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Viewer } from '../edge/cloudfront.ts';
import { startFrontDoor } from '../edge/front-door.ts';
import type { Issuer } from '../identity/user-pool.ts';
import type { S3 } from '../s3/s3.ts';
import { ensureLocalCa } from '../tls/certificates.ts';
import type { Edge } from './edge.ts';

export interface CloudUrls {
  http: string;
  https: string;
  ocpp: string;
  ocppTls: string;
  graphql: string;
  graphqlRealtime: string;
  ocpi: string;
  admin: string;
  realtime: string;
  issuer: string;
  tokenEndpoint: string;
}

export interface DoorOptions {
  port: number;
  tlsPort: number;
  host: string;
  tlsDir: string;
  logger: (line: string) => void;
}

/** Answers a request; false, and nothing done, for one that is not its own. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/** The two ports that the world sees. */
export interface Door {
  urls: CloudUrls;
  caFile: string;
  /** Begins to answer for S3, whose presigned URLs must work for clients without an SDK. */
  serveFiles(s3: S3): void;
  /** Begins to answer; until then everybody is asked to come later. */
  serve(edge: Edge, issuer: Issuer | undefined): void;
  /** Lets something that is no part of the app answer before it. */
  serveFirst(answer: Answer): void;
  /** Lets stations in with certificates of this authority (PEM) too. */
  trustClientsOf(ca: string): void;
  close(): Promise<void>;
}

/** Opens the front door first of all: its ports are part of what functions are told, and a taken one is said early. */
export async function openDoor({ port, tlsPort, host, tlsDir, logger }: DoorOptions): Promise<Door> {
  let files: S3 | undefined;
  let behind: { edge: Edge; issuer: Issuer | undefined } | undefined;
  let first: Answer | undefined;
  const { caFile, ca, cert, key } = await ensureLocalCa(tlsDir);
  const complain = (error: unknown) => logger(`front door: ${error instanceof Error ? error.stack : error}`);

  const handle = async (request: IncomingMessage, response: ServerResponse, viewer: Viewer) => {
    if (await files?.handle(request, response)) return;
    if (!behind) {
      response.writeHead(503, { 'retry-after': '1' }).end();
      return;
    }
    if (await behind.issuer?.handle(request, response)) return;
    if (await first?.(request, response)) return;
    await behind.edge.handle(request, response, viewer);
  };
  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer, viewer: Viewer) => {
    if (behind) await behind.edge.upgrade(request, socket, head, viewer);
    else socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n');
  };
  const frontDoor = await startFrontDoor({
    port,
    tlsPort,
    host,
    tls: { key, cert, ca },
    onRequest: (request, response, viewer) => {
      handle(request, response, viewer).catch((error) => {
        complain(error);
        response.destroy();
      });
    },
    onUpgrade: (request, socket, head, viewer) => {
      upgrade(request, socket, head, viewer).catch((error) => {
        complain(error);
        socket.destroy();
      });
    },
  });
  return {
    urls: urlsOf(host, frontDoor.http.port, frontDoor.https.port),
    caFile,
    serveFiles(s3) {
      files = s3;
    },
    serve(edge, issuer) {
      behind = { edge, issuer };
    },
    serveFirst(answer) {
      first = answer;
    },
    trustClientsOf: (authority) => frontDoor.trustClientsOf(authority),
    close: () => frontDoor.close(),
  };
}

function urlsOf(listenHost: string, port: number, tlsPort: number): CloudUrls {
  // Nobody can call the address that means "every address".
  const host = ['0.0.0.0', '::'].includes(listenHost) ? '127.0.0.1' : listenHost;
  const authority = `${host}:${port}`;
  const http = `http://${authority}`;
  return {
    http,
    https: `https://${host}:${tlsPort}`,
    ocpp: `ws://${authority}/ocpp`,
    ocppTls: `wss://${host}:${tlsPort}/ocpp`,
    graphql: `${http}/graphql`,
    graphqlRealtime: `ws://${authority}/graphql/realtime`,
    ocpi: `${http}/ocpi/versions`,
    admin: `${http}/api/v1`,
    realtime: `ws://${authority}/ws/realtime`,
    issuer: http,
    tokenEndpoint: `${http}/oauth2/token`,
  };
}
