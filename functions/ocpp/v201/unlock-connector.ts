import { defineOutboundAction } from './define-action.ts';

/** UnlockConnector (2.0.1 F05), to the station: let go of the cable. Refused while an authorized transaction runs. */
export const unlockConnector = defineOutboundAction({
  name: 'UnlockConnector',
  kinds: ['UNLOCK'],
  toRequest({ connector }) {
    return { evseId: connector.evseId, connectorId: connector.connectorId };
  },
});
