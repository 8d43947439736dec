import { DomainError } from '#core/errors.ts';
import { assembleSession } from '#core/sessions/assemble-session.ts';
import { askAboutSession } from '#core/sessions/check-session.ts';
import { endByHand } from '#core/sessions/end-untold.ts';
import { administrators, operators, parameter, type Route, readers, rfc3339OrNull } from './route.ts';
import type { AdminServices } from './services.ts';

export const sessionCheckRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/sessions/{sessionId}/completeness',
    summary: 'Whether everything a station said of a session has arrived, and what is missing.',
    roles: readers,
    async handle(request, services) {
      const session = await sessionOf(services, parameter(request, 'sessionId'));
      const { sessionId, stationId, state, missingEvents, endedByCheck = false } = session;
      const record = assembleSession(session, await services.sessions.listEntries(sessionId));
      const { complete, missingSeqNos } = record;
      const body = { sessionId, stationId, state, complete, missingSeqNos, endedByCheck };
      return { body: { ...body, missingEvents: missingEvents ?? null } };
    },
  },
  {
    method: 'POST',
    path: '/sessions/{sessionId}/check',
    summary: 'Asks the station whether a session still runs and what of it is still to be sent: 202.',
    roles: operators,
    async handle(request, services) {
      const session = await sessionOf(services, parameter(request, 'sessionId'));
      const { commandId } = await askAboutSession(services, session);
      return { status: 202, body: { commandId, stationId: session.stationId } };
    },
  },
  {
    method: 'POST',
    path: '/sessions/{sessionId}/end',
    summary:
      'Ends a session here, at the last that is known of it and for review; its station is asked nothing.',
    roles: administrators,
    async handle(request, services) {
      const ended = await endByHand(services, { sessionId: parameter(request, 'sessionId') });
      const { sessionId, stationId, state, endedAt, endedByCheck = false } = ended;
      return { body: { sessionId, stationId, state, endedAt: rfc3339OrNull(endedAt), endedByCheck } };
    },
  },
];

async function sessionOf({ sessions }: AdminServices, sessionId: string) {
  const session = await sessions.findSession(sessionId);
  if (!session) throw new DomainError('NotFound', `session ${sessionId} is not known`, 'sessionId');
  return session;
}
