import type { ListEntry, ListUpdate } from '#core/local-lists/local-list.ts';
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
 * version. Which EVSEs a tag is for has no place here: a tag for some alone stays out, so that its station asks. Nor has
 * who goes first.
 */
export const sendLocalList = defineOutboundAction({
  name: 'SendLocalList',
  kinds: ['SEND_LOCAL_LIST'],
  toRequest({ update, version, entries, removed }) {
    const localAuthorizationList = [
      ...removed.map(({ uid }) => ({ idTag: uid })),
      ...entries.flatMap((entry) => toAuthorizationData(entry, update)),
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

function toAuthorizationData(entry: ListEntry, update: ListUpdate['update']): AuthorizationData[] {
  const { uid: idTag, status, evseIds } = entry;
  const stays = status !== 'ACCEPTED' || evseIds === undefined;
  if (stays) return [{ idTag, idTagInfo: idTagInfo(entry) }];
  // It may have been there for all EVSEs before; without its info it leaves (1.6 §7.1).
  return update === 'FULL' ? [] : [{ idTag }];
}
