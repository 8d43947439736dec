import { describe, expect, test } from 'vitest';
import { type EvNeeds, rateForNeeds } from '#core/smart-charging/ev-needs.ts';

const noon = Date.UTC(2026, 5, 15, 12);
const ac = { voltageV: 230, phases: 3, direct: false, maxCurrentA: 32 };
const needs: EvNeeds = {
  evseId: 1,
  transfer: 'AC',
  phases: 3,
  energyWh: 27_600,
  minCurrentA: 6,
  maxCurrentA: 16,
  maxVoltageV: 400,
  departureAt: noon + 4 * 3_600_000,
  notedAt: noon,
};
const rate = (policy: 'FAST' | 'FLAT', more: Partial<EvNeeds> = {}, unit: 'A' | 'W' = 'A') =>
  rateForNeeds({ ...needs, ...more }, policy, ac, unit);

describe('the rate for what a vehicle asks for', () => {
  test('is all that vehicle and EVSE can do, when it is to be fast [K15]', () => {
    expect(rate('FAST')).toBe(160);
    expect(rate('FAST', { maxCurrentA: 80 })).toBe(320);
  });

  test('is just enough until the departure, when it is to be flat [K15]', () => {
    expect(rate('FLAT')).toBe(100);
    expect(rate('FLAT', { energyWh: 27_601 })).toBe(101);
    expect(rate('FLAT', {}, 'W')).toBe(69_000);
  });

  test('is never below what the vehicle can do with, nor above what it can take', () => {
    expect(rate('FLAT', { energyWh: 100 })).toBe(60);
    expect(rate('FLAT', { energyWh: 200_000 })).toBe(160);
  });

  test('is fast where nobody said when it leaves', () => {
    const { departureAt: _, ...open } = needs;

    expect(rateForNeeds(open, 'FLAT', ac, 'A')).toBe(160);
    expect(rate('FLAT', { departureAt: noon - 1 })).toBe(160);
  });

  test('of direct current is bounded by the power of vehicle and EVSE', () => {
    const dc = { voltageV: 230, phases: 3, direct: true, maxPowerW: 150_000 };
    const asked = { ...needs, transfer: 'DC', maxCurrentA: 200, maxVoltageV: 400, energyWh: 40_000 } as const;

    expect(rateForNeeds(asked, 'FAST', dc, 'W')).toBe(800_000);
    expect(rateForNeeds({ ...asked, maxPowerW: 60_000 }, 'FAST', dc, 'W')).toBe(600_000);
    expect(rateForNeeds({ ...asked, minCurrentA: 0 }, 'FLAT', dc, 'W')).toBe(100_000);
  });
});
