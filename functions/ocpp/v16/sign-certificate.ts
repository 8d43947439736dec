import { requestCertificate } from '#core/certificates/request-certificate.ts';
import { defineInboundAction } from './define-action.ts';

/**
 * SignCertificate (1.6 security whitepaper A02, A03), from the station: have this request signed.
 *
 * Answered at once; the certificate follows as a call of ours, out of the queue that what is accepted here fills.
 */
export const signCertificate = defineInboundAction({
  name: 'SignCertificate',
  async handle({ csr }, { services, stationId }) {
    const organization = services.tenantSlug;
    const result = await requestCertificate(services, { stationId, organization, purpose: 'STATION', csr });
    return { status: result === 'accepted' ? 'Accepted' : 'Rejected' };
  },
});
