import { defineInboundAction } from './define-action.ts';

/** NotifyCustomerInformation (2.0.1 N09), from the station: a part of what it knows of a customer. */
export const notifyCustomerInformation = defineInboundAction({
  name: 'NotifyCustomerInformation',
  async handle({ requestId, seqNo, data, tbc = false }, { stationId, receivedAt, services }) {
    await services.customers.addPart(stationId, requestId, { seqNo, data, more: tbc, receivedAt });
    return {};
  },
});
