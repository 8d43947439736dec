import type { StationStore } from '../stations/station-store.ts';
import { type Coordinates, distanceKm } from './earth.ts';
import { cellsAround, deepest, depthOf, type GeoCell, quartersOf, reachOf } from './geo-cell.ts';

/** A station and how far it is. */
export interface NearStation {
  readonly stationId: string;
  readonly distanceKm: number;
}

/** Which stations: not farther than the radius from the centre, and behind one that was given already. */
export interface Vicinity {
  readonly centre: Coordinates;
  readonly radiusKm: number;
  readonly behind?: NearStation;
}

/** How many stations one read of a cell gives; a cell with more is read in quarters. */
const stationsPerRead = 100;
const readsAtOnce = 6;

interface OpenCell {
  readonly cell: GeoCell;
  readonly leastKm: number;
}

/**
 * The nearest stations within a radius, nearest first, those of one distance by their ids. Cells are read from the
 * centre outwards and no farther than it takes to fill the page: what lies beyond costs nothing, however much it is.
 */
export async function stationsNear(
  { stations }: { readonly stations: Pick<StationStore, 'listPlaced'> },
  vicinity: Vicinity,
  limit: number,
): Promise<{ items: readonly NearStation[]; more: boolean }> {
  const { centre, radiusKm } = vicinity;
  let open = toOpen(vicinity, cellsAround(centre, radiusKm));
  let found: readonly NearStation[] = [];
  while (open.length > 0) {
    const enough = found[limit]?.distanceKm ?? Number.POSITIVE_INFINITY;
    const [nearest] = open;
    if (nearest === undefined || nearest.leastKm > enough) break;
    const next = open.slice(0, readsAtOnce).filter(({ leastKm }) => leastKm <= enough);
    const read = await Promise.all(next.map(({ cell }) => readCell(stations, cell)));
    found = [...found, ...read.flatMap(({ placed }) => placed.flatMap(fitting(vicinity)))].toSorted(
      byDistance,
    );
    const quarters = read.flatMap(({ tooMany }) => tooMany ?? []).flatMap(quartersOf);
    open = [...open.slice(next.length), ...toOpen(vicinity, quarters)].toSorted(
      (a, b) => a.leastKm - b.leastKm,
    );
  }
  return { items: found.slice(0, limit), more: found.length > limit };
}

/** All stations of a cell, or the cell itself when it holds too many and can be cut. */
async function readCell(
  stations: Pick<StationStore, 'listPlaced'>,
  cell: GeoCell,
): Promise<{ placed: readonly { stationId: string; coordinates: Coordinates }[]; tooMany?: GeoCell }> {
  const first = await stations.listPlaced(cell, { limit: stationsPerRead });
  if (first.cursor !== undefined && depthOf(cell) < deepest) return { placed: [], tooMany: cell };
  const placed = [...first.items];
  for (let { cursor } = first; cursor !== undefined; ) {
    const page = await stations.listPlaced(cell, { limit: stationsPerRead, cursor });
    placed.push(...page.items);
    cursor = page.cursor;
  }
  return { placed };
}

/** Those of these cells in which a wanted station may be, nearest first. */
function toOpen({ centre, radiusKm, behind }: Vicinity, cells: readonly GeoCell[]): readonly OpenCell[] {
  return cells
    .map((cell) => ({ cell, ...reachOf(cell, centre) }))
    .filter(({ leastKm, mostKm }) => leastKm <= radiusKm && mostKm >= (behind?.distanceKm ?? 0))
    .toSorted((a, b) => a.leastKm - b.leastKm);
}

function fitting({ centre, radiusKm, behind }: Vicinity) {
  return ({ stationId, coordinates }: { stationId: string; coordinates: Coordinates }) => {
    const near: NearStation = { stationId, distanceKm: distanceKm(centre, coordinates) };
    const isWanted = near.distanceKm <= radiusKm && (behind === undefined || byDistance(behind, near) < 0);
    return isWanted ? [near] : [];
  };
}

function byDistance(one: NearStation, other: NearStation): number {
  return (
    one.distanceKm - other.distanceKm ||
    (one.stationId < other.stationId ? -1 : Number(one.stationId > other.stationId))
  );
}
