import { playCycle } from './charge-cycle.ts';
import type { Vehicle } from './meter-curve.ts';
import { connectStation16 } from './station-16.ts';
import { connectStation201 } from './station-201.ts';
import type { StationAccess, VirtualStation } from './virtual-station.ts';

/** A few cars as they are on the road: battery, the power they take from an AC post, the charge they come with. */
const vehicles: readonly Vehicle[] = [
  { batteryWh: 40_000, maxPowerW: 6_600, startCharge: 0.35 },
  { batteryWh: 58_000, maxPowerW: 11_000, startCharge: 0.2 },
  { batteryWh: 77_000, maxPowerW: 11_000, startCharge: 0.55 },
  { batteryWh: 52_000, maxPowerW: 22_000, startCharge: 0.4 },
];

/** What a fleet counts while it runs. */
export interface FleetCount {
  connected: number;
  booted: number;
  cycles: number;
  refused: number;
  energyWh: number;
  failures: Map<string, number>;
}

export interface FleetPlan {
  readonly stations: readonly StationAccess[];
  readonly token: string;
  /** How long one charge lasts on the stations' clocks, and how many readings it has. */
  readonly chargeMs: number;
  readonly readings: number;
  /** Real time between two readings. */
  readonly paceMs: number;
  /** Cycles per station; absent: until the signal. */
  readonly cycles?: number;
  readonly signal: AbortSignal;
}

/** Connects the station by the version it speaks. */
export async function connectStation(
  access: StationAccess,
  options = { strict: true },
): Promise<VirtualStation> {
  return access.version === '1.6' ? connectStation16(access, options) : connectStation201(access, options);
}

/** Runs every station of the plan side by side; a station that fails counts its failure and stops alone. */
export async function runFleet(plan: FleetPlan, count: FleetCount): Promise<void> {
  await Promise.all(
    plan.stations.map((access, index) =>
      runStation(plan, access, { index, count }).catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        count.failures.set(reason, (count.failures.get(reason) ?? 0) + 1);
      }),
    ),
  );
}

async function runStation(
  plan: FleetPlan,
  access: StationAccess,
  { index, count }: { index: number; count: FleetCount },
): Promise<void> {
  const station = await connectStation(access);
  count.connected += 1;
  try {
    await station.boot();
    count.booted += 1;
    await station.status(1, 'Available');
    let meterWh = index * 1_000;
    for (let cycle = 0; plan.cycles === undefined || cycle < plan.cycles; cycle += 1) {
      if (plan.signal.aborted) break;
      const vehicle = vehicles[(index + cycle) % vehicles.length] ?? vehicles[0];
      if (!vehicle) break;
      const { token, chargeMs, readings, paceMs, signal } = plan;
      const after = await playCycle(station, {
        evse: 1,
        token,
        vehicle,
        chargeMs,
        readings,
        paceMs,
        meterWh,
        signal,
      });
      if (after === undefined) {
        count.refused += 1;
        break;
      }
      count.cycles += 1;
      count.energyWh += after - meterWh;
      meterWh = after;
    }
    await station.heartbeat();
  } finally {
    await station.close();
  }
}
