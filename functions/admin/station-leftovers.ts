import type { SessionEntry } from '#core/sessions/session.ts';
import type { ConnectorReadings, SessionOrphan } from '#core/sessions/session-store.ts';
import { traceOfTransaction } from '#core/sessions/trace-of-transaction.ts';
import type { UnfitMessage } from '#core/sessions/unfit-message.ts';
import { pageAnswer, pageOf, parameter, type Route, readers, rfc3339, stationOf } from './route.ts';

/** What a station said about transactions that no session could take. */
export const stationLeftoverRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/stations/{stationId}/unfit-messages',
    summary: 'Messages about transactions that could not be read, or not whole, newest first.',
    roles: readers,
    async handle(request, services) {
      const { stationId } = await stationOf(request, services);
      const page = await services.unfitMessages.listMessages(stationId, pageOf(request));
      return pageAnswer(page, unfitMessageView);
    },
  },
  {
    method: 'GET',
    path: '/stations/{stationId}/orphans',
    summary: 'Ends of transactions that nobody knows, with the readings they brought, newest first.',
    roles: readers,
    async handle(request, services) {
      const { stationId } = await stationOf(request, services);
      return pageAnswer(await services.sessions.listOrphans(stationId, pageOf(request)), orphanView);
    },
  },
  {
    method: 'GET',
    path: '/stations/{stationId}/readings',
    summary: 'Readings outside any transaction, by connector, newest first; kept for a month.',
    roles: readers,
    async handle(request, services) {
      const { stationId } = await stationOf(request, services);
      const page = await services.sessions.listConnectorReadings(stationId, pageOf(request));
      return pageAnswer(page, readingsView);
    },
  },
  {
    method: 'GET',
    path: '/stations/{stationId}/transactions/{transactionRef}',
    summary: 'Everything the station said of a transaction by its id there, with or without a session.',
    roles: readers,
    async handle(request, services) {
      const { stationId } = await stationOf(request, services);
      const transactionRef = parameter(request, 'transactionRef');
      const { sessionId, entries } = await traceOfTransaction(services, { stationId, transactionRef });
      return {
        body: { stationId, transactionRef, sessionId: sessionId ?? null, entries: entries.map(entryView) },
      };
    },
  },
];

function unfitMessageView({ receivedAt, ...message }: UnfitMessage) {
  return { ...message, receivedAt: rfc3339(receivedAt) };
}

function orphanView({ at, receivedAt, entries, ...orphan }: SessionOrphan) {
  return {
    ...orphan,
    at: rfc3339(at),
    receivedAt: rfc3339(receivedAt),
    entries: entries.map(entryView),
  };
}

function readingsView({ receivedAt, samples, ...place }: ConnectorReadings) {
  return { ...place, receivedAt: rfc3339(receivedAt), samples: samples.map(timed) };
}

function entryView({ key: _, stationId: __, at, receivedAt, samples, ...entry }: SessionEntry) {
  return { ...entry, at: rfc3339(at), receivedAt: rfc3339(receivedAt), samples: samples.map(timed) };
}

function timed<Item extends { readonly at: number }>({ at, ...item }: Item) {
  return { at: rfc3339(at), ...item };
}
