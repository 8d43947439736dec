import * as z from 'zod';
import { askForRequest } from '#core/certificates/ask-for-request.ts';
import { type StationCertificate, trustUses } from '#core/certificates/certificate.ts';
import { revokeCertificate } from '#core/certificates/revoke-certificate.ts';
import type { Command, CommandRequest } from '#core/commands/command.ts';
import { enqueueCommand } from '#core/commands/request-command.ts';
import { DomainError } from '#core/errors.ts';
import { termsOf, termsShape } from './command-terms.ts';
import {
  type AdminAnswer,
  type AdminRequest,
  administrators,
  operators,
  pageAnswer,
  pageOf,
  parameter,
  type Route,
  readBody,
  readers,
  rfc3339,
  rfc3339OrNull,
  stationOf,
} from './route.ts';
import type { AdminServices } from './services.ts';

const trustUse = z.enum(trustUses);

/** OCPP's fields hold 5500 characters. */
const pem = z.string().trim().min(1).max(5_500).startsWith('-----BEGIN CERTIFICATE-----');

const installShape = z.object({ use: trustUse, pem, ...termsShape });
const askShape = z.object({ purpose: z.enum(['STATION', 'V2G']).default('STATION'), ...termsShape });
const listShape = z.object({ uses: z.array(trustUse).min(1).optional(), ...termsShape });
const revokeShape = z.object({ reason: z.string().max(200).exactOptional() });
const deleteShape = z.object({
  hash: z.object({
    hashAlgorithm: z.enum(['SHA256', 'SHA384', 'SHA512']),
    issuerNameHash: z.string().min(1).max(128),
    issuerKeyHash: z.string().min(1).max(128),
    serialNumber: z.string().min(1).max(40),
  }),
  ...termsShape,
});

export const certificateRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/certificates/ca',
    summary: 'The certificate of the authority that certifies stations, PEM: what lets them in trusts it.',
    roles: readers,
    async handle(_, { stationAuthority }) {
      return { body: await stationAuthority(), contentType: 'application/x-pem-file' };
    },
  },
  {
    method: 'GET',
    path: '/stations/{stationId}/certificates',
    summary: 'The certificates a station asked for, with their states.',
    roles: readers,
    async handle(request, { certificates, clock }) {
      const page = await certificates.listCertificates(parameter(request, 'stationId'), pageOf(request));
      return pageAnswer(page, (certificate) => certificateView(certificate, clock()));
    },
  },
  {
    method: 'POST',
    path: '/stations/{stationId}/certificates',
    summary: 'Has a station ask for a new certificate of its own: 202, with the command.',
    roles: operators,
    async handle(request, services) {
      const { purpose, ...terms } = readBody(askShape, request.body);
      const { stationId, protocol } = await stationOf(request, services);
      const asked = { stationId, protocol, purpose, ...termsOf(request, terms) };
      return queued(await askForRequest(services, asked));
    },
  },
  {
    method: 'POST',
    path: '/stations/{stationId}/certificates/{certificateId}/revoke',
    summary: 'Revokes a certificate: it opens nothing from now on, and the station’s connection ends.',
    roles: administrators,
    async handle(request, services) {
      const certificate = await revokeCertificate(services, {
        stationId: parameter(request, 'stationId'),
        certificateId: parameter(request, 'certificateId'),
        ...readBody(revokeShape, request.body),
      });
      const link = await services.live.findLink(certificate.stationId);
      if (link?.connectionId !== undefined) await services.closeConnection(link.connectionId);
      return { body: certificateView(certificate, services.clock()) };
    },
  },
  {
    method: 'GET',
    path: '/stations/{stationId}/trust',
    summary: 'What a station trusts, as far as it was told or told us.',
    roles: readers,
    async handle(request, { certificates }) {
      const trust = await certificates.findTrust(parameter(request, 'stationId'));
      return { body: { items: trust.certificates, reportedAt: rfc3339OrNull(trust.reportedAt) } };
    },
  },
  {
    method: 'POST',
    path: '/stations/{stationId}/trust',
    summary: 'Has a station trust a root certificate: 202, with the command.',
    roles: administrators,
    async handle(request, services) {
      const { use, pem: text, ...due } = readBody(installShape, request.body);
      if (!(await services.readCertificate(text)))
        throw new DomainError('Validation', 'is no certificate', 'pem');
      return ask(request, services, {
        ...{ name: 'INSTALL_CERTIFICATE', due },
        requests: [{ kind: 'INSTALL_CERTIFICATE', use, pem: text }],
      });
    },
  },
  {
    method: 'POST',
    path: '/stations/{stationId}/trust/delete',
    summary: 'Has a station forget a certificate, by its hashes: 202, with the command.',
    roles: administrators,
    async handle(request, services) {
      const { hash: certificate, ...due } = readBody(deleteShape, request.body);
      return ask(request, services, {
        ...{ name: 'DELETE_CERTIFICATE', due },
        requests: [{ kind: 'DELETE_CERTIFICATE', certificate }],
      });
    },
  },
  {
    method: 'POST',
    path: '/stations/{stationId}/trust/refresh',
    summary: 'Asks a station which certificates it has: 202, with the commands.',
    roles: operators,
    async handle(request, services) {
      const { uses, ...due } = readBody(listShape, request.body);
      const { protocol } = await stationOf(request, services);
      const isOld = protocol === 'ocpp1.6';
      const asked = uses ?? (isOld ? (['CSMS_ROOT', 'MANUFACTURER_ROOT'] as const) : trustUses);
      const lists = isOld ? asked.map((use) => [use]) : [asked];
      return ask(request, services, {
        ...{ name: 'GET_INSTALLED_CERTIFICATE_IDS', due },
        requests: lists.map((list) => ({ kind: 'LIST_CERTIFICATES', uses: list })),
      });
    },
  },
];

/** Puts what a station is asked into its queue, held first to what its protocol can say. */
async function ask(
  request: AdminRequest,
  services: AdminServices,
  asked: {
    readonly name: string;
    readonly requests: readonly CommandRequest[];
    readonly due: { readonly whenOffline: 'FAIL' | 'WAIT'; readonly timeoutSeconds: number };
  },
): Promise<AdminAnswer> {
  const { stationId, protocol } = await stationOf(request, services);
  const commands: Command[] = [];
  for (const each of asked.requests) await services.calls.checkRequest(protocol, each);
  for (const each of asked.requests) {
    commands.push(
      await enqueueCommand(services, {
        ...{ stationId, name: asked.name, request: each },
        ...termsOf(request, asked.due),
      }),
    );
  }
  return { status: 202, body: { commandIds: commands.map(({ commandId }) => commandId) } };
}

function queued({ commandId }: Command): AdminAnswer {
  return { status: 202, body: { commandIds: [commandId] } };
}

function certificateView(
  { issued, askedAt, stateAt, csr: _, ...certificate }: StationCertificate,
  now: number,
) {
  const isOver = certificate.state === 'INSTALLED' && (issued?.notAfter ?? now) <= now;
  return {
    ...certificate,
    state: isOver ? 'EXPIRED' : certificate.state,
    askedAt: rfc3339(askedAt),
    stateAt: rfc3339(stateAt),
    ...(issued === undefined
      ? {}
      : { issued: { ...issued, notBefore: rfc3339(issued.notBefore), notAfter: rfc3339(issued.notAfter) } }),
  };
}
