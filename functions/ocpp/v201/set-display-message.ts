import { defineOutboundAction } from './define-action.ts';
import { messageOf } from './display-message-info.ts';

/**
 * SetDisplayMessage (2.0.1 O01, O02, O06), to the station: show this message. One with an id that the station knows
 * takes its place.
 */
export const setDisplayMessage = defineOutboundAction({
  name: 'SetDisplayMessage',
  async learn({ request: { message }, answer: { status } }, { stationId, answeredAt, services }) {
    if (status !== 'Accepted') return;
    await services.displays.saveMessage(messageOf(message, { stationId, at: answeredAt }));
  },
});
