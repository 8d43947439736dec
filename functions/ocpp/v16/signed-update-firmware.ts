import { addressOf, learnJobAnswer, ownRetries, timeText } from '../job-statuses.ts';
import { defineOutboundAction } from './define-action.ts';

/** SignedUpdateFirmware (1.6 security whitepaper L01), to the station: fetch this image, check who signed it, install it. */
export const signedUpdateFirmware = defineOutboundAction({
  name: 'SignedUpdateFirmware',
  kinds: ['UPDATE_SIGNED_FIRMWARE'],
  toRequest: (request) => ({
    requestId: request.requestId,
    firmware: {
      location: addressOf(request),
      retrieveDateTime: timeText(request.retrieveAt),
      ...(request.installAt === undefined ? {} : { installDateTime: timeText(request.installAt) }),
      signingCertificate: request.signingCertificate,
      signature: request.signature,
    },
    ...ownRetries(request),
  }),
  learn: ({ answer }, call) => learnJobAnswer(call, answer),
});
