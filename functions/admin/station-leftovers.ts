import type { UnfitMessage } from '#core/sessions/unfit-message.ts';
import { pageAnswer, pageOf, type Route, readers, rfc3339, stationOf } from './route.ts';

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
];

function unfitMessageView({ receivedAt, ...message }: UnfitMessage) {
  return { ...message, receivedAt: rfc3339(receivedAt) };
}
