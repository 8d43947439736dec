import * as z from 'zod';
import type { ConfigurationScope } from '#core/device-model/configuration.ts';
import { actualOf } from '#core/device-model/device-model.ts';
import { factsOf } from '#core/reconcile/configuration-facts.ts';
import { desireConfiguration } from '#core/reconcile/desire-configuration.ts';
import { attemptAtThis, type SettingFacts, settingState } from '#core/reconcile/plan-configuration.ts';
import { reconcileConfiguration } from '#core/reconcile/reconcile-configuration.ts';
import type { Station } from '#core/stations/station.ts';
import {
  type AdminRequest,
  administrators,
  operators,
  parameter,
  type Route,
  readBody,
  readers,
  rfc3339,
  rfc3339OrNull,
  stationOf,
} from './route.ts';
import type { AdminServices } from './services.ts';

/** Settings by name; numbers and truth values are written as texts on the wire. */
const settingsShape = z.object({
  settings: z.record(
    z.string().min(1).max(200),
    z.union([z.string(), z.number(), z.boolean()]).transform(String),
  ),
});

export const configurationRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/stations/{stationId}/configuration',
    summary:
      'What is desired of a station’s settings, what it reports, and how far apart they are; in the order of the keys.',
    roles: readers,
    async handle(request, services) {
      const station = await stationOf(request, services);
      return { body: await configurationOf(services, station) };
    },
  },
  {
    method: 'PUT',
    path: '/stations/{stationId}/configuration',
    summary:
      'Replaces what is desired of a station’s settings, and brings it to it: at once, or when it is back.',
    roles: operators,
    async handle(request, services) {
      const station = await stationOf(request, services);
      const { stationId, protocol } = station;
      const scope = { of: 'STATION', stationId } as const;
      await desireConfiguration(services, { ...wishIn(request), scope, protocol });
      await reconcileConfiguration(services, station);
      return { body: await configurationOf(services, station) };
    },
  },
  {
    method: 'GET',
    path: '/models/{model}/configuration',
    summary: 'What is desired of the settings of every station of a model that does not say otherwise.',
    roles: readers,
    async handle(request, services) {
      return { body: await desiredOfModel(services, modelIn(request)) };
    },
  },
  {
    method: 'PUT',
    path: '/models/{model}/configuration',
    summary: 'Replaces what is desired of the settings of a model. Stations get it with their next boot.',
    roles: administrators,
    async handle(request, services) {
      const scope = modelIn(request);
      await desireConfiguration(services, { ...wishIn(request), scope });
      return { body: await desiredOfModel(services, scope) };
    },
  },
];

function wishIn(request: AdminRequest) {
  const { settings } = readBody(settingsShape, request.body);
  const list = Object.entries(settings).map(([key, value]) => ({ key, value }));
  return { settings: list, setBy: request.subject };
}

function modelIn(request: AdminRequest): Extract<ConfigurationScope, { of: 'MODEL' }> {
  return { of: 'MODEL', model: parameter(request, 'model') };
}

async function desiredOfModel({ configuration }: AdminServices, scope: ConfigurationScope) {
  const { settings = [] } = (await configuration.findDesired(scope)) ?? {};
  return { items: settings.map(({ setAt, ...setting }) => ({ ...setting, setAt: rfc3339(setAt) })) };
}

async function configurationOf(services: AdminServices, station: Station) {
  const { facts } = await factsOf(services, station);
  return { items: facts.map(settingView) };
}

function settingView(facts: SettingFacts) {
  const { desired, variable, bootedAt } = facts;
  const actual = actualOf(variable);
  const attempt = attemptAtThis(facts);
  const promised =
    actual?.pending !== undefined && actual.pending.at >= bootedAt ? actual.pending.value : null;
  const underWay = attempt !== undefined && attempt.answer === undefined ? attempt.value : null;
  return {
    key: desired.key,
    desired: desired.value,
    reported: variable?.goneAt === undefined ? (actual?.value ?? null) : null,
    pending: promised ?? underWay,
    state: settingState(facts),
    setAt: rfc3339(desired.setAt),
    setBy: desired.setBy ?? null,
    reportedAt: rfc3339OrNull(actual?.reportedAt),
    lastAnswer: attempt?.answer ?? null,
    lastCommandId: attempt?.commandId ?? null,
  };
}
