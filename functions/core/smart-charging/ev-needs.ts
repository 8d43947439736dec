import { type RateUnit, toTenths } from './charging-profile.ts';
import { type Electrics, inUnit, mostOf } from './electrics.ts';

/** What a vehicle asks for. Moments in epoch milliseconds, currents per phase. */
export interface EvNeeds {
  readonly evseId: number;
  readonly transfer: 'AC' | 'DC';
  /** Of alternating current. */
  readonly phases?: number;
  readonly energyWh?: number;
  readonly minCurrentA?: number;
  readonly maxCurrentA: number;
  readonly maxVoltageV: number;
  readonly maxPowerW?: number;
  readonly departureAt?: number;
  /** How many periods the vehicle takes in a schedule. */
  readonly maxPeriods?: number;
  readonly notedAt: number;
}

/**
 * What follows from the needs of vehicles: nothing, as fast as vehicle, EVSE and site allow, or as flat as the
 * departure allows.
 */
export type EvNeedsPolicy = 'OFF' | 'FAST' | 'FLAT';

/**
 * The rate, in tenths of a unit, at which a vehicle is to charge by a policy: what it can take, or under `FLAT` just
 * enough, rounded up, to have its energy at its departure. `FLAT` without energy or departure is `FAST`.
 */
export function rateForNeeds(
  needs: EvNeeds,
  policy: Exclude<EvNeedsPolicy, 'OFF'>,
  electrics: Electrics,
  unit: RateUnit,
): number {
  const phases = Math.min(electrics.phases, needs.phases ?? electrics.phases);
  const most = Math.min(mostOf(electrics, unit), takenByVehicle(needs, electrics, phases, unit));
  const { energyWh, departureAt, notedAt } = needs;
  if (policy === 'FAST' || energyWh === undefined || departureAt === undefined || departureAt <= notedAt) {
    return most;
  }
  const powerW = (energyWh * 3_600_000) / (departureAt - notedAt);
  const exact = unit === 'W' ? powerW : powerW / (electrics.voltageV * phases);
  return Math.min(most, Math.max(leastForNeeds(needs, electrics, unit), Math.ceil(exact * 10 - 1e-6)));
}

/** The least that the vehicle can do with, in tenths of a unit. */
export function leastForNeeds({ minCurrentA = 0 }: EvNeeds, electrics: Electrics, unit: RateUnit): number {
  return inUnit(Math.ceil(minCurrentA * 10 - 1e-6), 'A', unit, electrics);
}

function takenByVehicle(needs: EvNeeds, electrics: Electrics, phases: number, unit: RateUnit): number {
  if (needs.transfer === 'AC') {
    return inUnit(toTenths(needs.maxCurrentA), 'A', unit, { ...electrics, phases });
  }
  const powerW = Math.min(needs.maxPowerW ?? Number.MAX_SAFE_INTEGER, needs.maxCurrentA * needs.maxVoltageV);
  return inUnit(toTenths(powerW), 'W', unit, electrics);
}
