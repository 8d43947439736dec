import { addressOf, learnJobAnswer, ownRetries, timeText } from '../job-statuses.ts';
import { defineOutboundAction } from './define-action.ts';

/**
 * UpdateFirmware (1.6 §5.19), to the station: fetch this image from then on, and install it.
 *
 * Its answer says nothing, and its statuses carry no request id.
 */
export const updateFirmware = defineOutboundAction({
  name: 'UpdateFirmware',
  kinds: ['UPDATE_FIRMWARE'],
  toRequest: (request) => ({
    location: addressOf(request),
    retrieveDate: timeText(request.retrieveAt),
    ...ownRetries(request),
  }),
  // It would be installed at once.
  unsaid: ({ installAt }) => (installAt === undefined ? undefined : 'installDate'),
  learn: (_, call) => learnJobAnswer(call, { status: 'Accepted' }),
});
