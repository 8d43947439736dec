import { LocalClock } from '../tariffs/local-time.ts';

/** A stretch of the day on a station’s clock; past midnight when it ends before it begins. */
export interface Hours {
  /** 0 is Sunday; the day it begins on. Every day when absent. */
  readonly days?: readonly number[];
  /** `HH:MM`. */
  readonly from: string;
  readonly to: string;
}

/** Where and when a token charges. What is absent restricts nothing; what is there must all hold. */
export interface TokenRestrictions {
  readonly stationIds?: readonly string[];
  readonly locationIds?: readonly string[];
  /** Numbers of EVSEs within their station. */
  readonly evseIds?: readonly number[];
  /** Epoch milliseconds. */
  readonly validFrom?: number;
  readonly hours?: readonly Hours[];
}

/** Where and when a token is shown. */
export interface Occasion {
  readonly at: number;
  readonly stationId: string;
  readonly locationId?: string;
  readonly timeZone: string;
  /** Unknown when the station only asks. */
  readonly evseId?: number;
}

/** What stands against a token here and now; `undefined` when nothing does. */
export function offence(
  { stationIds, locationIds, evseIds, validFrom, hours }: TokenRestrictions,
  { at, stationId, locationId = '', timeZone, evseId }: Occasion,
): 'WRONG_PLACE' | 'WRONG_EVSE' | 'WRONG_TIME' | undefined {
  if (stationIds?.includes(stationId) === false) return 'WRONG_PLACE';
  if (locationIds?.includes(locationId) === false) return 'WRONG_PLACE';
  if (evseId !== undefined && evseIds?.includes(evseId) === false) return 'WRONG_EVSE';
  if (validFrom !== undefined && at < validFrom) return 'WRONG_TIME';
  if (hours && !isWithin(hours, new LocalClock(timeZone).read(at))) return 'WRONG_TIME';
  return undefined;
}

/** No stretch of hours lasts longer, and after this they repeat. */
const lookAheadMs = 8 * 86_400_000;

/** When the hours that hold at a moment are over, by the clock of a zone; `undefined` when they cover all of the week. */
export function endOfHours(
  hours: readonly Hours[],
  { at, timeZone }: Pick<Occasion, 'at' | 'timeZone'>,
): number | undefined {
  const clock = new LocalClock(timeZone);
  const ends = hours.map(({ to }) => minutesOf(to));
  return clock.turns(at, at + lookAheadMs, ends).find((turn) => !isWithin(hours, clock.read(turn)));
}

const minutesPerDay = 1_440;

function isWithin(
  hours: readonly Hours[],
  { minuteOfDay, weekDay }: { minuteOfDay: number; weekDay: number },
) {
  return hours.some(({ days, from, to }) => {
    const [start, end] = [minutesOf(from), minutesOf(to)];
    const lasts = end > start ? end - start : end - start + minutesPerDay;
    // It may have begun yesterday.
    return [minuteOfDay, minuteOfDay + minutesPerDay].some((minute, daysAgo) => {
      const day = (weekDay + 7 - daysAgo) % 7;
      return minute >= start && minute < start + lasts && days?.includes(day) !== false;
    });
  });
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
