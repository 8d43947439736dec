/**
 * The first month of this system. Earlier moments (imports, stations whose clock stands in 1970) are listed in
 * it, so that a walk through the months has an end.
 */
const firstMonth = '2026-01';

/** The month, in UTC, whose partition lists this moment: never before the first, never after the next. */
export function monthBucket(at: number, now: number): string {
  const month = monthOf(at);
  if (month < firstMonth) return firstMonth;
  const latest = followingMonth(monthOf(now));
  if (month > latest) return latest;
  return month;
}

/** The bucket before this one; `undefined` before the first. */
export function precedingBucket(month: string): string | undefined {
  return month <= firstMonth ? undefined : monthOf(Date.UTC(yearOf(month), indexOf(month) - 1));
}

/** Whether the text is a bucket, for cursors. */
export function isMonth(text: string): boolean {
  return /^\d{4}-(0[1-9]|1[0-2])$/.test(text);
}

function followingMonth(month: string): string {
  return monthOf(Date.UTC(yearOf(month), indexOf(month) + 1));
}

/** Dates outside what `Date` can say count as the nearest one it can. */
function monthOf(at: number): string {
  const bounded = Math.min(Math.max(at, 0), Date.UTC(9999, 11));
  return new Date(bounded).toISOString().slice(0, 7);
}

function yearOf(month: string): number {
  return Number(month.slice(0, 4));
}

function indexOf(month: string): number {
  return Number(month.slice(5)) - 1;
}
