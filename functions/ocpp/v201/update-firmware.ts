import { addressOf, learnJobAnswer, ownRetries, timeText } from '../job-statuses.ts';
import { defineOutboundAction } from './define-action.ts';

/** UpdateFirmware (2.0.1 L01 signed, L02 unsigned), to the station: fetch this image from then on, and install it. */
export const updateFirmware = defineOutboundAction({
  name: 'UpdateFirmware',
  kinds: ['UPDATE_FIRMWARE', 'UPDATE_SIGNED_FIRMWARE'],
  toRequest: (request) => ({
    requestId: request.requestId,
    firmware: {
      location: addressOf(request),
      retrieveDateTime: timeText(request.retrieveAt),
      ...(request.installAt === undefined ? {} : { installDateTime: timeText(request.installAt) }),
      ...(request.kind === 'UPDATE_SIGNED_FIRMWARE'
        ? { signingCertificate: request.signingCertificate, signature: request.signature }
        : {}),
    },
    ...ownRetries(request),
  }),
  learn: ({ answer: { status } }, call) => learnJobAnswer(call, { status }),
});
