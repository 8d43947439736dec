/** A vehicle as its charge looks from the meter. */
export interface Vehicle {
  readonly batteryWh: number;
  readonly maxPowerW: number;
  /** 0 to 1. */
  readonly startCharge: number;
}

/** Above this share of the battery, power falls. */
const kneeCharge = 0.8;
const floorShare = 0.08;

/**
 * Power the vehicle takes at a state of charge: full up to the knee, then falling to a trickle. Watts.
 */
export function powerAt(vehicle: Vehicle, charge: number): number {
  if (charge >= 1) return 0;
  if (charge <= kneeCharge) return vehicle.maxPowerW;
  const left = (1 - charge) / (1 - kneeCharge);
  return Math.round(vehicle.maxPowerW * Math.max(floorShare, left));
}

/**
 * The battery after a while at the power its curve gives, in steps of at most a minute so that the fall after
 * the knee is followed.
 */
export function advance(
  vehicle: Vehicle,
  charge: number,
  durationMs: number,
): { charge: number; energyWh: number } {
  let left = durationMs;
  let now = charge;
  let energyWh = 0;
  while (left > 0 && now < 1) {
    const stepMs = Math.min(left, 60_000);
    const stepWh = Math.min((powerAt(vehicle, now) * stepMs) / 3_600_000, (1 - now) * vehicle.batteryWh);
    energyWh += stepWh;
    now += stepWh / vehicle.batteryWh;
    left -= stepMs;
  }
  return { charge: Math.min(now, 1), energyWh };
}
