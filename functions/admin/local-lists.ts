import * as z from 'zod';
import { DomainError } from '#core/errors.ts';
import { chooseLocalList } from '#core/local-lists/choose-local-list.ts';
import { type ListChoice, mostEntries, type StationList } from '#core/local-lists/local-list.ts';
import { operators, parameter, type Route, readBody, readers, rfc3339, rfc3339OrNull } from './route.ts';

const choiceShape = z.union([
  z.strictObject({ all: z.literal(true) }),
  z.strictObject({ groupId: z.string().min(1).max(36) }),
  z.strictObject({ tokens: z.array(z.string().min(1).max(36)).max(mostEntries) }),
]);

export const localListRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/stations/{stationId}/local-list',
    summary: 'Which tokens a station is to know by itself, and what it has.',
    roles: readers,
    async handle(request, { localLists }) {
      const stationId = parameter(request, 'stationId');
      const [chosen, list] = await Promise.all([
        localLists.findChoice(stationId),
        localLists.findList(stationId),
      ]);
      if (!chosen) throw new DomainError('NotFound', `station ${stationId} has no local list`, 'stationId');
      const { choice, updatedAt } = chosen;
      return {
        body: { stationId, ...choiceView(choice), updatedAt: rfc3339(updatedAt), station: listView(list) },
      };
    },
  },
  {
    method: 'PUT',
    path: '/stations/{stationId}/local-list',
    summary:
      'Chooses the tokens: {"all": true}, those of a group {"groupId": …}, or {"tokens": […]}; none is a list too.',
    roles: operators,
    async handle(request, services) {
      const stationId = parameter(request, 'stationId');
      const choice = choiceOf(readBody(choiceShape, request.body));
      const chosen = await chooseLocalList(services, { stationId, choice });
      const list = await services.localLists.findList(stationId);
      const { updatedAt } = chosen;
      return {
        status: 202,
        body: {
          stationId,
          ...choiceView(chosen.choice),
          updatedAt: rfc3339(updatedAt),
          station: listView(list),
        },
      };
    },
  },
];

function choiceOf(body: z.infer<typeof choiceShape>): ListChoice {
  if ('all' in body) return { kind: 'ALL' };
  return 'groupId' in body ? { kind: 'GROUP', ...body } : { kind: 'TOKENS', uids: body.tokens };
}

function choiceView(choice: ListChoice) {
  if (choice.kind === 'ALL') return { all: true };
  return choice.kind === 'GROUP' ? { groupId: choice.groupId } : { tokens: choice.uids };
}

/** What the station has, as far as it is known. */
function listView(list: StationList | undefined) {
  const { content, confirmedAt, pending, unsupported = false } = list ?? {};
  return {
    supported: !unsupported,
    version: content?.version ?? null,
    entries: content ? Object.keys(content.entries).length : null,
    confirmedAt: rfc3339OrNull(confirmedAt),
    updating: pending !== undefined,
  };
}
