import { readInformation } from '#core/customers/read-information.ts';
import type { DisplayMessage } from '#core/display/display-message.ts';
import { DomainError } from '#core/errors.ts';
import { operators, parameter, type Route, readers, rfc3339, rfc3339OrNull } from './route.ts';

export const displayRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/stations/{stationId}/display-messages',
    summary: 'The messages that the display of a station is known to have.',
    roles: readers,
    async handle(request, { displays }) {
      const messages = await displays.listMessages(parameter(request, 'stationId'));
      return { body: { items: messages.map(messageView) } };
    },
  },
  {
    method: 'GET',
    path: '/stations/{stationId}/customer-information/{requestId}',
    summary: 'What a station told of a customer, for whoever asked for it, for a week.',
    roles: operators,
    async handle(request, services) {
      const stationId = parameter(request, 'stationId');
      const text = parameter(request, 'requestId');
      if (!/^\d{1,10}$/.test(text)) throw new DomainError('Validation', 'is a number', 'requestId');
      const asked = { stationId, requestId: Number(text), reader: request.subject };
      const { askedAt, ...information } = await readInformation(services, asked);
      return { body: { ...information, askedAt: rfc3339(askedAt) } };
    },
  },
];

function messageView({ startsAt, endsAt, knownAt, ...message }: DisplayMessage) {
  return {
    ...message,
    startsAt: rfc3339OrNull(startsAt),
    endsAt: rfc3339OrNull(endsAt),
    knownAt: rfc3339(knownAt),
  };
}
