import type { Clock } from '../ports.ts';
import type { RegistrationStatus, Station } from './station.ts';
import type { StationLiveStore, StationStore } from './station-store.ts';

/** The station must have our answer before our first call; it has none of its own way to say so. */
const callsAfterMs = 1_000;

/** What a booting station says of itself. */
export interface Boot {
  readonly stationId: string;
  readonly connectionId: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serialNumber?: string;
  readonly firmwareVersion?: string;
  readonly reason?: string;
}

export interface Registration {
  readonly status: RegistrationStatus;
  readonly heartbeatIntervalS: number;
  readonly now: number;
}

/**
 * Registers a boot: a station in service is accepted, one taken out of service rejected. What it says of its
 * make replaces what was written of it. From a second after the answer on it may be called.
 */
export async function registerBoot(
  ports: { stations: StationStore; live: StationLiveStore; clock: Clock },
  boot: Boot,
): Promise<Registration> {
  const station = await ports.stations.findStation(boot.stationId);
  const now = ports.clock();
  if (!station || station.lifecycle === 'RETIRED')
    return { status: 'REJECTED', heartbeatIntervalS: 300, now };
  const { stationId, connectionId, reason } = boot;
  await Promise.all([
    ports.live.recordBoot({
      stationId,
      connectionId,
      bootedAt: now,
      callsFrom: now + callsAfterMs,
      registration: 'ACCEPTED',
      ...(reason === undefined ? {} : { reason }),
    }),
    keepMake(ports, station, boot, now),
  ]);
  return { status: 'ACCEPTED', heartbeatIntervalS: station.heartbeatIntervalS, now };
}

/** An owner's change at the same moment wins: the next boot brings the make again. */
async function keepMake(
  ports: { stations: StationStore },
  station: Station,
  boot: Boot,
  now: number,
): Promise<void> {
  const { manufacturer, model, serialNumber, firmwareVersion } = boot;
  const reported = {
    manufacturer,
    model,
    ...(serialNumber === undefined ? {} : { serialNumber }),
    ...(firmwareVersion === undefined ? {} : { firmwareVersion }),
  };
  const next: Station = { ...station, ...reported };
  const same =
    next.manufacturer === station.manufacturer &&
    next.model === station.model &&
    next.serialNumber === station.serialNumber &&
    next.firmwareVersion === station.firmwareVersion;
  if (!same) await ports.stations.replaceStation({ ...next, updatedAt: now, revision: station.revision + 1 });
}
