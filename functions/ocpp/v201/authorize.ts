import { authorizeToken } from '#core/tokens/authorize-token.ts';
import { defineInboundAction } from './define-action.ts';
import { idTokenInfo, tokenOf } from './id-token.ts';

/**
 * Authorize (2.0.1 C01, C04, C05), from the station: may this token charge?
 *
 * Answers what the tenant keeps of the token. Contract certificates (C07) are not judged: a certificate that
 * comes along is left out of the answer, which tells the station that nobody vouches for it.
 */
export const authorize = defineInboundAction({
  name: 'Authorize',
  async handle({ idToken }, { services }) {
    const token = tokenOf(idToken);
    return { idTokenInfo: idTokenInfo(token && (await authorizeToken(services, token))) };
  },
});
