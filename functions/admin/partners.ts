import * as z from 'zod';
import type { Partner } from '#core/partners/partner.ts';
import { createPartner, knownPartner, updatePartner } from '#core/partners/provision-partner.ts';
import {
  administrators,
  pageAnswer,
  pageOf,
  parameter,
  type Route,
  readBody,
  readers,
  rfc3339,
  rfc3339OrNull,
} from './route.ts';

const text = z.string();
const details = z.strictObject({ name: text, website: text.exactOptional(), logo: text.exactOptional() });

const partnerShape = z.strictObject({
  countryCode: text,
  partyId: text,
  role: z.enum(['CPO', 'EMSP', 'HUB', 'NAP', 'NSP', 'OTHER', 'SCSP']),
  name: text,
  businessDetails: details.exactOptional(),
  versionsUrl: text.exactOptional(),
});

const patchShape = z.strictObject({
  name: text.exactOptional(),
  businessDetails: details.nullable().exactOptional(),
  status: z.enum(['PENDING', 'ACTIVE', 'SUSPENDED', 'DELETED']).exactOptional(),
  revision: z.int().exactOptional(),
});

/** Whom a tenant roams with, as far as it is written down: partners are not connected yet. */
export const partnerRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/partners',
    summary: 'The roaming partners of the tenant, oldest first, also those that are deleted.',
    roles: readers,
    handle: async (request, { partners }) =>
      pageAnswer(await partners.listPartners({}, pageOf(request)), partnerView),
  },
  {
    method: 'POST',
    path: '/partners',
    summary: 'Registers a partner; it is PENDING until it is connected.',
    roles: administrators,
    async handle(request, services) {
      const partner = await createPartner(services, readBody(partnerShape, request.body));
      return { status: 201, body: partnerView(partner) };
    },
  },
  {
    method: 'GET',
    path: '/partners/{partnerId}',
    summary: 'One partner.',
    roles: readers,
    handle: async (request, services) => ({
      body: partnerView(await knownPartner(services, parameter(request, 'partnerId'))),
    }),
  },
  {
    method: 'PATCH',
    path: '/partners/{partnerId}',
    summary: 'Changes what the body names, null takes away; with revision, only the partner as of then.',
    roles: administrators,
    async handle(request, services) {
      const { revision, ...patch } = readBody(patchShape, request.body);
      const partnerId = parameter(request, 'partnerId');
      const change = { partnerId, patch, ...(revision === undefined ? {} : { revision }) };
      return { body: partnerView(await updatePartner(services, change)) };
    },
  },
];

function partnerView({ lastSyncAt, createdAt, updatedAt, ...partner }: Partner) {
  return {
    ...partner,
    lastSyncAt: rfc3339OrNull(lastSyncAt),
    createdAt: rfc3339(createdAt),
    updatedAt: rfc3339(updatedAt),
  };
}
