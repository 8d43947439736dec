import { recordReportPart, recordReportRequest } from '#core/display/know-messages.ts';
import { defineOutboundAction } from './define-action.ts';

/**
 * GetDisplayMessages (2.0.1 O03, O04), to the station: tell which messages you have, all or those of some kind. They
 * follow in NotifyDisplayMessages. `Unknown` says that there are none.
 */
export const getDisplayMessages = defineOutboundAction({
  name: 'GetDisplayMessages',
  async learn({ request, answer: { status } }, { stationId, command, answeredAt, services }) {
    const { requestId, id, priority, state } = request;
    const whole = id === undefined && priority === undefined && state === undefined;
    const askedAt = command.sentAt ?? command.createdAt;
    await recordReportRequest(services, { stationId, requestId, askedAt, whole });
    if (status === 'Accepted') return;
    const nothing = { messages: [], last: true, at: answeredAt };
    await recordReportPart(services, { stationId, requestId, ...nothing });
  },
});
