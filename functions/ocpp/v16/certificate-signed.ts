import { learnDelivery } from '../security/learn-certificates.ts';
import { defineOutboundAction } from './define-action.ts';

/** CertificateSigned (1.6 security whitepaper A02), to the station: the certificate it asked for, with its chain. */
export const certificateSigned = defineOutboundAction({
  name: 'CertificateSigned',
  kinds: ['DELIVER_CERTIFICATE'],
  toRequest({ chain }) {
    return { certificateChain: chain };
  },
  learn: ({ answer }, call) => learnDelivery(answer.status, call),
});
