import type { ListEntry } from '#core/local-lists/local-list.ts';
import { noteForeignList, noteListVersion } from '#core/local-lists/station-list.ts';
import { splitList } from '../split-list.ts';
import { defineOutboundAction } from './define-action.ts';
import { idTagInfo } from './id-tag.ts';
import type { SendLocalListRequest } from './schema/messages.ts';

/** CiString20Type: a longer one no station of this version can be shown. */
const longestIdTag = 20;

type AuthorizationData = NonNullable<SendLocalListRequest['localAuthorizationList']>[number];

/**
 * SendLocalList (1.6 §5.15), to the station: which tags it knows by itself, anew (Full) or what changes of it.
 *
 * A list that is too long for one message begins anew with the first part and goes on with changes, each of a higher
 * version. Which EVSEs a tag is for, and who goes first, has no place here.
 */
export const sendLocalList = defineOutboundAction({
  name: 'SendLocalList',
  kinds: ['SEND_LOCAL_LIST'],
  toRequest({ update, version, entries, removed }) {
    const localAuthorizationList = [
      ...removed.map(({ uid }) => ({ idTag: uid })),
      ...entries.map(toAuthorizationData),
    ].filter(({ idTag }) => idTag.length <= longestIdTag);
    return {
      listVersion: version,
      updateType: update === 'FULL' ? 'Full' : 'Differential',
      localAuthorizationList,
    };
  },
  split(request, { localListEntriesPerMessage }) {
    const pieces = splitList(request.localAuthorizationList ?? [], localListEntriesPerMessage);
    return pieces.map((localAuthorizationList, index) => ({
      listVersion: request.listVersion + index,
      updateType: index === 0 ? request.updateType : 'Differential',
      ...(request.localAuthorizationList === undefined ? {} : { localAuthorizationList }),
    }));
  },
  async learn({ request, answer }, { services, stationId, command }) {
    if (answer.status === 'NotSupported') await noteListVersion(services, stationId, undefined);
    else if (command.request.kind === 'CALL') await noteForeignList(services, stationId, request.listVersion);
  },
});

function toAuthorizationData(entry: ListEntry): AuthorizationData {
  return { idTag: entry.uid, idTagInfo: idTagInfo(entry) };
}
