import type { ChargingStore } from './charging-store.ts';

/** Notes whether a station lets its charging be limited at all. One that does not is counted at its maximum. */
export async function noteControllable(
  ports: { charging: ChargingStore },
  { stationId, controllable, at }: { stationId: string; controllable: boolean; at: number },
): Promise<void> {
  await ports.charging.noteControllable(stationId, controllable, at);
}
