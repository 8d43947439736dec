import { authorizeToken } from '#core/tokens/authorize-token.ts';
import { defineInboundAction } from './define-action.ts';
import { idTagInfo, tokenOf } from './id-tag.ts';

/**
 * Authorize (1.6 §4.1), from the station: may this tag charge?
 *
 * Answers what the tenant keeps of the tag, with its group and expiry for the station's cache. Whether the tag
 * charges elsewhere already is not asked here: that status belongs to starts.
 */
export const authorize = defineInboundAction({
  name: 'Authorize',
  async handle({ idTag }, { services, stationId }) {
    const authorization = await authorizeToken(services, { ...tokenOf(idTag), stationId });
    return { idTagInfo: idTagInfo(authorization) };
  },
});
