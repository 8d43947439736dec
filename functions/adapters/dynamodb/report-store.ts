import * as z from 'zod';
import type { Report, ReportPage } from '#core/device-model/report.ts';
import type { ReportStore } from '#core/device-model/report-store.ts';
import { itemReader, type PlainItem, secondsPerDay } from './items.ts';
import { orderOf } from './keys.ts';
import { listPartition } from './partition-list.ts';
import { getItem, update } from './requests.ts';
import { text, whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { Update } from './update.ts';

/** In front of the attributes that hold pages. */
const pagePrefix = 'p:';
const keptDays = 90;

const readPages = itemReader(
  'pages of a report',
  z.record(text, z.object({ seqNo: whole, last: z.boolean(), at: whole })),
);

const readHead = itemReader<Omit<Report, 'pages'>>(
  'report',
  z.object({
    stationId: text,
    topic: z.enum(['VARIABLES', 'MONITORS']),
    requestId: whole,
    state: z.enum(['RUNNING', 'COMPLETE', 'INCOMPLETE', 'EMPTY', 'REFUSED']),
    scope: z.enum(['FULL', 'CONFIGURATION', 'SUMMARY', 'CHOICE']).exactOptional(),
    commandId: text.exactOptional(),
    requestedAt: whole,
    endedAt: whole.exactOptional(),
  }),
);

function readReport(item: PlainItem): Report {
  const pages = Object.entries(item).filter(([name]) => name.startsWith(pagePrefix));
  return { ...readHead(item), pages: Object.values(readPages(Object.fromEntries(pages))) };
}

/** The reports of one tenant's stations, in `operations`: one item each, one attribute for each page. */
export function reportStore(context: StoreContext): ReportStore {
  const { client, keys } = context;
  const table = context.tables.operations;

  return {
    async findReport(ref) {
      const item = await getItem(client, table, keys.report(ref.stationId, ref.topic, ref.requestId));
      return item && readReport(item);
    },

    async listReports(stationId, page) {
      const partition = keys.reportsOfStation(stationId);
      return listPartition(
        context,
        { name: 'reports', index: 'byStation', partition, newestFirst: true, read: readReport },
        page,
      );
    },

    async openReport(ref, { commandId, scope, requestedAt }) {
      const change = new Update()
        .setAll({ ...ref, ...listed(ref, requestedAt), state: 'RUNNING', commandId, scope })
        .remove('endedAt');
      const known = change.name('commandId');
      change.when(`attribute_not_exists(${known}) OR ${known} <> ${change.value(commandId)}`);
      return (await written(ref, change)).report;
    },

    async addPage(ref, page) {
      const change = pageUpdate(ref, page).setIfAbsent('state', 'RUNNING');
      for (const [name, value] of Object.entries(listed(ref, page.at))) change.setIfAbsent(name, value);
      return (await written(ref, change)).report;
    },

    async endReport({ requestedAt, ...ref }, { state, endedAt }) {
      const change = new Update().setAll({ state, endedAt });
      change.when(`${change.name('state')} = ${change.value('RUNNING')}`);
      change.when(`${change.name('requestedAt')} = ${change.value(requestedAt)}`);
      return (await written(ref, change)).done ? 'ended' : 'not-running';
    },
  };

  /** The report as the write left it, or as it is when the write found nothing to do. */
  async function written(
    { stationId, topic, requestId }: Pick<Report, 'stationId' | 'topic' | 'requestId'>,
    change: Update,
  ): Promise<{ done: boolean; report: Report }> {
    const request = change.for(table, keys.report(stationId, topic, requestId));
    const result = await update(client, { ...request, ReturnValues: 'ALL_NEW' });
    const item = result.done ? result.before : result.found;
    if (item === undefined) throw new Error(`report ${requestId} of ${stationId} is gone`);
    return { done: result.done, report: readReport(item) };
  }

  function listed(
    { stationId, topic, requestId }: Pick<Report, 'stationId' | 'topic' | 'requestId'>,
    at: number,
  ) {
    return {
      requestedAt: at,
      order: orderOf(at, `${topic}-${requestId}`),
      byStationPk: keys.reportsOfStation(stationId),
      expiresAtS: Math.floor(at / 1000) + keptDays * secondsPerDay,
    };
  }
}

function pageUpdate(
  { stationId, topic, requestId }: Pick<Report, 'stationId' | 'topic' | 'requestId'>,
  { seqNo, last, at }: ReportPage,
): Update {
  return new Update()
    .setAll({ stationId, topic, requestId })
    .set(`${pagePrefix}${seqNo}`, { seqNo, last, at });
}
