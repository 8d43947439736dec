import * as z from 'zod';
import type { Page, PageRequest } from '#core/ports.ts';
import type { Session } from '#core/sessions/session.ts';
import type { SessionQuery } from '#core/sessions/session-store.ts';
import { dateTime } from './field-request.ts';
import { filteredPage } from './filtered-page.ts';
import type { GraphqlServices } from './services.ts';
import { authMethod, energyKwh, sessionStatus } from './session-view.ts';

const texts = z.array(z.string()).max(50).nullish();

/** GraphQL's `SessionFilter`. Values of one field are alternatives (none: any will do), fields add up. */
export const sessionFilter = z
  .strictObject({
    status: texts,
    stationIds: texts,
    userIds: texts,
    startAfter: dateTime.nullish(),
    startBefore: dateTime.nullish(),
    endAfter: dateTime.nullish(),
    endBefore: dateTime.nullish(),
    minEnergy: z.number().nullish(),
    maxEnergy: z.number().nullish(),
    authMethods: texts,
  })
  .nullish();

type SessionFilter = z.infer<typeof sessionFilter>;

/**
 * A page of the sessions that fit, newest first: of a few stations or users by their own indexes, of everybody by
 * start time. Those that run, unless of a few users, by the index of open ones: of stations oldest first, of everybody
 * in no order. What the index does not answer is filtered on the way. For an owner, of that user alone, whatever the
 * filter says.
 */
export function listSessions(
  { sessions }: GraphqlServices,
  filter: SessionFilter,
  page: PageRequest,
  owner?: string,
): Promise<Page<Session>> {
  const fits = predicateOf(filter);
  if (owner !== undefined) return listOwn(sessions, { owner, filter }, page);
  if (isOfRunning(filter)) {
    const stationIds = filter?.stationIds ?? [];
    if (stationIds.length > 0 || fewOf(filter?.userIds) === undefined) {
      return filteredPage((one) => sessions.listOpenSessions({ stationIds }, one), fits, page);
    }
  }
  const query = queryOf(filter);
  return filteredPage((one) => sessions.listSessions(query, one), fits, page);
}

function listOwn(
  sessions: GraphqlServices['sessions'],
  { owner, filter }: { owner: string; filter: SessionFilter },
  page: PageRequest,
): Promise<Page<Session>> {
  const { stationIds: _, userIds: __, ...query } = queryOf(filter);
  const fits = predicateOf(filter);
  return filteredPage(
    (one) => sessions.listSessions({ ...query, userId: owner }, one),
    (session) => session.token?.userId === owner && fits(session),
    page,
  );
}

const running = new Set(['ACTIVE', 'PENDING']);

function isOfRunning(filter: SessionFilter): boolean {
  const statuses = filter?.status ?? [];
  return statuses.length > 0 && statuses.every((status) => running.has(status));
}

/** More stations or users than this are looked for among all sessions. */
const mostByIndex = 20;

function queryOf(filter: SessionFilter): SessionQuery {
  const stationIds = fewOf(filter?.stationIds);
  const userIds = stationIds === undefined ? fewOf(filter?.userIds) : undefined;
  const befores = [filter?.startBefore, filter?.endBefore].filter((at) => at != null);
  return {
    ...(stationIds === undefined ? {} : { stationIds }),
    ...(userIds === undefined ? {} : { userIds }),
    ...(filter?.startAfter == null ? {} : { startedFrom: filter.startAfter }),
    // What ended before a moment had begun by then.
    ...(befores.length === 0 ? {} : { startedBefore: Math.min(...befores) }),
  };
}

function fewOf(values: readonly string[] | null | undefined): readonly string[] | undefined {
  return values && values.length > 0 && values.length <= mostByIndex ? values : undefined;
}

function predicateOf(filter: SessionFilter): (session: Session) => boolean {
  const { status, stationIds, userIds, authMethods } = filter ?? {};
  return (session) =>
    isOneOf(status, sessionStatus(session)) &&
    isOneOf(stationIds, session.stationId) &&
    isOneOf(userIds, session.token?.userId) &&
    isOneOf(authMethods, authMethod(session)) &&
    isWithin(session.startedAt, filter?.startAfter, filter?.startBefore) &&
    isWithin(session.endedAt, filter?.endAfter, filter?.endBefore) &&
    isAtMost(energyKwh(session), filter?.maxEnergy) &&
    isAtLeast(energyKwh(session), filter?.minEnergy);
}

function isOneOf(values: readonly string[] | null | undefined, value: string | undefined): boolean {
  return values == null || values.length === 0 || (value !== undefined && values.includes(value));
}

/** At or after the first, before the second: so that periods next to each other share nothing. */
function isWithin(
  at: number | undefined,
  from: number | null | undefined,
  before: number | null | undefined,
): boolean {
  if (from == null && before == null) return true;
  return at !== undefined && at >= (from ?? at) && (before == null || at < before);
}

function isAtLeast(value: number | undefined, least: number | null | undefined): boolean {
  return least == null || (value !== undefined && value >= least);
}

function isAtMost(value: number | undefined, most: number | null | undefined): boolean {
  return most == null || (value !== undefined && value <= most);
}
