import { defineOutboundAction } from './define-action.ts';

/** UnpublishFirmware (2.0.1 L04), to a local controller: offer the image with this checksum no more. */
export const unpublishFirmware = defineOutboundAction({
  name: 'UnpublishFirmware',
  // An image that is not there is not offered either; one that stations are fetching stays until they are done.
  toOutcome: (answer) => ({
    state: answer.status === 'DownloadOngoing' ? 'REJECTED' : 'ACCEPTED',
    answer: { ...answer },
  }),
});
