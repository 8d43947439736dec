import type { Clock } from '../ports.ts';
import type { TenantPolicy } from '../tenants/tenant-policy.ts';
import type { AcceptedConnections } from './accepted-connections.ts';
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
  /** Between heartbeats of an accepted station; for others, until they ask again. */
  readonly intervalS: number;
  readonly now: number;
}

export interface RegistrationPorts {
  readonly stations: StationStore;
  readonly live: StationLiveStore;
  readonly acceptedConnections: AcceptedConnections;
  readonly policy: TenantPolicy;
  readonly clock: Clock;
}

/**
 * Registers a boot: a station is accepted, unless its owner wants it held or rejected, or took it out of service for
 * good. What it is told counts for all it says until its next boot. What it says of its make replaces what was
 * written of it. From a second after the answer on it may be called, unless it was rejected.
 */
export async function registerBoot(ports: RegistrationPorts, boot: Boot): Promise<Registration> {
  const station = await ports.stations.findStation(boot.stationId);
  const { stationId, connectionId, reason } = boot;
  const now = ports.clock();
  const status = registrationOf(station);
  if (station) {
    await Promise.all([
      ports.live.recordBoot({
        stationId,
        connectionId,
        bootedAt: now,
        callsFrom: now + callsAfterMs,
        registration: status,
        ...(reason === undefined ? {} : { reason }),
      }),
      keepMake(ports, station, boot, now),
    ]);
  }
  if (status !== 'ACCEPTED' || !station) {
    ports.acceptedConnections.forget(connectionId);
    return { status, intervalS: ports.policy.registrationRetryS, now };
  }
  ports.acceptedConnections.add(connectionId);
  return { status, intervalS: station.heartbeatIntervalS, now };
}

/** What a station is to be told at its next boot. */
export function registrationOf(station: Station | undefined): RegistrationStatus {
  if (!station || station.lifecycle === 'RETIRED' || station.registration === 'REJECT') return 'REJECTED';
  return station.registration === 'HOLD' ? 'PENDING' : 'ACCEPTED';
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
