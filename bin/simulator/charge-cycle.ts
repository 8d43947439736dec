import { setTimeout as pause } from 'node:timers/promises';
import { advance, powerAt, type Vehicle } from './meter-curve.ts';
import type { VirtualStation } from './virtual-station.ts';

/** How a cycle is played. The charge lasts `chargeMs` of station time; each reading takes `paceMs` of real time. */
export interface CyclePlan {
  readonly evse: number;
  readonly token: string;
  readonly vehicle: Vehicle;
  readonly chargeMs: number;
  readonly readings: number;
  readonly paceMs: number;
  /** The meter's register before the charge, Wh. */
  readonly meterWh: number;
  readonly signal?: AbortSignal;
}

/**
 * One whole charge: plug in, authorize, start, readings along the vehicle's curve, stop, unplug. The station's
 * clock runs so that the charge ends now. Gives the register at the end, or `undefined` when the token was refused.
 */
export async function playCycle(station: VirtualStation, plan: CyclePlan): Promise<number | undefined> {
  const { evse, token, vehicle } = plan;
  await station.status(evse, 'Preparing');
  if (!(await station.authorize(token))) {
    await station.status(evse, 'Available');
    return undefined;
  }
  const startedAt = Date.now() - plan.chargeMs;
  const stepMs = plan.chargeMs / (plan.readings + 1);
  const { charge } = await station.start(evse, token, new Date(startedAt), Math.round(plan.meterWh));
  await station.status(evse, 'Charging');
  let stateOfCharge = vehicle.startCharge;
  let energyWh = plan.meterWh;
  for (let reading = 1; reading <= plan.readings + 1; reading += 1) {
    const step = advance(vehicle, stateOfCharge, stepMs);
    stateOfCharge = step.charge;
    energyWh += step.energyWh;
    if (plan.paceMs > 0)
      await pause(plan.paceMs, undefined, plan.signal ? { signal: plan.signal } : {}).catch(() => {});
    if (reading > plan.readings || plan.signal?.aborted) break;
    await station.meter(charge, {
      at: new Date(startedAt + stepMs * reading),
      energyWh: Math.round(energyWh),
      powerW: powerAt(vehicle, stateOfCharge),
      stateOfCharge: Math.round(stateOfCharge * 100),
    });
  }
  await station.stop(charge, new Date(startedAt + plan.chargeMs), Math.round(energyWh));
  await station.status(evse, 'Finishing');
  await station.status(evse, 'Available');
  return energyWh;
}
