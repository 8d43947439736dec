/** A place on the earth in degrees (WGS 84). */
export interface Coordinates {
  readonly latitude: number;
  readonly longitude: number;
}

/** A point of the unit sphere. */
export type Vector = readonly [number, number, number];

/** The mean radius (IUGG). */
export const earthRadiusKm = 6_371.0088;

/** The length of the great circle between two places, in km (haversine). */
export function distanceKm(one: Coordinates, other: Coordinates): number {
  const half = Math.sin(radians(other.latitude - one.latitude) / 2);
  const across = Math.sin(radians(other.longitude - one.longitude) / 2);
  const square =
    half * half + Math.cos(radians(one.latitude)) * Math.cos(radians(other.latitude)) * across * across;
  return 2 * earthRadiusKm * Math.asin(Math.min(1, Math.sqrt(square)));
}

export function toVector({ latitude, longitude }: Coordinates): Vector {
  const [height, turn] = [radians(latitude), radians(longitude)];
  return [Math.cos(height) * Math.cos(turn), Math.cos(height) * Math.sin(turn), Math.sin(height)];
}

/** The angle between two points of the unit sphere, in radians. */
export function angleBetween([a, b, c]: Vector, [x, y, z]: Vector): number {
  return 2 * Math.asin(Math.min(1, Math.hypot(a - x, b - y, c - z) / 2));
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
