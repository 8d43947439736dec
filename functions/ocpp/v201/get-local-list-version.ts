import { noteListVersion } from '#core/local-lists/station-list.ts';
import { defineOutboundAction } from './define-action.ts';

/**
 * GetLocalListVersion (2.0.1 D02), to the station: which version of its local list does it have?
 *
 * 0 is a station without any entry.
 */
export const getLocalListVersion = defineOutboundAction({
  name: 'GetLocalListVersion',
  kinds: ['GET_LOCAL_LIST_VERSION'],
  toRequest: () => ({}),
  async learn({ answer: { versionNumber } }, { services, stationId }) {
    await noteListVersion(services, stationId, versionNumber < 0 ? undefined : versionNumber);
  },
});
