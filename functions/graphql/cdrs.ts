import * as z from 'zod';
import type { Cdr } from '#core/cdrs/cdr.ts';
import type { CdrQuery } from '#core/cdrs/cdr-store.ts';
import { creditCdr } from '#core/cdrs/credit-cdr.ts';
import { reissueCdr } from '#core/cdrs/reissue-cdr.ts';
import { resolveReview } from '#core/cdrs/resolve-review.ts';
import { cdrView } from './cdr-view.ts';
import { type Caller, dateTime, type FieldRequest, readArguments } from './field-request.ts';
import { ownerOf } from './own-data.ts';
import { fittingPage, pageRequest, pagingShape, plainList } from './paging.ts';
import type { GraphqlServices } from './services.ts';

type View = Record<string, unknown>;

const cdrFilter = z
  .strictObject({
    stationId: z.string().nullish(),
    counterparty: z
      .strictObject({ kind: z.enum(['ACCOUNT', 'PARTNER']), id: z.string().min(1).max(255) })
      .nullish(),
    billing: z.enum(['BILLABLE', 'UNBILLED', 'REVIEW']).nullish(),
    createdAfter: dateTime.nullish(),
    createdBefore: dateTime.nullish(),
  })
  .nullish();
const cdrList = z.object({ filter: cdrFilter, ...pagingShape });

/** `Query.cdrs`: the latest CDRs, newest first, one page. */
export async function cdrs(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<View[]> {
  const { filter } = readArguments(cdrList, args);
  const query = queryOf(filter, caller);
  return (await plainList('cdrsPage', (page) => services.cdrs.listCdrs(query, page))).map(cdrView);
}

/** `Query.cdrsPage`. */
export async function cdrsPage(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const read = readArguments(cdrList, args);
  const query = queryOf(read.filter, caller);
  return fittingPage(pageRequest(read), (page) => services.cdrs.listCdrs(query, page), cdrView);
}

/** `ChargingSession.cdr`, many at once. */
export async function cdrsOfSessions(
  requests: readonly FieldRequest[],
  services: GraphqlServices,
): Promise<(View | null)[]> {
  const ids = requests.map(({ source }) => source?.cdrId);
  const known = ids.filter((id): id is string => typeof id === 'string');
  const found = await services.cdrs.findCdrs([...new Set(known)]);
  const byId = new Map(found.map((cdr) => [cdr.cdrId, cdrView(cdr)]));
  return ids.map((id) => (typeof id === 'string' ? (byId.get(id) ?? null) : null));
}

/** `Query.cdr`: null when the tenant, or the driver who asks, has no such CDR. */
export async function cdr(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<View | null> {
  const { id } = readArguments(z.object({ id: z.string().min(1) }), args);
  const found = await services.cdrs.findCdr(id);
  const owner = ownerOf(caller);
  if (!found || (owner !== undefined && !isOf(owner, found))) return null;
  return cdrView(found);
}

/** `Query.cdrsInReview`. */
export async function cdrsInReview(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const request = pageRequest(readArguments(z.object(pagingShape), args));
  return fittingPage(
    request,
    (page) => services.cdrs.listInReview(page),
    ({ cdr: found, review }) => ({ cdr: cdrView(found), review }),
  );
}

const reason = z.string().trim().min(1, 'say why').max(500);
const crediting = z.object({ id: z.string().min(1), reason });
const reissuing = crediting.extend({
  energyWh: z.int().min(0).nullish(),
  startedAt: dateTime.nullish(),
  endedAt: dateTime.nullish(),
  tariffId: z.string().min(1).max(255).nullish(),
});
const resolving = crediting.extend({ decision: z.enum(['RELEASED', 'WRITTEN_OFF']) });

/** `Mutation.creditCdr`: the credit. */
export async function credit(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const { id: cdrId, reason: why } = readArguments(crediting, args);
  return cdrView((await creditCdr(services, { cdrId, reason: why, by: caller.subject })).cdr);
}

/** `Mutation.reissueCdr`: the replacement. */
export async function reissue(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const { id: cdrId, reason: why, ...given } = readArguments(reissuing, args);
  const { energyWh, startedAt, endedAt, tariffId } = given;
  const ports = { ...services, tenant: await services.findTenant() };
  const { cdr: replacement } = await reissueCdr(ports, {
    cdrId,
    reason: why,
    by: caller.subject,
    ...(energyWh == null ? {} : { energyWh }),
    ...(startedAt == null ? {} : { startedAt }),
    ...(endedAt == null ? {} : { endedAt }),
    ...(tariffId == null ? {} : { tariffId }),
  });
  return cdrView(replacement);
}

/** `Mutation.resolveCdrReview`: the CDR as it stands then. */
export async function resolveCdrReview(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const { id: cdrId, reason: why, decision } = readArguments(resolving, args);
  return cdrView(await resolveReview(services, { cdrId, decision, reason: why, by: caller.subject }));
}

function isOf(owner: string, { counterparty }: Cdr): boolean {
  return owner !== '' && counterparty?.kind === 'ACCOUNT' && counterparty.id === owner;
}

/** Of a driver, what that driver pays. */
function queryOf(filter: z.infer<typeof cdrFilter>, caller: Caller): CdrQuery {
  const owner = ownerOf(caller);
  const counterparty = owner === undefined ? filter?.counterparty : ({ kind: 'ACCOUNT', id: owner } as const);
  return {
    ...(counterparty == null ? {} : { counterparty }),
    ...(filter?.billing == null ? {} : { billing: filter.billing }),
    ...(filter?.stationId == null ? {} : { stationId: filter.stationId }),
    ...(filter?.createdAfter == null ? {} : { createdFrom: filter.createdAfter }),
    ...(filter?.createdBefore == null ? {} : { createdBefore: filter.createdBefore }),
  };
}
