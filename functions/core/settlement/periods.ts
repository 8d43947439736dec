import { isTimeZone, LocalClock } from '../tariffs/local-time.ts';
import type { Period } from './statement.ts';

/** How long after its end a month stays open for the CDRs of its last sessions. */
const afterglowMs = 6 * 3_600_000;
/** A booking that chose a month just before it was due to be closed has arrived by then, tried again or not. */
const stragglersMs = 24 * 3_600_000;
/** How far back a month is looked for that was not closed when it should have been. */
const monthsLookedBack = 12;

/** The month of a moment where the tenant is; in UTC for a zone that nobody knows. */
export function periodAt(at: number, timeZone: string): Period {
  return new LocalClock(isTimeZone(timeZone) ? timeZone : 'UTC').read(at).date.slice(0, 7);
}

export function nextPeriod(period: Period): Period {
  return shifted(period, 1);
}

/** The oldest month that is not due to be closed. */
export function openPeriod(now: number, timeZone: string): Period {
  return periodAt(now - afterglowMs, timeZone);
}

/** Whether a month was due to be closed so long ago that nothing is booked on it any more. */
export function isPast(period: Period, now: number, timeZone: string): boolean {
  return period < openPeriod(now - stragglersMs, timeZone);
}

/** The months that are to be closed by now, the oldest first. */
export function periodsDue(now: number, timeZone: string): readonly Period[] {
  const open = openPeriod(now, timeZone);
  return Array.from({ length: monthsLookedBack }, (_, index) => shifted(open, index - monthsLookedBack));
}

function shifted(period: Period, months: number): Period {
  const [year = 1970, month = 1] = period.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 7);
}
