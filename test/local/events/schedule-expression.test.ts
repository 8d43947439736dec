import { describe, expect, test } from 'vitest';
import { compileSchedule } from '../../../local/events/schedule-expression.ts';

function next(expression: string, after: string, start = '2026-01-01T00:00:00Z'): string | undefined {
  const at = compileSchedule(expression, Date.parse(start))(Date.parse(after));
  return at === undefined ? undefined : new Date(at).toISOString().replace('.000', '');
}

describe('schedule expressions', () => {
  test.each([
    ['rate(1 minute)', '2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z'],
    ['rate(5 minutes)', '2026-01-01T00:07:30Z', '2026-01-01T00:10:00Z'],
    ['cron(0 2 * * ? *)', '2026-03-01T02:00:00Z', '2026-03-02T02:00:00Z'],
    ['cron(*/15 8-9 ? * MON-FRI *)', '2026-11-21T12:00:00Z', '2026-11-23T08:00:00Z'],
    ['cron(30 0,12 1 JAN,JUL ? *)', '2026-01-01T12:30:00Z', '2026-07-01T00:30:00Z'],
    ['cron(0 0 29 2 ? *)', '2026-01-01T00:00:00Z', '2028-02-29T00:00:00Z'],
    ['at(2026-05-01T10:00:00)', '2026-01-01T00:00:00Z', '2026-05-01T10:00:00Z'],
  ])('%s after %s comes at %s', (expression, after, expected) => {
    expect(next(expression, after)).toBe(expected);
  });

  test('what lies in the past does not come again', () => {
    expect(next('at(2026-05-01T10:00:00)', '2026-06-01T00:00:00Z')).toBeUndefined();
    expect(next('cron(0 0 1 1 ? 2025)', '2026-06-01T00:00:00Z')).toBeUndefined();
  });

  test.each(['rate(0 minutes)', 'rate(soon)', 'cron(* * * *)', 'cron(0 0 L * ? *)', 'every day'])(
    '%s is refused',
    (expression) => {
      expect(() => compileSchedule(expression, 0)).toThrow();
    },
  );
});
