import { learnInstalled } from '#core/certificates/learn-trust.ts';
import { trustUses, wireUse } from './certificate-uses.ts';
import { defineOutboundAction } from './define-action.ts';

/**
 * GetInstalledCertificateIds (1.6 security whitepaper M03), to the station: which certificates of one use do you have?
 *
 * `NotFound` is an answer like any other: none.
 */
export const getInstalledCertificateIds = defineOutboundAction({
  name: 'GetInstalledCertificateIds',
  kinds: ['LIST_CERTIFICATES'],
  toRequest: ({ uses: [use = 'CSMS_ROOT'] }) => ({ certificateType: wireUse(use) }),
  toOutcome: (answer) => ({ state: 'ACCEPTED', answer: { ...answer } }),
  async learn({ request, answer }, { services, stationId, answeredAt: at }) {
    const use = trustUses[request.certificateType];
    const certificates = (answer.certificateHashData ?? []).map((hash) => ({ use, hash }));
    await learnInstalled(services, { stationId, uses: [use], certificates, at });
  },
});
