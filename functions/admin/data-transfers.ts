import * as z from 'zod';
import type { DataTransfer, DataTransferRoute } from '#core/data-transfer/data-transfer.ts';
import { saveRoute } from '#core/data-transfer/manage-routes.ts';
import { DomainError } from '#core/errors.ts';
import {
  administrators,
  pageAnswer,
  pageOf,
  parameter,
  type Route,
  readBody,
  readers,
  rfc3339,
} from './route.ts';

const routeShape = z.strictObject({
  vendorId: z.string().min(1).max(255),
  /** Absent: every message of the vendor that has no route of its own. */
  messageId: z.string().min(1).max(50).optional(),
  mode: z.enum(['STORE', 'FORWARD']),
  /** Of FORWARD: an https address of the public internet. */
  url: z.string().optional(),
  /** Gives the route a new secret; without it a route keeps the one it has. */
  newSecret: z.boolean().optional(),
});

export const dataTransferRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/data-transfer-routes',
    summary: 'What becomes of the data of vendors, by vendor and message.',
    roles: readers,
    async handle(request, { transfers }) {
      return pageAnswer(await transfers.listRoutes(pageOf(request)), routeView);
    },
  },
  {
    method: 'PUT',
    path: '/data-transfer-routes',
    summary:
      'Decides what becomes of data of a vendor. The secret that forwarded data is signed with is shown here alone.',
    roles: administrators,
    async handle(request, services) {
      const { messageId, url, newSecret, ...wish } = readBody(routeShape, request.body);
      const route = await saveRoute(services, {
        ...wish,
        ...(messageId === undefined ? {} : { messageId }),
        ...(url === undefined ? {} : { url }),
        ...(newSecret === undefined ? {} : { newSecret }),
      });
      return { body: { ...routeView(route), secret: route.secret ?? null } };
    },
  },
  {
    method: 'DELETE',
    path: '/data-transfer-routes',
    summary: 'Takes the decision on a vendorId, and on a messageId when one is named, back.',
    roles: administrators,
    async handle({ query }, { transfers }) {
      const { vendorId = '', messageId } = query;
      if (vendorId === '') throw new DomainError('Validation', 'vendorId is required', 'vendorId');
      if ((await transfers.deleteRoute(vendorId, messageId)) === 'deleted') return { status: 204 };
      throw new DomainError('NotFound', `there is no route for ${vendorId}`, 'vendorId');
    },
  },
  {
    method: 'GET',
    path: '/stations/{stationId}/data-transfers',
    summary: 'The data that a station sent and got in the last 90 days, newest first.',
    roles: readers,
    async handle(request, { transfers }) {
      const page = await transfers.listTransfers(parameter(request, 'stationId'), pageOf(request));
      return pageAnswer(page, transferView);
    },
  },
];

function routeView({ secret: _, updatedAt, ...route }: DataTransferRoute) {
  return { ...route, updatedAt: rfc3339(updatedAt) };
}

function transferView({ at, ...transfer }: DataTransfer) {
  return { ...transfer, at: rfc3339(at) };
}
