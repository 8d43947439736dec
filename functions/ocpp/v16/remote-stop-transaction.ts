import { defineOutboundAction } from './define-action.ts';

/** RemoteStopTransaction (1.6 §5.12), to the station: end this transaction. Its end announces itself. */
export const remoteStopTransaction = defineOutboundAction({
  name: 'RemoteStopTransaction',
  kinds: ['STOP_SESSION'],
  toRequest({ transactionRef }) {
    return { transactionId: Number(transactionRef) };
  },
});
