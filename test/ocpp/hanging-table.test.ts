import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AwsStandIn, setEnvironment, startAwsStandIn } from './aws-stand-in.ts';

type Link = typeof import('../../functions/ocpp/station-link.handler.ts').handler;

/** Tables that take every request and never answer one. */
const sockets = new Set<Socket>();
const tables = createServer((socket) => sockets.add(socket));
let aws: AwsStandIn;
let link: Link;
beforeAll(async () => {
  tables.listen(0, '127.0.0.1');
  await once(tables, 'listening');
  aws = await startAwsStandIn();
  setEnvironment(aws, `http://127.0.0.1:${(tables.address() as AddressInfo).port}`);
  link = (await import('../../functions/ocpp/station-link.handler.ts')).handler;
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  tables.close();
  await aws.close();
});

const authorizer = {
  tenantId: 'tenant-1',
  tenantSlug: 'demo',
  stationId: 'CP1',
  securityProfile: '2',
  heartbeatIntervalS: '300',
  protocol: 'ocpp1.6',
};

/** The answer to a frame for which there are some milliseconds. */
function says(frame: unknown, remainingMs: number) {
  const requestContext = { routeKey: '$default', connectionId: 'c', connectedAt: Date.now(), authorizer };
  const event = { requestContext, body: JSON.stringify(frame), isBase64Encoded: false };
  const context = { getRemainingTimeInMillis: () => remainingMs } as Context;
  return link(event as unknown as Parameters<Link>[0], context);
}

test('a station gets an error of its version while the tables hang, before the function is cut off', async () => {
  const asked = Date.now();

  const { statusCode, body } = await says([2, 'id-1', 'Authorize', { idTag: 'X' }], 2_000);

  expect(Date.now() - asked).toBeLessThan(2_000);
  expect(statusCode).toBe(200);
  expect(JSON.parse(body ?? '')).toEqual([4, 'id-1', 'InternalError', 'Authorize could not be handled', {}]);
});

test('what is no call gets no answer, however long the tables hang', async () => {
  expect(await says([3, 'id-2', { status: 'Accepted' }], 2_000)).toEqual({ statusCode: 200 });
});
