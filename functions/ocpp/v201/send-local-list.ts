import { noteForeignList } from '#core/local-lists/station-list.ts';
import { splitList } from '../split-list.ts';
import { defineOutboundAction } from './define-action.ts';
import { idTokenInfo, idTokenOf } from './id-token.ts';
import type { AuthorizationData, SendLocalListRequest } from './schema/messages.ts';

/**
 * SendLocalList (2.0.1 D01), to the station: which tokens it knows by itself, anew (Full) or what changes of it.
 *
 * A list that is too long for one message begins anew with the first part and goes on with changes, each of a higher
 * version. Personal messages stay out: they would fill the station.
 */
export const sendLocalList = defineOutboundAction({
  name: 'SendLocalList',
  kinds: ['SEND_LOCAL_LIST'],
  toRequest({ update, version, entries, removed }) {
    return {
      versionNumber: version,
      updateType: update === 'FULL' ? 'Full' : 'Differential',
      ...listMember([
        ...removed.map((token) => ({ idToken: idTokenOf(token) })),
        ...entries.map((entry) => ({ idToken: idTokenOf(entry), idTokenInfo: idTokenInfo(entry) })),
      ]),
    };
  },
  split(request, { localListEntriesPerMessage, localListMessageBytes }) {
    const { localAuthorizationList: list = [] } = request;
    const pieces = splitList(list, localListEntriesPerMessage, localListMessageBytes);
    return pieces.map(
      (piece, index): SendLocalListRequest => ({
        versionNumber: request.versionNumber + index,
        updateType: index === 0 ? request.updateType : 'Differential',
        ...listMember(piece),
      }),
    );
  },
  async learn({ request }, { services, stationId, command }) {
    if (command.request.kind !== 'CALL') return;
    await noteForeignList(services, stationId, request.versionNumber);
  },
});

/** A list without entries is one that is not there (D01.FR.04). */
function listMember(list: readonly AuthorizationData[]) {
  const [first, ...rest] = list;
  return first === undefined ? {} : { localAuthorizationList: [first, ...rest] };
}
