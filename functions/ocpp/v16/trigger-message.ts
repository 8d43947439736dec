import { defineOutboundAction } from './define-action.ts';

/** TriggerMessage (1.6 §5.17), to the station: send one of your own messages now. The message itself follows. */
export const triggerMessage = defineOutboundAction({
  name: 'TriggerMessage',
  kinds: ['ASK_FOR_BOOT'],
  toRequest: () => ({ requestedMessage: 'BootNotification' }),
});
