import * as z from 'zod';
import type { CdrQuery } from '#core/cdrs/cdr-store.ts';
import { cdrView } from './cdr-view.ts';
import { type Caller, dateTime, type FieldRequest, readArguments } from './field-request.ts';
import { ownerOf } from './own-data.ts';
import { firstPage, pageRequest, pageView, pagingShape } from './paging.ts';
import type { GraphqlServices } from './services.ts';

type View = Record<string, unknown>;

const cdrFilter = z
  .strictObject({
    stationId: z.string().nullish(),
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
  const page = await services.cdrs.listCdrs(queryOf(filter, caller), firstPage);
  return page.items.map(cdrView);
}

/** `Query.cdrsPage`. */
export async function cdrsPage(
  { arguments: args, caller }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const read = readArguments(cdrList, args);
  const query = queryOf(read.filter, caller);
  return pageView(await services.cdrs.listCdrs(query, pageRequest(read)), cdrView);
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

/** Of a driver, what that driver pays. */
function queryOf(filter: z.infer<typeof cdrFilter>, caller: Caller): CdrQuery {
  const owner = ownerOf(caller);
  return {
    ...(owner === undefined ? {} : { counterparty: { kind: 'ACCOUNT', id: owner } as const }),
    ...(filter?.stationId == null ? {} : { stationId: filter.stationId }),
    ...(filter?.createdAfter == null ? {} : { createdFrom: filter.createdAfter }),
    ...(filter?.createdBefore == null ? {} : { createdBefore: filter.createdBefore }),
  };
}
