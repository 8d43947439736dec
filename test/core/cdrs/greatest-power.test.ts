import { expect, test } from 'vitest';
import { greatestPowerW } from '#core/cdrs/greatest-power.ts';

test('the greatest power of a session is what was measured, else the average of its strongest stretch', () => {
  const charging = { activity: 'CHARGING' } as const;

  expect(
    greatestPowerW([
      { ...charging, averagePowerW: 9000, maxPowerW: 11_000 },
      { ...charging, averagePowerW: 7000 },
      { activity: 'PARKING', averagePowerW: 0 },
    ]),
  ).toBe(11_000);
  expect(greatestPowerW([charging, { ...charging, averagePowerW: 7000 }])).toBe(7000);
  expect(greatestPowerW([charging])).toBeUndefined();
  expect(greatestPowerW([{ activity: 'RESERVED', averagePowerW: 0 }])).toBeUndefined();
});
