/** Gives the next time (epoch ms) strictly after the given one, or undefined when there is none. */
export type NextTime = (afterMs: number) => number | undefined;

const unitMs: Record<string, number> = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * Compiles `rate(5 minutes)`, `cron(…)` (six fields, UTC) and `at(yyyy-mm-ddThh:mm:ss)` (EventBridge Scheduler
 * guide, "Schedule types"). A rate counts from `startMs`. Throws on `L`, `W` and `#`, and on anything else it cannot keep.
 */
export function compileSchedule(expression: string, startMs: number): NextTime {
  const [, kind, argument = ''] = /^(rate|cron|at)\((.+)\)$/.exec(expression) ?? [];
  if (kind === 'rate') return compileRate(argument, startMs);
  if (kind === 'cron') return compileCron(argument);
  if (kind === 'at') {
    const atMs = Date.parse(`${argument}Z`);
    if (Number.isNaN(atMs)) throw new Error(`Schedule expression not understood: ${expression}`);
    return (afterMs) => (atMs > afterMs ? atMs : undefined);
  }
  throw new Error(`Schedule expression not understood: ${expression}`);
}

function compileRate(argument: string, startMs: number): NextTime {
  const [, count, unit = ''] = /^(\d+) (\w+?)s?$/.exec(argument) ?? [];
  const periodMs = Number(count) * (unitMs[unit] ?? Number.NaN);
  if (!(periodMs > 0)) throw new Error(`Schedule expression not understood: rate(${argument})`);
  return (afterMs) => startMs + (Math.floor((afterMs - startMs) / periodMs) + 1) * periodMs;
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

function compileCron(argument: string): NextTime {
  const fields = argument.trim().split(/\s+/);
  if (fields.length !== 6) throw new Error(`cron(${argument}) needs six fields`);
  const [minutes = '', hours = '', days = '', monthNames = '', weekdayNames = '', years = ''] = fields;
  const minute = cronField(minutes, 0, 59);
  const hour = cronField(hours, 0, 23);
  const day = cronField(days, 1, 31);
  const month = cronField(named(monthNames, months, 1), 1, 12);
  const weekday = cronField(named(weekdayNames, weekdays, 1), 1, 7);
  const year = cronField(years, 1970, 2199);
  const onDay = (date: Date) =>
    year.has(date.getUTCFullYear()) &&
    month.has(date.getUTCMonth() + 1) &&
    day.has(date.getUTCDate()) &&
    weekday.has(date.getUTCDay() + 1);
  return (afterMs) => {
    const midnight = Math.floor(afterMs / 86_400_000) * 86_400_000;
    // Eight years hold every combination of date and weekday that comes at all, leap days included.
    for (let dayMs = midnight; dayMs < midnight + 8 * 366 * 86_400_000; dayMs += 86_400_000) {
      if (!onDay(new Date(dayMs))) continue;
      for (const h of hour) {
        for (const m of minute) {
          const atMs = dayMs + h * 3_600_000 + m * 60_000;
          if (atMs > afterMs) return atMs;
        }
      }
    }
    return undefined;
  };
}

function named(field: string, names: string[], first: number): string {
  return field.replace(/[A-Z]{3}/gi, (name) => String(names.indexOf(name.toUpperCase()) + first));
}

/** The values of one cron field, ascending. */
function cronField(field: string, lowest: number, highest: number): Set<number> {
  const values = field.split(',').flatMap((part) => {
    const [range = '', step = '1'] = part.split('/');
    const [from, to] = range === '*' || range === '?' ? [lowest, highest] : range.split('-').map(Number);
    const first = from ?? Number.NaN;
    const last = to ?? (part.includes('/') ? highest : first);
    if (![first, last, Number(step)].every(Number.isInteger) || first < lowest || last > highest) {
      throw new Error(`cron field not understood: ${field}`);
    }
    return Array.from(
      { length: Math.floor((last - first) / Number(step)) + 1 },
      (_, i) => first + i * Number(step),
    );
  });
  return new Set(values.sort((a, b) => a - b));
}
