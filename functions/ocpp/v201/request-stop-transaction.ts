import { defineOutboundAction } from './define-action.ts';

/** RequestStopTransaction (2.0.1 F03), to the station: end this transaction. Its end announces itself. */
export const requestStopTransaction = defineOutboundAction({
  name: 'RequestStopTransaction',
  kinds: ['STOP_SESSION'],
  toRequest({ transactionRef }) {
    return { transactionId: transactionRef };
  },
});
