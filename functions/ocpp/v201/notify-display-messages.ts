import { recordReportPart } from '#core/display/know-messages.ts';
import { defineInboundAction } from './define-action.ts';
import { messageOf } from './display-message-info.ts';

/** NotifyDisplayMessages (2.0.1 O03, O04), from the station: some of the messages it has; `tbc` says that more follow. */
export const notifyDisplayMessages = defineInboundAction({
  name: 'NotifyDisplayMessages',
  async handle({ requestId, messageInfo = [], tbc = false }, { stationId, receivedAt: at, services, note }) {
    const messages = messageInfo.map((info) => messageOf(info, { stationId, at, note }));
    await recordReportPart(services, { stationId, requestId, messages, last: !tbc, at });
    return {};
  },
});
