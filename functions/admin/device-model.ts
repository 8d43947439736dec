import type { Component, Variable } from '#core/device-model/device-model.ts';
import type { Monitor, StationEvent } from '#core/device-model/monitor.ts';
import { pagesOf, type Report } from '#core/device-model/report.ts';
import { pageAnswer, pageOf, type Route, readers, rfc3339, rfc3339OrNull, stationOf } from './route.ts';

/** What stations told of themselves, for whoever may read. */
export const deviceModelRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/stations/{stationId}/variables',
    summary:
      'The components of a station with their variables, in the order of their names; of one name with component.',
    roles: readers,
    async handle(request, services) {
      const { stationId } = await stationOf(request, services);
      const { component } = request.query;
      const query = component === undefined ? {} : { name: component };
      const page = await services.deviceModel.listComponents(stationId, query, pageOf(request));
      return pageAnswer(page, componentView);
    },
  },
  {
    method: 'GET',
    path: '/stations/{stationId}/reports',
    summary: 'The reports a station was asked for or sent, newest first, and whether they are complete.',
    roles: readers,
    async handle(request, services) {
      const { stationId } = await stationOf(request, services);
      return pageAnswer(await services.reports.listReports(stationId, pageOf(request)), reportView);
    },
  },
  {
    method: 'GET',
    path: '/stations/{stationId}/monitors',
    summary: 'The monitors that are known to be installed at a station, by their numbers.',
    roles: readers,
    async handle(request, services) {
      const { stationId } = await stationOf(request, services);
      return pageAnswer(await services.monitors.listMonitors(stationId, pageOf(request)), monitorView);
    },
  },
  {
    method: 'GET',
    path: '/stations/{stationId}/events',
    summary: 'What a station told of its variables, newest first by its own clock.',
    roles: readers,
    async handle(request, services) {
      const { stationId } = await stationOf(request, services);
      return pageAnswer(await services.monitors.listEvents(stationId, pageOf(request)), eventView);
    },
  },
  {
    method: 'GET',
    path: '/stations/{stationId}/availability',
    summary: 'What of a station was last asked to charge or to stop, and what it said to that.',
    roles: readers,
    async handle(request, services) {
      const { stationId } = await stationOf(request, services);
      const requests = await services.words.listAvailability(stationId);
      return {
        body: {
          items: requests.map(({ place, askedAt, answeredAt, ...rest }) => ({
            ...place,
            ...rest,
            askedAt: rfc3339(askedAt),
            answeredAt: rfc3339(answeredAt),
          })),
        },
      };
    },
  },
  {
    method: 'GET',
    path: '/stations/{stationId}/network-profiles',
    summary: 'The ways into the network that a station was given, by slot, and what it said to them.',
    roles: readers,
    async handle(request, services) {
      const { stationId } = await stationOf(request, services);
      const profiles = await services.words.listNetworkProfiles(stationId);
      return {
        body: {
          items: profiles.map(({ askedAt, answeredAt, ...profile }) => ({
            ...profile,
            askedAt: rfc3339(askedAt),
            answeredAt: rfc3339(answeredAt),
          })),
        },
      };
    },
  },
];

function componentView({ variables, revision: _, ...component }: Component) {
  return { ...component, variables: variables.map(variableView) };
}

function variableView({ attributes, reportedAt, goneAt, ...variable }: Variable) {
  return {
    ...variable,
    attributes: attributes.map(({ reportedAt: toldAt, pending, ...attribute }) => ({
      ...attribute,
      ...(pending === undefined ? {} : { pending: pending.value }),
      reportedAt: rfc3339(toldAt),
    })),
    reportedAt: rfc3339(reportedAt),
    goneAt: rfc3339OrNull(goneAt),
  };
}

function reportView(report: Report) {
  const { pages: _, requestedAt, endedAt, ...rest } = report;
  return {
    ...rest,
    pages: pagesOf(report).length,
    requestedAt: rfc3339(requestedAt),
    endedAt: rfc3339OrNull(endedAt),
  };
}

function monitorView({ reportedAt, ...monitor }: Monitor) {
  return { ...monitor, reportedAt: rfc3339(reportedAt) };
}

function eventView({ at, receivedAt, ...event }: StationEvent) {
  return { ...event, at: rfc3339(at), receivedAt: rfc3339(receivedAt) };
}
