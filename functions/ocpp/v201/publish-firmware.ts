import { addressOf, learnJobAnswer, ownRetries } from '../job-statuses.ts';
import { defineOutboundAction } from './define-action.ts';

/** PublishFirmware (2.0.1 L03), to a local controller: fetch this image and offer it to the stations behind you. */
export const publishFirmware = defineOutboundAction({
  name: 'PublishFirmware',
  kinds: ['PUBLISH_FIRMWARE'],
  toRequest: (request) => ({
    requestId: request.requestId,
    location: addressOf(request),
    checksum: request.checksum,
    ...ownRetries(request),
  }),
  learn: ({ answer: { status } }, call) => learnJobAnswer(call, { status }),
});
