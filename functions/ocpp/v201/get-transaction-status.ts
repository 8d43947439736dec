import { recordSessionCheck } from '#core/sessions/check-session.ts';
import { referencedSessionId } from '#core/sessions/session-id.ts';
import { defineOutboundAction } from './define-action.ts';

/**
 * GetTransactionStatus (2.0.1 E14), to the station: does this transaction still run, and does anything of it wait to be
 * sent? Asked without an id it is about the queue alone, which tells nothing of any session.
 */
export const getTransactionStatus = defineOutboundAction({
  name: 'GetTransactionStatus',
  kinds: ['CHECK_SESSION'],
  toRequest({ transactionRef }) {
    return { transactionId: transactionRef };
  },
  async learn({ request, answer }, { stationId, services }) {
    const { transactionId } = request;
    if (transactionId === undefined) return;
    const { ongoingIndicator, messagesInQueue } = answer;
    await recordSessionCheck(services, {
      stationId,
      sessionId: referencedSessionId(services.digest, services.tenantId, stationId, transactionId),
      messagesQueued: messagesInQueue,
      ...(ongoingIndicator === undefined ? {} : { ongoing: ongoingIndicator }),
    });
  },
});
