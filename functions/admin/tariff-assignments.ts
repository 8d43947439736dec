import * as z from 'zod';
import { DomainError } from '#core/errors.ts';
import { assignTariff, presentTerms, unassignTariff } from '#core/tariffs/assign-tariff.ts';
import type { AssignedTariffs, AssignmentScope, TariffAssignment } from '#core/tariffs/tariff-assignment.ts';
import { foldTokenUid } from '#core/tokens/token.ts';
import {
  type AdminRequest,
  administrators,
  pageAnswer,
  pageOf,
  parameter,
  type Route,
  readBody,
  readers,
  rfc3339,
} from './route.ts';

const assignedShape = z.strictObject({ tariffId: z.string().min(1) });

/** What tariffs are assigned to, from the closest to the furthest: the first that is in force prices a session. */
const scopes: readonly { path: string; what: string; scopeOf: (request: AdminRequest) => AssignmentScope }[] =
  [
    {
      path: '/tokens/{uid}/tariffs',
      what: 'a token',
      scopeOf: (request) => ({ kind: 'TOKEN', tokenUid: foldTokenUid(parameter(request, 'uid')) }),
    },
    {
      path: '/token-groups/{groupId}/tariffs',
      what: 'a group of tokens',
      scopeOf: (request) => ({ kind: 'TOKEN_GROUP', groupId: parameter(request, 'groupId') }),
    },
    {
      path: '/stations/{stationId}/evses/{evseId}/connectors/{connectorId}/tariffs',
      what: 'a connector',
      scopeOf: (request) => ({
        kind: 'CONNECTOR',
        stationId: parameter(request, 'stationId'),
        evseId: numberOf(request, 'evseId'),
        connectorId: numberOf(request, 'connectorId'),
      }),
    },
    {
      path: '/stations/{stationId}/tariffs',
      what: 'a station',
      scopeOf: (request) => ({ kind: 'STATION', stationId: parameter(request, 'stationId') }),
    },
    { path: '/settings/tariffs', what: 'the tenant', scopeOf: () => ({ kind: 'TENANT' }) },
  ];

export const tariffAssignmentRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/tariff-assignments',
    summary:
      'What tariffs are assigned to; what one tariff is assigned to, with the query parameter `tariffId`.',
    roles: readers,
    async handle(request, { assignments }) {
      const { tariffId } = request.query;
      const query = tariffId === undefined ? {} : { tariffId };
      return pageAnswer(await assignments.listAssignments(query, pageOf(request)), assignmentView);
    },
  },
  ...scopes.flatMap(({ path, what, scopeOf }): readonly Route[] => [
    {
      method: 'GET',
      path,
      summary: `Which tariffs are assigned to ${what}, and since when.`,
      roles: readers,
      async handle(request, { assignments }) {
        const scope = scopeOf(request);
        const found = await assignments.findAssignment(scope);
        return { body: found ? assignmentView(found) : { scope, tariffs: noTariffs, former: [] } };
      },
    },
    {
      method: 'PUT',
      path,
      summary: `Assigns a tariff to ${what} for the sessions that start from now on, in the place of the one of its kind.`,
      roles: administrators,
      async handle(request, services) {
        const { tariffId } = readBody(assignedShape, request.body);
        return {
          body: assignmentView(await assignTariff(services, { scope: scopeOf(request), tariffId })),
        };
      },
    },
    {
      method: 'DELETE',
      path,
      summary: `Ends what is assigned to ${what}; with the query parameter \`tariffId\`, that tariff alone.`,
      roles: administrators,
      async handle(request, services) {
        const { tariffId } = request.query;
        const asked = tariffId === undefined ? {} : { tariffId };
        await unassignTariff(services, { scope: scopeOf(request), ...asked });
        return { status: 204 };
      },
    },
  ]),
];

const noTariffs = { contractTariffId: null, adHocTariffId: null };

function assignmentView(assignment: TariffAssignment) {
  const { scope, terms, revision, updatedAt } = assignment;
  return {
    scope,
    tariffs: { ...noTariffs, ...presentTerms(assignment) },
    former: terms.slice(0, -1).map(termsView),
    updatedAt: rfc3339(updatedAt),
    version: revision,
  };
}

function termsView({ since, ...tariffs }: AssignedTariffs) {
  return { ...noTariffs, ...tariffs, since: rfc3339(since) };
}

function numberOf(request: AdminRequest, name: string): number {
  const value = parameter(request, name);
  if (!/^\d{1,9}$/.test(value)) throw new DomainError('Validation', `${name} is a number`, name);
  return Number(value);
}
