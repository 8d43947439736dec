import { LocalClock } from '../tariffs/local-time.ts';

/** What lies on one local day, or all of that day. Epoch milliseconds, `until` not included. */
export interface DayPart {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly from: number;
  readonly until: number;
}

/** Every zone's days are longer than half of this, however the clocks leap. */
const twoDaysMs = 50 * 3_600_000;

const clocks = new Map<string, LocalClock>();

/** Splits a stretch of time at the midnights of a zone; nothing of an empty one. Throws a RangeError on an unknown zone. */
export function splitByDays(timeZone: string, from: number, until: number): readonly DayPart[] {
  if (until <= from) return [];
  const clock = clockOf(timeZone);
  const parts: { date: string; from: number; until: number }[] = [];
  let start = from;
  for (const end of [...clock.turns(from, until, [0]), until]) {
    const { date } = clock.read(start);
    const last = parts.at(-1);
    if (last?.date === date) last.until = end;
    else parts.push({ date, from: start, until: end });
    start = end;
  }
  return parts;
}

/** The whole local day that a moment is on: 23 to 25 hours where clocks leap. */
export function localDayAt(timeZone: string, at: number): DayPart {
  const around = splitByDays(timeZone, at - twoDaysMs, at + twoDaysMs);
  const day = around.find((part) => part.from <= at && at < part.until);
  if (!day) throw new RangeError(`no day of ${timeZone} holds ${at}`);
  return day;
}

/** The local date of a moment, `YYYY-MM-DD`. */
export function localDateAt(timeZone: string, at: number): string {
  return clockOf(timeZone).read(at).date;
}

/** Making a clock costs more than all that is asked of it. */
function clockOf(timeZone: string): LocalClock {
  const known = clocks.get(timeZone);
  if (known) return known;
  const clock = new LocalClock(timeZone);
  clocks.set(timeZone, clock);
  return clock;
}
