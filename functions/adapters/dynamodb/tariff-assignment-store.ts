import * as z from 'zod';
import {
  type AssignmentScope,
  scopeName,
  type TariffAssignment,
  type TariffAssignmentStore,
} from '#core/tariffs/tariff-assignment.ts';
import { itemReader } from './items.ts';
import type { Key } from './keys.ts';
import { listKind } from './registry-list.ts';
import { getItem, getItems, update } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { Update } from './update.ts';

const readAssignment = itemReader<TariffAssignment>(
  'assignment of tariffs',
  z.object({
    scope: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('TOKEN'), tokenUid: text }),
      z.object({ kind: z.literal('TOKEN_GROUP'), groupId: text }),
      z.object({ kind: z.literal('CONNECTOR'), stationId: text, evseId: whole, connectorId: whole }),
      z.object({ kind: z.literal('STATION'), stationId: text }),
      z.object({ kind: z.literal('TENANT') }),
    ]),
    terms: z.array(
      z.object({
        contractTariffId: text.exactOptional(),
        adHocTariffId: text.exactOptional(),
        since: whole,
      }),
    ),
    updatedAt: whole,
    revision: whole,
  }),
);

/** Which tariffs price what, in the registry. */
export function tariffAssignmentStore(context: StoreContext): TariffAssignmentStore {
  const { client, keys } = context;
  const table = context.tables.registry;
  const keyOf = (scope: AssignmentScope): Key => {
    switch (scope.kind) {
      case 'TOKEN':
        return keys.tariffsOfToken(scope.tokenUid);
      case 'TOKEN_GROUP':
        return keys.tariffsOfTokenGroup(scope.groupId);
      case 'CONNECTOR':
        return keys.tariffsOfConnector(scope.stationId, scope);
      case 'STATION':
        return keys.tariffsOfStation(scope.stationId);
      case 'TENANT':
        return keys.tariffsOfTenant;
    }
  };
  return {
    async findAssignment(scope) {
      const item = await getItem(client, table, keyOf(scope));
      return item && readAssignment(item);
    },

    async findAssignments(scopes) {
      return (await getItems(client, table, scopes.map(keyOf))).map(readAssignment);
    },

    listAssignments({ tariffId }, page) {
      const ofTariff = {
        expression: 'contractTariffId = :tariff OR adHocTariffId = :tariff',
        names: {},
        values: { ':tariff': tariffId },
      };
      return listKind(
        context,
        {
          name: 'assignments of tariffs',
          partition: keys.tariffAssignments,
          read: readAssignment,
          ...(tariffId === undefined ? {} : { filter: ofTariff }),
        },
        page,
      );
    },

    async saveAssignment({ scope, terms, updatedAt, revision }) {
      const { contractTariffId, adHocTariffId } = terms.at(-1) ?? {};
      const assigned = contractTariffId !== undefined || adHocTariffId !== undefined;
      const change = new Update().setAll({ scope, terms, updatedAt, revision });
      // What holds now stands beside the terms, for filters; what has ended is in no list.
      change.setAll({
        contractTariffId,
        adHocTariffId,
        byKindPk: assigned ? keys.tariffAssignments : undefined,
        byKindSk: assigned ? scopeName(scope) : undefined,
      });
      const kept = change.name('revision');
      change.when(
        revision === 1 ? `attribute_not_exists(${kept})` : `${kept} = ${change.value(revision - 1)}`,
      );
      const { done } = await update(client, change.for(table, keyOf(scope)));
      return done ? 'saved' : 'changed-meanwhile';
    },
  };
}
