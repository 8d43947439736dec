import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { localDayAt, splitByDays } from '#core/analytics/local-days.ts';

const hourMs = 3_600_000;

const timeZone = fc.constantFrom(
  'UTC',
  'Europe/Paris',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'America/Santiago',
  'America/St_Johns',
  'Africa/Cairo',
  'Pacific/Apia',
  'Pacific/Kiritimati',
);
const moment = fc.integer({ min: Date.UTC(2010, 0, 1), max: Date.UTC(2030, 0, 1) });

/** Asked of the runtime, past our own clock. */
const dateOf = (zone: string, at: number) => new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(at);

describe('a stretch of time split by local days', () => {
  test('is whole, in order, each part on the one day that calendars there show', () => {
    fc.assert(
      fc.property(timeZone, moment, fc.integer({ min: 1, max: 90 * hourMs }), (zone, from, lengthMs) => {
        const until = from + lengthMs;

        const parts = splitByDays(zone, from, until);

        expect(parts.at(0)?.from).toBe(from);
        expect(parts.at(-1)?.until).toBe(until);
        expect(new Set(parts.map(({ date }) => date)).size).toBe(parts.length);
        for (const [index, part] of parts.entries()) {
          expect(part.until).toBeGreaterThan(part.from);
          expect(part.from).toBe(index === 0 ? from : parts[index - 1]?.until);
          expect(dateOf(zone, part.from)).toBe(part.date);
          expect(dateOf(zone, part.until - 1)).toBe(part.date);
        }
      }),
    );
  });

  test('has no parts when it is empty', () => {
    expect(splitByDays('UTC', 5, 5)).toEqual([]);
    expect(splitByDays('UTC', 5, 4)).toEqual([]);
  });
});

describe('a local day', () => {
  test.each([
    ['Europe/Paris', '2026-03-29T10:00:00Z', 23],
    ['Europe/Paris', '2026-10-25T10:00:00Z', 25],
    ['Europe/Paris', '2026-06-15T10:00:00Z', 24],
    ['Australia/Lord_Howe', '2026-10-03T20:00:00Z', 23.5],
    ['America/Santiago', '2026-09-06T12:00:00Z', 23],
    ['Africa/Cairo', '2026-04-24T12:00:00Z', 23],
  ])('in %s around %s lasts %d hours', (zone, at, hours) => {
    const { from, until } = localDayAt(zone, Date.parse(at));

    expect((until - from) / hourMs).toBe(hours);
  });

  test('holds its moment, begins when the date changes and ends when it changes again', () => {
    fc.assert(
      fc.property(timeZone, moment, (zone, at) => {
        const { date, from, until } = localDayAt(zone, at);

        expect(from <= at && at < until).toBe(true);
        expect([dateOf(zone, from), dateOf(zone, until - 1)]).toEqual([date, date]);
        expect([dateOf(zone, from - 1), dateOf(zone, until)]).not.toContain(date);
      }),
    );
  });
});
