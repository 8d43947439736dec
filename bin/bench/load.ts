import { setTimeout as pause } from 'node:timers/promises';
import { connectStation } from '../simulator/fleet.ts';
import type { StationAccess, VirtualStation } from '../simulator/virtual-station.ts';
import { meterWh, powerW } from './believable-meter.ts';
import { type LatencySummary, summarize } from './latency.ts';

/** What the load process is told. */
export interface LoadOrder {
  readonly stations: readonly StationAccess[];
  readonly work: 'heartbeat' | 'cycle';
  readonly token: string;
  readonly warmUpMs: number;
  readonly durationMs: number;
}

/** What it measured: the work itself, and how stations that all connect at once fare. */
export interface LoadReport {
  readonly messages: LatencySummary;
  readonly cyclesPerSecond: number;
  readonly bootMaxMs: number;
  /** How often each reason made a message fail. */
  readonly failures: Readonly<Record<string, number>>;
}

/** Six messages make a cycle: Authorize, start, status, a reading, end, status. */
async function cycle(station: VirtualStation, token: string, timed: Timed): Promise<void> {
  await timed(() => station.authorize(token));
  const startedAt = Date.now();
  const { charge } = await timed(() =>
    station.start(1, token, new Date(startedAt), meterWh(startedAt, startedAt)),
  );
  await timed(() => station.status(1, 'Charging'));
  const readAt = Date.now();
  const reading = { at: new Date(readAt), energyWh: meterWh(startedAt, readAt), powerW, stateOfCharge: 50 };
  await timed(() => station.meter(charge, reading));
  const endedAt = Date.now();
  await timed(() => station.stop(charge, new Date(endedAt), meterWh(startedAt, endedAt)));
  await timed(() => station.status(1, 'Available'));
}

type Timed = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Drives stations in a closed loop: each sends its next message when it has the answer to the last. */
export async function runLoad(
  order: LoadOrder,
  onMeasuring: (measuring: boolean) => void = () => {},
): Promise<LoadReport> {
  const boots: number[] = [];
  const begun = performance.now();
  const stations = await Promise.all(
    order.stations.map(async (access) => {
      const station = await connectStation(access, { strict: false });
      await station.boot();
      boots.push(performance.now() - begun);
      return station;
    }),
  );
  const latencies: number[] = [];
  let measuring = false;
  let running = true;
  let cycles = 0;
  const failures: Record<string, number> = {};
  const timed: Timed = async (work) => {
    const sentAt = performance.now();
    const result = await work();
    if (measuring) latencies.push(performance.now() - sentAt);
    return result;
  };
  const lanes = stations.map(async (station) => {
    while (running) {
      try {
        if (order.work === 'heartbeat') await timed(() => station.heartbeat());
        else await cycle(station, order.token, timed);
        if (measuring) cycles += 1;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        failures[reason] = (failures[reason] ?? 0) + 1;
      }
    }
  });
  await pause(order.warmUpMs);
  measuring = true;
  onMeasuring(true);
  const measuredFrom = performance.now();
  await pause(order.durationMs);
  measuring = false;
  onMeasuring(false);
  const elapsedMs = performance.now() - measuredFrom;
  running = false;
  await Promise.all(lanes);
  await Promise.all(stations.map((station) => station.close()));
  return {
    messages: summarize(latencies, elapsedMs),
    cyclesPerSecond: order.work === 'cycle' ? Math.round((cycles / elapsedMs) * 10_000) / 10 : 0,
    bootMaxMs: Math.round(Math.max(...boots)),
    failures,
  };
}
