import type { Clock } from '../ports.ts';
import type { ConnectorLive, ConnectorRef } from '../stations/station.ts';
import type { StationLiveStore } from '../stations/station-store.ts';
import type { Reservation } from './reservation.ts';
import type { ReservationStore } from './reservation-store.ts';

/** A connector, or with EVSE 0 the whole station, that broke down or was taken out of service. Epoch milliseconds. */
export interface Outage {
  readonly stationId: string;
  readonly connector: ConnectorRef & { readonly status: 'FAULTED' | 'UNAVAILABLE' };
  readonly at: number;
}

export function isOut(status: string): status is Outage['connector']['status'] {
  return status === 'FAULTED' || status === 'UNAVAILABLE';
}

/**
 * Ends what a station reserved at a place that cannot be had any more: it gives such a reservation up by itself (1.6 §5.13,
 * 2.0.1 H01), and 1.6 has no message to say so. An EVSE is out when all of its connectors are. An outage that is told late
 * ends nothing that was agreed to after it was over.
 */
export async function endAtFault(
  ports: { reservations: ReservationStore; live: Pick<StationLiveStore, 'findLive'>; clock: Clock },
  outage: Outage,
): Promise<void> {
  const { stationId, connector } = outage;
  // Most stations have none, and then nobody needs to know the connectors.
  const open = await ports.reservations.listOpenReservations(stationId);
  const reserved = open.filter(({ state, place }) => state === 'RESERVED' && mayBeAt(place, connector));
  if (reserved.length === 0) return;
  const { connectors } = await ports.live.findLive(stationId);
  const ended = reserved.filter(
    (reservation) => isLost(reservation, outage, connectors) && !cameAfter(reservation, outage, connectors),
  );
  for (const { number } of ended) {
    const step = {
      state: 'REMOVED',
      at: ports.clock(),
      from: ['RESERVED'],
      refusal: connector.status,
    } as const;
    await ports.reservations.takeStep(stationId, number, step);
  }
}

/** What is reserved anywhere is lost with the station alone. */
function mayBeAt({ evseId }: Reservation['place'], connector: ConnectorRef): boolean {
  return connector.evseId === 0 || connector.evseId === evseId;
}

function isLost(
  { place }: Reservation,
  { connector }: Outage,
  connectors: readonly ConnectorLive[],
): boolean {
  const { evseId, connectorId } = connector;
  if (evseId === 0) return true;
  if (place.connectorId !== undefined) return place.connectorId === connectorId;
  return connectors.every(
    (one) => one.evseId !== evseId || one.connectorId === connectorId || isOut(one.status),
  );
}

function cameAfter(
  { reservedAt, createdAt }: Reservation,
  { connector, at }: Outage,
  connectors: readonly ConnectorLive[],
): boolean {
  const now = connectors.find(
    (one) => one.evseId === connector.evseId && one.connectorId === connector.connectorId,
  );
  return now !== undefined && !isOut(now.status) && (reservedAt ?? createdAt) > at;
}
