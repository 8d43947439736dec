import { learnDelivery } from '../security/learn-certificates.ts';
import { defineOutboundAction } from './define-action.ts';

/** CertificateSigned (2.0.1 A02), to the station: the certificate it asked for, with its chain. */
export const certificateSigned = defineOutboundAction({
  name: 'CertificateSigned',
  kinds: ['DELIVER_CERTIFICATE'],
  toRequest({ chain, purpose }) {
    return {
      certificateChain: chain,
      certificateType: purpose === 'V2G' ? 'V2GCertificate' : 'ChargingStationCertificate',
    };
  },
  learn: ({ answer }, call) => learnDelivery(answer.status, call),
});
