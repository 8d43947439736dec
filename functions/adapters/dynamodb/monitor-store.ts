import * as z from 'zod';
import type { Monitor, StationEvent } from '#core/device-model/monitor.ts';
import type { MonitorStore, Verdict } from '#core/device-model/monitor-store.ts';
import { componentRef, variableRef } from './device-model-store.ts';
import { itemReader, type PlainItem, secondsPerDay } from './items.ts';
import { listPartition } from './partition-list.ts';
import { getItem, put, update } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { putNew, Update } from './update.ts';

const goneForDays = 30;
const eventsForDays = 90;
/** As long as the alerts they speak about. */
const verdictsForDays = 400;

const readMonitor = itemReader<Monitor>(
  'monitor',
  z.object({
    monitorId: whole,
    component: componentRef,
    variable: variableRef,
    type: z.enum(['UPPER_THRESHOLD', 'LOWER_THRESHOLD', 'DELTA', 'PERIODIC', 'PERIODIC_CLOCK_ALIGNED']),
    value: z.number(),
    severity: whole,
    transaction: z.boolean(),
    custom: z.literal(true).exactOptional(),
    reportedAt: whole,
  }),
);

const readEvent = itemReader<StationEvent>(
  'event of a station',
  z.object({
    stationId: text,
    eventId: whole,
    at: whole,
    receivedAt: whole,
    trigger: z.enum(['ALERTING', 'DELTA', 'PERIODIC']),
    component: componentRef,
    variable: variableRef,
    value: text,
    monitorId: whole.exactOptional(),
    severity: whole.exactOptional(),
    cleared: z.boolean().exactOptional(),
    causeId: whole.exactOptional(),
    techCode: text.exactOptional(),
    techInfo: text.exactOptional(),
    transactionRef: text.exactOptional(),
    sessionId: text.exactOptional(),
    notification: text,
  }),
);

const readVerdict = itemReader<Verdict>('verdict', z.object({ at: whole, eventId: whole }));

/** Monitors and events of one tenant's stations, in `operations`. */
export function monitorStore(context: StoreContext): MonitorStore {
  const { client, keys } = context;
  const table = context.tables.operations;
  const present = (item: PlainItem | undefined) =>
    item === undefined || item.goneAt !== undefined ? undefined : readMonitor(item);

  return {
    async findMonitor(stationId, monitorId) {
      return present(await getItem(client, table, keys.monitor(stationId, monitorId)));
    },

    async listMonitors(stationId, page) {
      const partition = keys.monitors(stationId);
      return listPartition(context, { name: 'monitors', partition, newestFirst: false, read: present }, page);
    },

    async saveMonitor(stationId, monitor) {
      const change = new Update().setAll({ stationId, ...monitor }).remove('goneAt', 'expiresAtS');
      const known = change.name('reportedAt');
      change.when(`attribute_not_exists(${known}) OR ${known} <= ${change.value(monitor.reportedAt)}`);
      await update(client, change.for(table, keys.monitor(stationId, monitor.monitorId)));
    },

    async removeMonitor(stationId, monitorId, at) {
      const change = new Update().setAll({ goneAt: at, expiresAtS: expiry(at, goneForDays) });
      change.when(`${change.name('reportedAt')} <= ${change.value(at)}`);
      await update(client, change.for(table, keys.monitor(stationId, monitorId)));
    },

    async addEvent(event) {
      const { stationId, at, eventId, receivedAt } = event;
      const key = keys.stationEvent(stationId, at, String(eventId));
      await put(client, putNew(table, key, { ...event, expiresAtS: expiry(receivedAt, eventsForDays) }));
    },

    async listEvents(stationId, page) {
      const partition = keys.stationEvents(stationId);
      return listPartition(context, { name: 'events', partition, newestFirst: true, read: readEvent }, page);
    },

    async findVerdict(stationId, subject) {
      const item = await getItem(client, table, keys.verdict(stationId, subject));
      return item && readVerdict(item);
    },

    async noteVerdict(stationId, subject, { at, eventId }) {
      const change = new Update().setAll({
        at,
        eventId,
        expiresAtS: expiry(context.clock(), verdictsForDays),
      });
      const known = change.name('at');
      const moment = change.value(at);
      const sooner = `${change.name('eventId')} < ${change.value(eventId)}`;
      change.when(
        `attribute_not_exists(${known}) OR ${known} < ${moment} OR (${known} = ${moment} AND ${sooner})`,
      );
      await update(client, change.for(table, keys.verdict(stationId, subject)));
    },
  };
}

function expiry(at: number, days: number): number {
  return Math.floor(at / 1000) + days * secondsPerDay;
}
