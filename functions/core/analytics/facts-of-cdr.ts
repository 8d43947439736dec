import type { Cdr } from '../cdrs/cdr.ts';
import { decimal } from '../tariffs/decimal.ts';
import { type CountedFact, type DayAddition, mostDaysPerFact } from './counter-store.ts';
import { type Figures, negateFigures, noFigures, type RevenueFigures } from './figures.ts';
import { localDateAt, splitByDays } from './local-days.ts';

/** A session that is said to have lasted longer comes from a clock that was wrong: of it, the last year counts. */
const longestSessionMs = 366 * 86_400_000;

/**
 * What a CDR adds to the counters: nothing while it is held back for review. The first one of a session counts the
 * session; every one that is no credit adds its energy, and its money when somebody is billed; a credit takes back
 * what the CDR it credits (`credited`) has added. One that was credited instead of being decided upon has added
 * nothing, so its credit counts the session in its place. It follows from the CDRs alone: order does not matter.
 *
 * Energy and money stand on the local day on which the session started, as the session does; the use of the connector
 * on every day it lasted.
 */
export function factsOfCdr(cdr: Cdr, credited?: Cdr): readonly CountedFact[] {
  if (cdr.kind !== 'CREDIT') {
    if (!hasCounted(cdr)) return [];
    return factsOf(cdr, [...(isFirst(cdr) ? sessionAdditions(cdr) : []), amounts(cdr)]);
  }
  if (!credited) throw new Error(`CDR ${cdr.cdrId} credits one that is not there`);
  if (hasCounted(credited)) return factsOf(cdr, [takenBack(amounts(credited))]);
  return isFirst(credited) ? factsOf(cdr, sessionAdditions(credited)) : [];
}

function hasCounted({ billing, resolution }: Cdr): boolean {
  return billing !== 'REVIEW' && resolution?.decision !== 'CORRECTED';
}

function isFirst({ kind = 'ORIGINAL' }: Cdr): boolean {
  return kind === 'ORIGINAL';
}

/** The session itself, and how long it kept its connector. */
function sessionAdditions(cdr: Cdr): readonly DayAddition[] {
  const { startedAt, endedAt, timeZone } = cdr;
  const durationMs = Math.min(Math.max(0, endedAt - startedAt), longestSessionMs);
  const days = splitByDays(timeZone, endedAt - durationMs, endedAt);
  return [
    additionOn(cdr, localDateAt(timeZone, startedAt), { sessions: 1, durationMs }),
    ...days.map(({ date, from, until }) => additionOn(cdr, date, { busyMs: until - from })),
  ];
}

function amounts(cdr: Cdr): DayAddition {
  const { billing, currency, energyWh, startedAt, timeZone } = cdr;
  return additionOn(cdr, localDateAt(timeZone, startedAt), {
    energyWh: Math.round(energyWh),
    ...(billing === 'BILLABLE' ? { revenue: { [currency]: revenueOf(cdr) } } : {}),
  });
}

/** What costs nothing costs nothing with VAT. */
function revenueOf({ totalCost: { exclVat, inclVat } }: Cdr): RevenueFigures {
  const withVat = inclVat ?? (decimal(exclVat).eq(0) ? '0' : undefined);
  return { exclVat, inclVat: withVat ?? '0', cdrs: 1, withoutVat: withVat === undefined ? 1 : 0 };
}

function takenBack(addition: DayAddition): DayAddition {
  return { ...addition, figures: negateFigures(addition.figures) };
}

function additionOn({ stationId, timeZone }: Cdr, date: string, figures: Partial<Figures>): DayAddition {
  return { stationId, date, timeZone, figures: { ...noFigures, ...figures } };
}

function factsOf({ cdrId }: Cdr, additions: readonly DayAddition[]): readonly CountedFact[] {
  const count = Math.ceil(additions.length / mostDaysPerFact);
  return Array.from({ length: count }, (_, part) => ({
    factId: part === 0 ? cdrId : `${cdrId}/${part + 1}`,
    additions: additions.slice(part * mostDaysPerFact, (part + 1) * mostDaysPerFact),
  }));
}
