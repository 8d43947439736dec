import * as z from 'zod';
import type { ChargingStore, StationCharging } from '#core/smart-charging/charging-store.ts';
import {
  evNeeds,
  evSchedule,
  externalLimit,
  knownProfile,
  reportEnd,
  reportRequest,
  scheduleComparison,
} from './charging-items.ts';
import { isExpired, itemReader, type PlainItem, secondsPerDay } from './items.ts';
import { readStretch, type StretchPage } from './queries.ts';
import { update } from './requests.ts';
import { whole } from './schemas.ts';
import type { StoreContext } from './store-context.ts';
import { tables } from './tables.ts';
import { Update } from './update.ts';

/** What kinds of facts there are, by the first part of their sort keys. */
const kinds = {
  PROFILE: itemReader('charging profile', z.object({ fact: knownProfile })),
  LIMIT: itemReader('external limit', z.object({ fact: externalLimit })),
  NEEDS: itemReader('needs of a vehicle', z.object({ fact: evNeeds })),
  EVSCHEDULE: itemReader('schedule of a vehicle', z.object({ fact: evSchedule })),
  COMPARISON: itemReader('comparison of schedules', z.object({ fact: scheduleComparison })),
  REPORT: itemReader('report of profiles', z.object({ fact: reportRequest })),
  REPORTED: itemReader('end of a report of profiles', z.object({ fact: reportEnd })),
  CONTROLLABLE: itemReader('word on control', z.object({ fact: z.boolean() })),
};

/** How long what is gone is remembered, so that nothing older brings it back. */
const goneDays = 30;
/** Of what speaks of one charge alone. */
const passingDays = 30;

const followed = { PROFILE: 'PROFILE', LIMIT: 'LIMIT', NEEDS: 'NEEDS', CONTROLLABLE: 'CONTROL' } as const;

/** What such an item says anew; `undefined` for what nobody follows and for what it said before. */
export function chargingChangeOf(
  after: PlainItem,
  before: PlainItem | undefined,
): { what: (typeof followed)[keyof typeof followed]; at: number } | undefined {
  const [kind = ''] = String(after.sk).split('#');
  const what = Object.entries(followed).find(([name]) => name === kind)?.[1];
  const { at } = readMoment(after);
  if (what === undefined || (what !== 'NEEDS' && saidIn(after) === saidIn(before))) return undefined;
  return { what, at };
}

/** What an item says, whenever it was said. */
function saidIn(item: PlainItem | undefined): string {
  if (item === undefined || item.goneAt !== undefined) return '';
  return JSON.stringify(item.fact, (name, value) => (momentNames.has(name) ? undefined : value));
}

const momentNames: ReadonlySet<string> = new Set(['installedAt', 'notedAt', 'reportId']);

const readMoment = itemReader('charging fact', z.object({ at: whole }));

/**
 * What limits charging at stations, in `operations`: one partition for each station, one item for each fact, fenced by
 * its moment. What is cleared stays for a while, marked as gone, so that what is older cannot bring it back.
 */
export function chargingStore({ client, keys, tables: names, clock }: StoreContext): ChargingStore {
  const table = names.operations;

  async function note(
    stationId: string,
    name: string,
    { at, fact, keptDays }: { at: number; fact: unknown; keptDays?: number },
  ): Promise<void> {
    const change = new Update().setAll({ stationId, at, fact }).remove('goneAt');
    change.set('expiresAtS', keptDays === undefined ? undefined : expiryOf(at, keptDays));
    await writeUnlessOlder(stationId, name, change, at);
  }

  async function clear(stationId: string, name: string, at: number): Promise<void> {
    const change = new Update().setAll({ stationId, at, goneAt: at, expiresAtS: expiryOf(at, goneDays) });
    await writeUnlessOlder(stationId, name, change, at);
  }

  async function writeUnlessOlder(
    stationId: string,
    name: string,
    change: Update,
    at: number,
  ): Promise<void> {
    const moment = change.name('at');
    change.when(`attribute_not_exists(${moment}) OR ${moment} <= ${change.value(at)}`);
    await update(client, change.for(table, keys.chargingFact(stationId, name)));
  }

  return {
    async findCharging(stationId) {
      const items: PlainItem[] = [];
      let next: string | undefined;
      do {
        const page: StretchPage = await readStretch(client, {
          table,
          declaration: tables.operations,
          partition: keys.charging(stationId),
          ...(next === undefined ? {} : { after: next }),
          newestFirst: false,
          limit: 1000,
          consistent: true,
        });
        items.push(...page.items);
        next = page.next;
      } while (next !== undefined);
      return chargingOf(items.filter((item) => item.goneAt === undefined && !isExpired(item, clock())));
    },

    installProfile: (stationId, installed) =>
      note(stationId, `PROFILE#${installed.profile.profileId}`, {
        at: installed.installedAt,
        fact: installed,
      }),

    async clearProfiles(stationId, profileIds, at) {
      for (const profileId of profileIds) await clear(stationId, `PROFILE#${profileId}`, at);
    },

    noteLimit: (stationId, limit) =>
      note(stationId, `LIMIT#${limit.evseId}#${limit.source}`, { at: limit.notedAt, fact: limit }),

    clearLimit: (stationId, { evseId, source }, at) => clear(stationId, `LIMIT#${evseId}#${source}`, at),

    noteNeeds: (stationId, needs) =>
      note(stationId, `NEEDS#${needs.evseId}`, { at: needs.notedAt, fact: needs, keptDays: passingDays }),

    noteEvSchedule: (stationId, schedule) =>
      note(stationId, `EVSCHEDULE#${schedule.evseId}`, {
        at: schedule.notedAt,
        fact: schedule,
        keptDays: passingDays,
      }),

    noteComparison: (stationId, comparison) =>
      note(stationId, `COMPARISON#${comparison.evseId}`, { at: comparison.comparedAt, fact: comparison }),

    noteReport: (stationId, report) =>
      note(stationId, `REPORT#${report.requestId}`, { at: report.askedAt, fact: report, keptDays: 1 }),

    noteReportEnd: (stationId, end) =>
      note(stationId, `REPORTED#${end.requestId}`, { at: end.toldAt, fact: end, keptDays: 1 }),

    noteControllable: (stationId, controllable, at) =>
      note(stationId, 'CONTROLLABLE', { at, fact: controllable }),
  };
}

function chargingOf(items: readonly PlainItem[]): StationCharging {
  const of = <Value>(kind: string, read: (item: PlainItem) => { fact: Value }): readonly Value[] =>
    items.filter(({ sk }) => String(sk).split('#')[0] === kind).map((item) => read(item).fact);
  const [controllable] = of('CONTROLLABLE', kinds.CONTROLLABLE);
  return {
    profiles: of('PROFILE', kinds.PROFILE),
    limits: of('LIMIT', kinds.LIMIT),
    needs: of('NEEDS', kinds.NEEDS),
    evSchedules: of('EVSCHEDULE', kinds.EVSCHEDULE),
    comparisons: of('COMPARISON', kinds.COMPARISON),
    reports: of('REPORT', kinds.REPORT),
    reportEnds: of('REPORTED', kinds.REPORTED),
    ...(controllable === undefined ? {} : { controllable }),
  };
}

function expiryOf(at: number, days: number): number {
  return Math.floor(at / 1000) + days * secondsPerDay;
}
