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

/** What the wall clocks of an IANA zone show. */
export class LocalClock {
  readonly #format: Intl.DateTimeFormat;

  /** Throws a RangeError on an unknown zone; see `isTimeZone`. */
  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  read(at: number): LocalTime {
    const wall = new Date(at + this.#offset(at));
    return {
      minuteOfDay: wall.getUTCHours() * 60 + wall.getUTCMinutes(),
      date: wall.toISOString().slice(0, 10),
      weekDay: wall.getUTCDay(),
    };
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
      const leap = this.#leapBetween(Math.max(from, day * dayMs), Math.min(until, (day + 1) * dayMs));
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

  /** The first moment of a new offset, found by halving; there is at most one a day. */
  #leapBetween(from: number, until: number): number | undefined {
    if (from >= until || this.#offset(from) === this.#offset(until)) return undefined;
    let before = from;
    let after = until;
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (this.#offset(middle) === this.#offset(before)) before = middle;
      else after = middle;
    }
    return after;
  }

  #offset(at: number): number {
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
