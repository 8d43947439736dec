import { describe, expect, test } from 'vitest';
import { electricsOf, inUnit, mostOf } from '#core/smart-charging/electrics.ts';
import type { Connector } from '#core/stations/station.ts';

const electrics = (more: Partial<Connector> = {}) =>
  electricsOf({ connectors: [{ evseId: 1, connectorId: 1, connectorType: 'TYPE_2', ...more }] }, 1);

describe('the electrics of an EVSE', () => {
  test('are three phases of 230 V and 32 A where nobody said otherwise', () => {
    expect(electrics()).toEqual({ voltageV: 230, phases: 3, direct: false });
    expect(mostOf(electrics(), 'A')).toBe(320);
  });

  test('take 400 V of three phases for what is between them', () => {
    expect(electrics({ voltageV: 400, phases: 3 }).voltageV).toBe(230);
    expect(electrics({ voltageV: 230, phases: 3 }).voltageV).toBe(230);
    expect(electrics({ voltageV: 400, phases: 1 }).voltageV).toBe(400);
  });

  test('are bounded by power and current alike', () => {
    expect(mostOf(electrics({ maxPowerW: 22_000, maxCurrentA: 32 }), 'A')).toBe(318);
    expect(mostOf(electrics({ maxPowerW: 22_000, maxCurrentA: 16 }), 'W')).toBe(110_400);
  });

  test('of direct current are in watts', () => {
    const fast = electrics({ connectorType: 'CCS2', voltageV: 920, maxPowerW: 150_000 });

    expect(fast).toMatchObject({ direct: true, voltageV: 230 });
    expect(mostOf(fast, 'W')).toBe(1_500_000);
  });

  test('never make a limit larger by saying it in another unit and back', () => {
    const one = electrics({ phases: 1 });
    for (let tenths = 0; tenths < 5_000; tenths += 7) {
      expect(inUnit(inUnit(tenths, 'W', 'A', one), 'A', 'W', one)).toBeLessThanOrEqual(tenths);
    }
  });
});
