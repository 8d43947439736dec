import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { endWithResponse } from '../apigateway/handshake.ts';
import type { EdgeResponse } from './edge-request.ts';

/** Gives a viewer the response that the edge itself made. */
export function sendEdgeResponse(response: ServerResponse, answer: EdgeResponse): void {
  response.statusCode = answer.status;
  for (const [name, value] of answer.headers) response.appendHeader(name, value);
  response.end(answer.body);
}

/** The same for an upgrade request, whose socket then ends. */
export function endUpgrade(socket: Duplex, answer: EdgeResponse): void {
  endWithResponse(socket, answer.status, answer.headers, answer.body);
}
