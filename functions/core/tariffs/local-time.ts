/** What a wall clock shows. */
export interface LocalTime {
  /** Minutes since local midnight. */
  readonly minuteOfDay: number;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** 0 is Sunday. */
  readonly weekDay: number;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Formatters by zone. To make one takes as long as to price an hour of charging. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, made);
  return made;
}

/** How far a zone is from UTC on one UTC day, before and after the clocks leap, if they do. */
interface DayOffsets {
  readonly before: number;
  readonly after: number;
  readonly leap?: number;
}

/** What the wall clocks of an IANA zone show. */
export class LocalClock {
  readonly #format: Intl.DateTimeFormat;
  /** Asking the formatter costs more than all else of a rating: each UTC day is asked about once. */
  readonly #days = new Map<number, DayOffsets>();
  readonly #names = new Map<number, Pick<LocalTime, 'date' | 'weekDay'>>();

  /** Throws a RangeError on an unknown zone; see `isTimeZone`. */
  constructor(timeZone: string) {
    this.#format = formatOf(timeZone);
  }

  read(at: number): LocalTime {
    const wall = at + this.#offset(at);
    const day = Math.floor(wall / dayMs);
    return { ...this.#nameOf(day), minuteOfDay: Math.floor((wall - day * dayMs) / minuteMs) };
  }

  /**
   * The moments strictly between two others at which the clock may come to show one of these minutes of the day or
   * leaps (daylight saving), in order. Some may be moments at which nothing happens; none that matters is missing.
   */
  turns(from: number, until: number, minutesOfDay: readonly number[]): readonly number[] {
    const turns = new Set<number>();
    const inside = (at: number) => at > from && at < until;
    const firstDay = Math.floor((from + this.#offset(from)) / dayMs) - 1;
    const lastDay = Math.floor((until + this.#offset(until)) / dayMs) + 1;
    for (let day = firstDay; day <= lastDay; day += 1) {
      const { leap } = this.#dayOf(day);
      if (leap !== undefined && inside(leap)) turns.add(leap);
      for (const minute of minutesOfDay) {
        const wall = day * dayMs + minute * minuteMs;
        // No zone is more than a day from UTC, and of the offsets around a leap one is the right one.
        for (const near of [wall - dayMs, wall + dayMs]) {
          const at = wall - this.#offset(near);
          if (inside(at)) turns.add(at);
        }
      }
    }
    return [...turns].sort((a, b) => a - b);
  }

  #nameOf(day: number): Pick<LocalTime, 'date' | 'weekDay'> {
    const known = this.#names.get(day);
    if (known) return known;
    const midnight = new Date(day * dayMs);
    const name = { date: midnight.toISOString().slice(0, 10), weekDay: midnight.getUTCDay() };
    this.#names.set(day, name);
    return name;
  }

  #offset(at: number): number {
    const { before, after, leap } = this.#dayOf(Math.floor(at / dayMs));
    return leap !== undefined && at >= leap ? after : before;
  }

  #dayOf(day: number): DayOffsets {
    const known = this.#days.get(day);
    if (known) return known;
    const from = day * dayMs;
    const until = from + dayMs;
    const [before, after] = [this.#askOffset(from), this.#askOffset(until)];
    const found =
      before === after ? { before, after } : { before, after, leap: this.#leap(from, until, before) };
    this.#days.set(day, found);
    return found;
  }

  /** The first moment of a new offset, found by halving; there is at most one a day. */
  #leap(from: number, until: number, before: number): number {
    let last = from;
    let first = until;
    while (first - last > 1) {
      const middle = Math.floor((last + first) / 2);
      if (this.#askOffset(middle) === before) last = middle;
      else first = middle;
    }
    return first;
  }

  #askOffset(at: number): number {
    const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
    for (const { type, value } of this.#format.formatToParts(at)) parts[type] = Number(value);
    const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    const wholeSecond = Math.floor(at / 1000) * 1000;
    return Date.UTC(year, month - 1, day, hour, minute, second) - wholeSecond;
  }
}

/** Whether the name is a zone the runtime knows. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
