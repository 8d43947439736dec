import * as z from 'zod';
import type { CdrQuery } from '#core/cdrs/cdr-store.ts';
import { cdrView } from './cdr-view.ts';
import { dateTime, type FieldRequest, readArguments } from './field-request.ts';
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
export async function cdrs({ arguments: args }: FieldRequest, services: GraphqlServices): Promise<View[]> {
  const { filter } = readArguments(cdrList, args);
  const page = await services.cdrs.listCdrs(queryOf(filter), firstPage);
  return page.items.map(cdrView);
}

/** `Query.cdrsPage`. */
export async function cdrsPage({ arguments: args }: FieldRequest, services: GraphqlServices): Promise<View> {
  const read = readArguments(cdrList, args);
  return pageView(await services.cdrs.listCdrs(queryOf(read.filter), pageRequest(read)), cdrView);
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

function queryOf(filter: z.infer<typeof cdrFilter>): CdrQuery {
  return {
    ...(filter?.stationId == null ? {} : { stationId: filter.stationId }),
    ...(filter?.createdAfter == null ? {} : { createdFrom: filter.createdAfter }),
    ...(filter?.createdBefore == null ? {} : { createdBefore: filter.createdBefore }),
  };
}
