import { tariffNotice } from '#core/tariffs/tariff-notice.ts';
import { type Authorization, authorizeToken } from '#core/tokens/authorize-token.ts';
import { noteForm } from '#core/tokens/note-form.ts';
import { logger } from '#platform/logger.ts';
import type { OcppServices } from '../services.ts';
import { withCertificateStatus } from './contract-certificates.ts';
import { defineInboundAction } from './define-action.ts';
import { idTokenInfo, tokenOf } from './id-token.ts';

/**
 * Authorize (2.0.1 C01, C04, C05), from the station: may this token charge?
 *
 * Answers what the tenant keeps of the token, and what is to be said of a contract certificate that comes along (C07).
 * Where the tenant has stations show costs, a driver who has no message of his own is told the price (I01).
 */
export const authorize = defineInboundAction({
  name: 'Authorize',
  async handle(request, { services, stationId }) {
    const token = tokenOf(request.idToken);
    const authorization = token && (await authorizeToken(services, { ...token, stationId }));
    if (token && authorization) await noteForm(services, token, authorization);
    const info = idTokenInfo(authorization && (await withPrice(authorization, services, stationId)));
    return withCertificateStatus(request, info, services);
  },
});

/** A verdict is worth more than a price: it is answered without one when the price cannot be told. */
async function withPrice(
  authorization: Authorization,
  services: OcppServices,
  stationId: string,
): Promise<Authorization> {
  const { policy, findTenant } = services;
  if (policy.showRunningCost !== true) return authorization;
  if (authorization.status !== 'ACCEPTED' || authorization.message !== undefined) return authorization;
  try {
    const tenant = await findTenant();
    const message =
      tenant && (await tariffNotice({ ...services, tenant }, { stationId, token: authorization }));
    return message === undefined ? authorization : { ...authorization, message };
  } catch (error) {
    logger.warn('the price at a station could not be told', { stationId, error });
    return authorization;
  }
}
