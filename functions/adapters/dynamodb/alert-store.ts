import * as z from 'zod';
import type { Alert } from '#core/alerts/alert.ts';
import type { AlertStore } from '#core/alerts/alert-store.ts';
import { itemReader, secondsPerDay } from './items.ts';
import { orderOf } from './keys.ts';
import { listByMonth } from './month-list.ts';
import { monthBucket } from './months.ts';
import { listPartition } from './partition-list.ts';
import { keyOf } from './queries.ts';
import { getItem, getItems, put, update } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { tables } from './tables.ts';
import { putNew, Update } from './update.ts';

/** How long an alert can be looked up after it was last raised. */
const keptDays = 400;

const alertSchema = z.object({
  alertId: text,
  category: z.enum([
    'STATION_OFFLINE',
    'SESSION_ERROR',
    'BILLING_ERROR',
    'OCPI_ERROR',
    'SYSTEM_ERROR',
    'SECURITY_ALERT',
  ]),
  severity: z.enum(['LOW', 'MEDIUM', 'HIGH', 'CRITICAL']),
  kind: text,
  message: text,
  stationId: text.exactOptional(),
  sessionId: text.exactOptional(),
  details: z.record(text, z.unknown()).exactOptional(),
  raisedAt: whole,
  lastAt: whole,
  count: whole,
  resolvedAt: whole.exactOptional(),
  resolvedBy: text.exactOptional(),
}) satisfies z.ZodType<Alert>;

export const readAlert = itemReader<Alert>('alert', alertSchema);

/** Alerts of one tenant, in `operations`: one item per thing that is wrong, however often it is said. */
export function alertStore(context: StoreContext): AlertStore {
  const { client, keys, clock } = context;
  const table = context.tables.operations;
  return {
    async raise(alert) {
      const { alertId, stationId, raisedAt } = alert;
      const item = {
        ...alert,
        order: orderOf(raisedAt, alertId),
        byTimePk: keys.alertsOfMonth(monthBucket(raisedAt, clock())),
        openPk: keys.openAlerts,
        ...(stationId === undefined ? {} : { byStationPk: keys.alertsOfStation(stationId) }),
        expiresAtS: expiryOf(alert),
      };
      const { done, found } = await putOrFind(item);
      if (!done) await again(alert, found !== undefined && readAlert(found).resolvedAt !== undefined);
    },

    async findAlert(alertId) {
      const item = await getItem(client, table, keys.alert(alertId));
      return item && readAlert(item);
    },

    async listAlerts({ stationId, open = false }, page) {
      const list = { name: 'alerts', newestFirst: true, read: readAlert } as const;
      if (stationId !== undefined) {
        const partition = keys.alertsOfStation(stationId);
        const ofStation = { ...list, name: 'alerts of a station', index: 'byStation', partition };
        const found = await listPartition(context, ofStation, page);
        return open ? { ...found, items: found.items.filter(isOpen) } : found;
      }
      if (open) {
        return listPartition(
          context,
          { ...list, name: 'open alerts', index: 'open', partition: keys.openAlerts },
          page,
        );
      }
      const byMonth = {
        name: list.name,
        table,
        declaration: tables.operations,
        index: 'byTime',
        partitionsOf: (month: string) => [keys.alertsOfMonth(month)],
        startedFrom: undefined,
        startedBefore: undefined,
      };
      const { items, cursor } = await listByMonth(context, byMonth, page);
      const alerts = (await getItems(client, table, items.map(keyOf))).map(readAlert);
      return { items: alerts, ...(cursor === undefined ? {} : { cursor }) };
    },

    async resolve(alertId, at, by) {
      const change = new Update().setAll({ resolvedAt: at, resolvedBy: by }).remove('openPk');
      change.when(`attribute_exists(${change.name('pk')})`);
      const { done } = await update(client, change.for(table, keys.alert(alertId)));
      return done ? 'resolved' : 'unknown';
    },
  };

  async function putOrFind(item: Readonly<Record<string, unknown>> & { alertId: string }) {
    const result = await put(client, putNew(table, keys.alert(item.alertId), item));
    return result.done ? { done: true } : { done: false, found: result.found };
  }

  /** A count that is lost to a race of two is no loss; the alert is open either way. */
  async function again(alert: Alert, wasResolved: boolean): Promise<void> {
    const { alertId, severity, message, details, lastAt } = alert;
    const change = new Update().setAll({ severity, message, details, lastAt, openPk: keys.openAlerts });
    change.set('expiresAtS', expiryOf(alert));
    if (wasResolved) change.set('count', 1).remove('resolvedAt', 'resolvedBy');
    else change.increase('count');
    await update(client, change.for(table, keys.alert(alertId)));
  }
}

function expiryOf({ lastAt }: Alert): number {
  return Math.floor(lastAt / 1000) + keptDays * secondsPerDay;
}

function isOpen({ resolvedAt }: Alert): boolean {
  return resolvedAt === undefined;
}
