import { defineOutboundAction } from './define-action.ts';

/** ClearDisplayMessage (2.0.1 O05), to the station: show this message no more. `Unknown` says that it does not have it. */
export const clearDisplayMessage = defineOutboundAction({
  name: 'ClearDisplayMessage',
  async learn({ request: { id } }, { stationId, answeredAt, services }) {
    await services.displays.removeMessage(stationId, id, answeredAt);
  },
});
