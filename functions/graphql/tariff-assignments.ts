import * as z from 'zod';
import { DomainError } from '#core/errors.ts';
import { knownStation } from '#core/stations/known-station.ts';
import type { Station } from '#core/stations/station.ts';
import {
  assignTariff as assign,
  presentTerms,
  unassignTariff as unassign,
} from '#core/tariffs/assign-tariff.ts';
import type { AssignmentScope, TariffAssignment } from '#core/tariffs/tariff-assignment.ts';
import { foldTokenUid } from '#core/tokens/token.ts';
import { type FieldRequest, readArguments, rfc3339 } from './field-request.ts';
import { pageRequest, pageView, pagingShape } from './paging.ts';
import type { GraphqlServices } from './services.ts';
import { named } from './tariff-input.ts';

type View = Record<string, unknown>;

const nothing = z.null().optional();
const nothingElse = { tokenUid: nothing, tokenGroupId: nothing, stationId: nothing, connectorId: nothing };
const id = z.string().min(1).max(255);

const scopeShape = z.discriminatedUnion('kind', [
  z.strictObject({ ...nothingElse, kind: z.literal('TOKEN'), tokenUid: id }),
  z.strictObject({ ...nothingElse, kind: z.literal('TOKEN_GROUP'), tokenGroupId: id }),
  z.strictObject({
    ...nothingElse,
    kind: z.literal('CONNECTOR'),
    stationId: id,
    connectorId: z.int().min(1),
  }),
  z.strictObject({ ...nothingElse, kind: z.literal('STATION'), stationId: id }),
  z.strictObject({ ...nothingElse, kind: z.literal('TENANT') }),
]);

/** `Query.tariffAssignment`: null where none ever was. */
export async function tariffAssignment(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View | null> {
  const { scope } = readArguments(z.strictObject({ scope: scopeShape }), args);
  const found = await services.assignments.findAssignment(await scopeOf(services, scope));
  return found ? viewOf(services, found) : null;
}

/** `Query.tariffAssignments`. */
export async function tariffAssignments({ arguments: args }: FieldRequest, services: GraphqlServices) {
  const read = readArguments(z.strictObject({ tariffId: id.nullish(), ...pagingShape }), args);
  const query = read.tariffId == null ? {} : { tariffId: read.tariffId };
  const page = await services.assignments.listAssignments(query, pageRequest(read));
  const ids = page.items.flatMap(({ scope }) => (scope.kind === 'CONNECTOR' ? [scope.stationId] : []));
  const stations = await services.stations.findStations([...new Set(ids)]);
  return pageView(page, (assignment) => assignmentView(assignment, stations));
}

/** `Mutation.assignTariff`. */
export async function assignTariff(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const { tariffId, scope } = readArguments(z.strictObject({ tariffId: id, scope: scopeShape }), args);
  const place = await scopeOf(services, scope);
  return viewOf(services, await named(nameOf, () => assign(services, { tariffId, scope: place })));
}

/** `Mutation.unassignTariff`. */
export async function unassignTariff(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const shape = z.strictObject({ tariffId: id.nullish(), scope: scopeShape });
  const { tariffId, scope } = readArguments(shape, args);
  const asked = { scope: await scopeOf(services, scope), ...(tariffId == null ? {} : { tariffId }) };
  return viewOf(services, await unassign(services, asked));
}

function nameOf(field: string): string {
  return field === 'tariffId' || field === 'scope' ? field : `scope.${field}`;
}

/** People count the connectors of a station; the core knows them by their EVSEs. */
async function scopeOf(
  services: GraphqlServices,
  scope: z.infer<typeof scopeShape>,
): Promise<AssignmentScope> {
  switch (scope.kind) {
    case 'TOKEN':
      return { kind: 'TOKEN', tokenUid: foldTokenUid(scope.tokenUid) };
    case 'TOKEN_GROUP':
      return { kind: 'TOKEN_GROUP', groupId: scope.tokenGroupId };
    case 'STATION':
      return { kind: 'STATION', stationId: scope.stationId };
    case 'TENANT':
      return { kind: 'TENANT' };
    case 'CONNECTOR': {
      const { stationId, connectorId } = scope;
      const { connectors } = await named(nameOf, () => knownStation(services, stationId));
      const place = connectors[connectorId - 1];
      if (!place) {
        throw new DomainError('NotFound', `the station has no connector ${connectorId}`, 'scope.connectorId');
      }
      return { kind: 'CONNECTOR', stationId, evseId: place.evseId, connectorId: place.connectorId };
    }
  }
}

async function viewOf(services: GraphqlServices, assignment: TariffAssignment): Promise<View> {
  const { scope } = assignment;
  const station = scope.kind === 'CONNECTOR' && (await services.stations.findStation(scope.stationId));
  return assignmentView(assignment, station ? [station] : []);
}

function assignmentView(assignment: TariffAssignment, stations: readonly Station[]): View {
  const { scope, revision, updatedAt } = assignment;
  return {
    kind: scope.kind,
    ...placeView(scope, stations),
    ...presentTerms(assignment),
    version: revision,
    updatedAt: rfc3339(updatedAt),
  };
}

function placeView(scope: AssignmentScope, stations: readonly Station[]): View {
  switch (scope.kind) {
    case 'TOKEN':
      return { tokenUid: scope.tokenUid };
    case 'TOKEN_GROUP':
      return { tokenGroupId: scope.groupId };
    case 'STATION':
      return { stationId: scope.stationId };
    case 'TENANT':
      return {};
    case 'CONNECTOR': {
      const { stationId, evseId, connectorId } = scope;
      const station = stations.find((one) => one.stationId === stationId);
      const index = station?.connectors.findIndex(
        (one) => one.evseId === evseId && one.connectorId === connectorId,
      );
      return { stationId, ...(index === undefined || index < 0 ? {} : { connectorId: index + 1 }) };
    }
  }
}
