import { noteListVersion } from '#core/local-lists/station-list.ts';
import { defineOutboundAction } from './define-action.ts';

/**
 * GetLocalListVersion (1.6 §5.10), to the station: which version of its local list does it have?
 *
 * 0 is an empty list, -1 a station without one.
 */
export const getLocalListVersion = defineOutboundAction({
  name: 'GetLocalListVersion',
  kinds: ['GET_LOCAL_LIST_VERSION'],
  toRequest: () => ({}),
  async learn({ answer: { listVersion } }, { services, stationId }) {
    await noteListVersion(services, stationId, listVersion < 0 ? undefined : listVersion);
  },
});
