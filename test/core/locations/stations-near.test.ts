import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Coordinates, distanceKm } from '#core/locations/earth.ts';
import { cellAt, cellsAround, deepest } from '#core/locations/geo-cell.ts';
import { type NearStation, stationsNear } from '#core/locations/stations-near.ts';
import type { Page, PageRequest } from '#core/ports.ts';

interface Placed {
  readonly stationId: string;
  readonly coordinates: Coordinates;
}

/** A registry in memory that counts its reads. */
function registryOf(placed: readonly Placed[]) {
  const sorted = placed
    .map((one) => ({ ...one, key: `${cellAt(one.coordinates)}#${one.stationId}` }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const counted = { reads: 0, items: 0 };
  const stations = {
    async listPlaced(cell: string, { limit, cursor = '' }: PageRequest): Promise<Page<Placed>> {
      const found = sorted.filter(({ key }) => key.startsWith(cell) && key > cursor);
      const items = found.slice(0, limit);
      counted.reads += 1;
      counted.items += items.length;
      const last = items.at(-1);
      return found.length > limit && last ? { items, cursor: last.key } : { items };
    },
  };
  return { stations, counted };
}

/** Places everywhere, and rather often where maps end or many things are in one place. */
const latitude = fc.oneof(
  fc.double({ min: -90, max: 90, noNaN: true }),
  fc.double({ min: 89, max: 90, noNaN: true }),
  fc.double({ min: -90, max: -89, noNaN: true }),
  fc.double({ min: 48.8, max: 48.9, noNaN: true }),
  fc.constantFrom(-90, 90, 0),
);
const longitude = fc.oneof(
  fc.double({ min: -180, max: 180, noNaN: true }),
  fc.double({ min: 178, max: 180, noNaN: true }),
  fc.double({ min: -180, max: -178, noNaN: true }),
  fc.double({ min: 2.2, max: 2.4, noNaN: true }),
  fc.constantFrom(-180, 180, 0, 45, 90, -90),
);
const place = fc.record({ latitude, longitude });
const radius = fc.oneof(fc.double({ min: 0, max: 500, noNaN: true }), fc.constantFrom(0, 1, 500));

function named(places: readonly Coordinates[]): readonly Placed[] {
  return places.map((coordinates, index) => ({ stationId: `CS-${index}`, coordinates }));
}

function bruteForce(placed: readonly Placed[], centre: Coordinates, radiusKm: number): readonly string[] {
  return placed
    .map(({ stationId, coordinates }) => ({ stationId, km: distanceKm(centre, coordinates) }))
    .filter(({ km }) => km <= radiusKm)
    .toSorted((a, b) => a.km - b.km || (a.stationId < b.stationId ? -1 : 1))
    .map(({ stationId }) => stationId);
}

async function allPages(
  ports: Parameters<typeof stationsNear>[0],
  centre: Coordinates,
  radiusKm: number,
  limit: number,
): Promise<readonly string[]> {
  const ids: string[] = [];
  let behind: NearStation | undefined;
  for (;;) {
    const page = await stationsNear(ports, { centre, radiusKm, ...(behind ? { behind } : {}) }, limit);
    ids.push(...page.items.map(({ stationId }) => stationId));
    behind = page.items.at(-1);
    if (!page.more) return ids;
  }
}

describe('stations near a place', () => {
  it('are those that a comparison with every station finds, nearest first, page by page, wherever it is', async () => {
    await fc.assert(
      fc.asyncProperty(
        place,
        radius,
        fc.array(place, { maxLength: 150 }),
        fc.integer({ min: 1, max: 40 }),
        async (centre, radiusKm, places, limit) => {
          // Some in the neighbourhood too, or most circles would be empty.
          const neighbours = places.slice(0, 50).map((one, index) => ({
            latitude: Math.max(-90, Math.min(90, centre.latitude + (one.latitude / 90) * 5)),
            longitude: ((centre.longitude + (one.longitude / 180) * (index % 6) + 540) % 360) - 180,
          }));
          const placed = named([...places, ...neighbours]);
          const { stations } = registryOf(placed);

          const found = await allPages({ stations }, centre, radiusKm, limit);

          expect(found).toEqual(bruteForce(placed, centre, radiusKm));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('across the antimeridian are as near as they are', async () => {
    const { stations } = registryOf([
      { stationId: 'EAST', coordinates: { latitude: -17, longitude: 179.99 } },
      { stationId: 'WEST', coordinates: { latitude: -17, longitude: -179.99 } },
    ]);

    const { items } = await stationsNear(
      { stations },
      { centre: { latitude: -17, longitude: 179.995 }, radiusKm: 2 },
      10,
    );

    expect(items.map(({ stationId }) => stationId)).toEqual(['EAST', 'WEST']);
  });

  it('around a pole are those of all longitudes', async () => {
    const placed = named(
      Array.from({ length: 36 }, (_, index) => ({ latitude: 89, longitude: index * 10 - 180 })),
    );
    const { stations } = registryOf(placed);

    const found = await allPages({ stations }, { latitude: 90, longitude: 17 }, 112, 10);

    expect(found).toHaveLength(36);
  });

  it('of one place are all given, in the order of their ids', async () => {
    const coordinates = { latitude: 48.8584, longitude: 2.2945 };
    const placed = Array.from({ length: 450 }, (_, index) => ({
      stationId: `CS-${String(index).padStart(3, '0')}`,
      coordinates,
    }));
    const { stations } = registryOf(placed);

    const found = await allPages({ stations }, coordinates, 0, 200);

    expect(found).toEqual(placed.map(({ stationId }) => stationId));
  });

  it('cost the same however many more there are in the circle and beyond it', async () => {
    const spread = (count: number, degrees: number) =>
      named(
        Array.from({ length: count }, (_, index) => ({
          latitude: 46 + Math.sin(index * 12.9898) * degrees,
          longitude: 2 + Math.cos(index * 78.233) * degrees,
        })),
      );
    const readsFor = async (placed: readonly Placed[], radiusKm: number) => {
      const { stations, counted } = registryOf(placed);
      const { items } = await stationsNear(
        { stations },
        { centre: { latitude: 46, longitude: 2 }, radiusKm },
        50,
      );
      expect(items).toHaveLength(50);
      return counted;
    };

    const few = await readsFor(spread(200, 4), 500);
    const many = await readsFor(spread(20_000, 4), 500);

    expect(few.reads).toBeLessThanOrEqual(40);
    expect(many.reads).toBeLessThanOrEqual(60);
    expect(many.items).toBeLessThan(5_000);
  });
});

describe('cells', () => {
  it('around a place hold whatever is that near, and are a few', () => {
    fc.assert(
      fc.property(place, radius, place, (centre, radiusKm, other) => {
        const cells = cellsAround(centre, radiusKm);

        expect(cells.length).toBeLessThanOrEqual(12);
        const isIn = cells.some((cell) => cellAt(other).startsWith(cell));
        expect(isIn || distanceKm(centre, other) > radiusKm).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('are texts of one length, so that none is the beginning of another’s', () => {
    fc.assert(
      fc.property(place, (one) => {
        expect(cellAt(one)).toMatch(new RegExp(`^[0-5][0-3]{${deepest}}$`));
      }),
    );
  });
});
