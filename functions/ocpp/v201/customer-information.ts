import { defineOutboundAction } from './define-action.ts';

/**
 * CustomerInformation (2.0.1 N09, N10), to the station: tell what you know of a customer, or forget it, or both. What
 * it tells follows in NotifyCustomerInformation.
 */
export const customerInformation = defineOutboundAction({
  name: 'CustomerInformation',
  async learn({ request, answer: { status } }, { stationId, command, services }) {
    if (status !== 'Accepted') return;
    const { requestId, report, clear } = request;
    const { commandId, requestedBy, sentAt, createdAt } = command;
    await services.customers.saveRequest({
      stationId,
      requestId,
      commandId,
      ...(requestedBy === undefined ? {} : { requestedBy }),
      report,
      clear,
      askedAt: sentAt ?? createdAt,
    });
  },
});
