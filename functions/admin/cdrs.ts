import * as z from 'zod';
import type { Billing, Cdr, Correction } from '#core/cdrs/cdr.ts';
import type { CdrInReview, CdrQuery } from '#core/cdrs/cdr-store.ts';
import { counterpartyFromKey } from '#core/cdrs/counterparty.ts';
import { creditCdr } from '#core/cdrs/credit-cdr.ts';
import { reissueCdr } from '#core/cdrs/reissue-cdr.ts';
import { resolveReview } from '#core/cdrs/resolve-review.ts';
import { DomainError } from '#core/errors.ts';
import {
  type AdminAnswer,
  type AdminRequest,
  administrators,
  moment,
  pageAnswer,
  pageOf,
  parameter,
  type Route,
  readBody,
  readers,
  rfc3339,
} from './route.ts';
import type { AdminServices } from './services.ts';

const reason = z.string().trim().min(1, 'say why').max(500);
const creditBody = z.strictObject({ reason });
const reissueBody = z.strictObject({
  reason,
  energyWh: z.int().min(0).exactOptional(),
  startedAt: moment.exactOptional(),
  endedAt: moment.exactOptional(),
  tariffId: z.string().min(1).max(255).exactOptional(),
});
const resolutionBody = z.strictObject({ reason, decision: z.enum(['RELEASED', 'WRITTEN_OFF']) });

export const cdrRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/cdrs',
    summary:
      'CDRs, newest first; by from and before (when they were made), stationId, counterparty=ACCOUNT:{id}, billing.',
    roles: readers,
    async handle(request, { cdrs }) {
      return pageAnswer(await cdrs.listCdrs(queryOf(request), pageOf(request)), cdrView);
    },
  },
  {
    method: 'GET',
    path: '/cdrs/review',
    summary: 'CDRs that wait for a decision: held back from billing, or overtaken by late events.',
    roles: readers,
    async handle(request, { cdrs }) {
      return pageAnswer(await cdrs.listInReview(pageOf(request)), ({ cdr, review }: CdrInReview) => ({
        ...cdrView(cdr),
        review,
      }));
    },
  },
  {
    method: 'GET',
    path: '/cdrs/{cdrId}',
    summary: 'One CDR with its readings, periods, lines and why; format=ocpi as an OCPI 2.2.1 CDR object.',
    roles: readers,
    handle: oneCdr,
  },
  {
    method: 'POST',
    path: '/cdrs/{cdrId}/credit',
    summary: 'Takes a CDR back with a credit CDR, once.',
    roles: administrators,
    async handle(request, services) {
      const { reason: why } = readBody(creditBody, request.body);
      const { outcome, cdr } = await creditCdr(services, askedOf(request, why));
      return { status: outcome === 'issued' ? 201 : 200, body: cdrView(cdr) };
    },
  },
  {
    method: 'POST',
    path: '/cdrs/{cdrId}/reissue',
    summary:
      'Credits a CDR and puts another in its place, from what is known now, but for energyWh, startedAt, endedAt and tariffId given.',
    roles: administrators,
    async handle(request, services) {
      const { reason: why, ...given } = readBody(reissueBody, request.body);
      const ports = { ...services, tenant: await services.findTenant() };
      const { outcome, cdr } = await reissueCdr(ports, { ...askedOf(request, why), ...given });
      return { status: outcome === 'issued' ? 201 : 200, body: cdrView(cdr) };
    },
  },
  {
    method: 'POST',
    path: '/cdrs/{cdrId}/resolve',
    summary:
      'Decides about a CDR in review: RELEASED, it stands and is billed; WRITTEN_OFF, nobody is billed.',
    roles: administrators,
    async handle(request, services) {
      const { reason: why, decision } = readBody(resolutionBody, request.body);
      return { body: cdrView(await resolveReview(services, { ...askedOf(request, why), decision })) };
    },
  },
];

async function oneCdr(request: AdminRequest, services: AdminServices): Promise<AdminAnswer> {
  const cdrId = parameter(request, 'cdrId');
  const { format } = request.query;
  if (format !== undefined && format !== 'ocpi' && format !== 'json') {
    throw new DomainError('Validation', 'format is json or ocpi', 'format');
  }
  const cdr = await services.cdrs.findCdr(cdrId);
  if (!cdr) throw new DomainError('NotFound', `CDR ${cdrId} is not known`, 'cdrId');
  if (format !== 'ocpi') return { body: cdrView(cdr) };
  const { countryCode, partyId } = await services.findTenant();
  return { body: services.toOcpiCdr(cdr, { owner: { countryCode, partyId } }) };
}

function askedOf(request: AdminRequest, why: string) {
  return { cdrId: parameter(request, 'cdrId'), reason: why, by: request.subject };
}

const billings: readonly Billing[] = ['BILLABLE', 'UNBILLED', 'REVIEW'];

function queryOf({ query }: AdminRequest): CdrQuery {
  const { stationId, counterparty, billing, from, before } = query;
  const party = counterparty === undefined ? undefined : counterpartyFromKey(counterparty);
  if (counterparty !== undefined && !party) {
    throw new DomainError('Validation', 'counterparty is ACCOUNT:{id} or PARTNER:{id}', 'counterparty');
  }
  const state = billings.find((known) => known === billing);
  if (billing !== undefined && !state) {
    throw new DomainError('Validation', `billing is one of ${billings.join(', ')}`, 'billing');
  }
  return {
    ...(stationId === undefined ? {} : { stationId }),
    ...(party ? { counterparty: party } : {}),
    ...(state ? { billing: state } : {}),
    ...(from === undefined ? {} : { createdFrom: momentOf(from, 'from') }),
    ...(before === undefined ? {} : { createdBefore: momentOf(before, 'before') }),
  };
}

function momentOf(text: string, name: string): number {
  const read = moment.safeParse(text);
  if (read.success) return read.data;
  throw new DomainError('Validation', 'a date and time of RFC 3339, such as 2026-03-02T09:30:00Z', name);
}

/** Everything that it says, moments as RFC 3339. */
function cdrView(cdr: Cdr) {
  const { startedAt, endedAt, createdAt, readings, periods, resolution, correction, tariff, kind, ...rest } =
    cdr;
  const { begin, end } = readings ?? {};
  return {
    ...rest,
    kind: kind ?? 'ORIGINAL',
    startedAt: rfc3339(startedAt),
    endedAt: rfc3339(endedAt),
    createdAt: rfc3339(createdAt),
    ...(tariff
      ? { tariff: { tariffId: tariff.tariffId, name: tariff.name, revision: tariff.revision } }
      : {}),
    readings: {
      ...(begin ? { begin: { ...begin, at: rfc3339(begin.at) } } : {}),
      ...(end ? { end: { ...end, at: rfc3339(end.at) } } : {}),
    },
    periods: periods.map((period) => ({
      ...period,
      startedAt: rfc3339(period.startedAt),
      endedAt: rfc3339(period.endedAt),
    })),
    ...(resolution ? { resolution: { ...resolution, at: rfc3339(resolution.at) } } : {}),
    ...(correction ? { correction: correctionView(correction) } : {}),
  };
}

function correctionView({ startedAt, endedAt, ...rest }: Correction) {
  return {
    ...rest,
    ...(startedAt === undefined ? {} : { startedAt: rfc3339(startedAt) }),
    ...(endedAt === undefined ? {} : { endedAt: rfc3339(endedAt) }),
  };
}
