import { trustUses as allUses } from '#core/certificates/certificate.ts';
import { learnInstalled } from '#core/certificates/learn-trust.ts';
import { listedUses, trustUses } from './certificate-uses.ts';
import { defineOutboundAction } from './define-action.ts';

/**
 * GetInstalledCertificateIds (2.0.1 M03), to the station: which certificates of these uses, or of any, do you have?
 *
 * `NotFound` is an answer like any other: none.
 */
export const getInstalledCertificateIds = defineOutboundAction({
  name: 'GetInstalledCertificateIds',
  kinds: ['LIST_CERTIFICATES'],
  toRequest: ({ uses }) => ({ certificateType: uses.map((use) => listedUses[use]) }),
  toOutcome: (answer) => ({ state: 'ACCEPTED', answer: { ...answer } }),
  async learn({ request, answer }, { services, stationId, answeredAt: at }) {
    const uses = request.certificateType?.map((use) => trustUses[use]) ?? allUses;
    const certificates = (answer.certificateHashDataChain ?? []).map((chain) => ({
      use: trustUses[chain.certificateType],
      hash: chain.certificateHashData,
      ...(chain.childCertificateHashData === undefined ? {} : { children: chain.childCertificateHashData }),
    }));
    await learnInstalled(services, { stationId, uses, certificates, at });
  },
});
