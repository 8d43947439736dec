import { DomainError } from '#core/errors.ts';
import type { StationLogEntry, StationLogQuery } from '#core/station-log/station-log.ts';
import {
  type AdminRequest,
  moment,
  pageAnswer,
  pageOf,
  parameter,
  type Route,
  readers,
  rfc3339,
} from './route.ts';

/** The most entries of one export: an answer of the API holds 6 MB. */
const mostExported = 5_000;
const mostExportedBytes = 4_000_000;

export const stationLogRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/stations/{stationId}/log',
    summary: 'What was said on the connection of a station, newest first (order=oldest: from its beginning).',
    roles: readers,
    async handle(request, { stationLog }) {
      const page = await stationLog.read(parameter(request, 'stationId'), queryOf(request), pageOf(request));
      return pageAnswer(page, entryView);
    },
  },
  {
    method: 'GET',
    path: '/stations/{stationId}/log/export',
    summary: 'The same as a file, a JSON object per line from the oldest on; its end says where to go on.',
    roles: readers,
    async handle(request, { stationLog }) {
      const query = { ...queryOf(request), newestFirst: false };
      const stationId = parameter(request, 'stationId');
      const lines: string[] = [];
      let bytes = 0;
      let cursor = request.query.cursor;
      do {
        const page = await stationLog.read(stationId, query, {
          limit: 200,
          ...(cursor === undefined ? {} : { cursor }),
        });
        for (const entry of page.items) lines.push(JSON.stringify(entryView(entry)));
        bytes += lines.slice(-page.items.length).reduce((sum, line) => sum + line.length, 0);
        cursor = page.cursor;
      } while (cursor !== undefined && lines.length < mostExported && bytes < mostExportedBytes);
      if (cursor !== undefined) lines.push(JSON.stringify({ cursor }));
      return { body: lines.map((line) => `${line}\n`).join(''), contentType: 'application/x-ndjson' };
    },
  },
];

function queryOf({ query }: AdminRequest): StationLogQuery {
  return {
    from: query.from === undefined ? 0 : momentOf(query.from, 'from'),
    before: query.before === undefined ? Number.MAX_SAFE_INTEGER : momentOf(query.before, 'before'),
    newestFirst: query.order !== 'oldest',
  };
}

function momentOf(text: string, name: string): number {
  const result = moment.safeParse(text);
  if (!result.success)
    throw new DomainError('Validation', `${name} is a moment such as 2030-01-31T12:00:00Z`, name);
  return result.data;
}

function entryView({ at, ...entry }: StationLogEntry) {
  return { at: rfc3339(at), ...entry };
}
