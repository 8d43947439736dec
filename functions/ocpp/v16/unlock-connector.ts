import { connectorNumber } from './connector-ref.ts';
import { defineOutboundAction } from './define-action.ts';

/** UnlockConnector (1.6 §5.18), to the station: let go of the cable. A transaction there ends first. */
export const unlockConnector = defineOutboundAction({
  name: 'UnlockConnector',
  kinds: ['UNLOCK'],
  toRequest({ connector }) {
    return { connectorId: connectorNumber(connector) };
  },
});
