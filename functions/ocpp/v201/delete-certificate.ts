import { learnDelete } from '../security/learn-certificates.ts';
import { defineOutboundAction } from './define-action.ts';

/** DeleteCertificate (2.0.1 M04), to the station: forget this certificate. */
export const deleteCertificate = defineOutboundAction({
  name: 'DeleteCertificate',
  kinds: ['DELETE_CERTIFICATE'],
  toRequest: ({ certificate }) => ({ certificateHashData: certificate }),
  learn: ({ request, answer }, call) =>
    learnDelete({ status: answer.status, hash: request.certificateHashData }, call),
});
