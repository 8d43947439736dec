import { requestCertificate } from '#core/certificates/request-certificate.ts';
import { defineInboundAction } from './define-action.ts';

/** StatusInfoType's additionalInfo. */
const longestInfo = 512;

/**
 * SignCertificate (2.0.1 A02, A03), from the station: have this request signed.
 *
 * Answered at once; the certificate follows as a call of ours, out of the queue that what is accepted here fills.
 */
export const signCertificate = defineInboundAction({
  name: 'SignCertificate',
  async handle({ csr, certificateType }, { services, stationId }) {
    const result = await requestCertificate(services, {
      ...{ stationId, csr, organization: services.tenantSlug },
      purpose: certificateType === 'V2GCertificate' ? 'V2G' : 'STATION',
    });
    if (result === 'accepted') return { status: 'Accepted' };
    const additionalInfo = `the request ${result.refused}`.slice(0, longestInfo);
    return { status: 'Rejected', statusInfo: { reasonCode: 'InvalidCSR', additionalInfo } };
  },
});
