import { authorizeToken } from '#core/tokens/authorize-token.ts';
import { withCertificateStatus } from './contract-certificates.ts';
import { defineInboundAction } from './define-action.ts';
import { idTokenInfo, tokenOf } from './id-token.ts';

/**
 * Authorize (2.0.1 C01, C04, C05), from the station: may this token charge?
 *
 * Answers what the tenant keeps of the token, and what is to be said of a contract certificate that comes along (C07).
 */
export const authorize = defineInboundAction({
  name: 'Authorize',
  async handle(request, { services, stationId }) {
    const token = tokenOf(request.idToken);
    const info = idTokenInfo(token && (await authorizeToken(services, { ...token, stationId })));
    return withCertificateStatus(request, info, services);
  },
});
