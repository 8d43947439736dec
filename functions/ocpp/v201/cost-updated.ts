import { defineOutboundAction } from './define-action.ts';

/** CostUpdated (2.0.1 I02), to the station: show the driver what the transaction costs so far. */
export const costUpdated = defineOutboundAction({
  name: 'CostUpdated',
  kinds: ['TELL_COST'],
  toRequest({ transactionRef, amount }) {
    return { transactionId: transactionRef, totalCost: amount };
  },
});
