import { learnInstall } from '../security/learn-certificates.ts';
import { trustUses, wireUse } from './certificate-uses.ts';
import { defineOutboundAction } from './define-action.ts';

/** InstallCertificate (2.0.1 M05), to the station: trust this root certificate. */
export const installCertificate = defineOutboundAction({
  name: 'InstallCertificate',
  kinds: ['INSTALL_CERTIFICATE'],
  toRequest({ use, pem }) {
    return { certificateType: wireUse(use), certificate: pem };
  },
  learn: ({ request, answer }, call) =>
    learnInstall(
      { status: answer.status, use: trustUses[request.certificateType], pem: request.certificate },
      call,
    ),
});
