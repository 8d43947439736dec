import type { Alert } from '#core/alerts/alert.ts';
import { DomainError } from '#core/errors.ts';
import {
  operators,
  pageAnswer,
  pageOf,
  parameter,
  type Route,
  readers,
  rfc3339,
  rfc3339OrNull,
} from './route.ts';

export const alertRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/alerts',
    summary: 'Alerts, newest first; of one station with stationId, only unresolved ones with open=true.',
    roles: readers,
    async handle(request, { alerts }) {
      const { stationId, open } = request.query;
      const query = { open: open === 'true', ...(stationId === undefined ? {} : { stationId }) };
      return pageAnswer(await alerts.listAlerts(query, pageOf(request)), alertView);
    },
  },
  {
    method: 'POST',
    path: '/alerts/{alertId}/resolve',
    summary: 'Says that an alert needs nobody any more.',
    roles: operators,
    async handle(request, { alerts, clock }) {
      const alertId = parameter(request, 'alertId');
      await alerts.resolve(alertId, clock(), request.subject);
      const alert = await alerts.findAlert(alertId);
      if (!alert) throw new DomainError('NotFound', `alert ${alertId} is not known`, 'alertId');
      return { body: alertView(alert) };
    },
  },
];

function alertView({ raisedAt, lastAt, resolvedAt, ...alert }: Alert) {
  return {
    ...alert,
    raisedAt: rfc3339(raisedAt),
    lastAt: rfc3339(lastAt),
    resolvedAt: rfc3339OrNull(resolvedAt),
  };
}
