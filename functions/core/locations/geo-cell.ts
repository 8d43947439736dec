import { angleBetween, type Coordinates, earthRadiusKm, toVector, type Vector } from './earth.ts';

/**
 * The earth in cells: the six faces of a cube around it, each cut into quarters again and again. A cell is a text, its
 * face and one digit per cut, so that a cell holds every text that begins with its own. Unlike cells of latitude and
 * longitude these have no edge at the antimeridian and do not shrink to nothing at the poles.
 */
export type GeoCell = string;

/** How often a face is cut: the smallest cells are about 600 m wide. */
export const deepest = 14;

const faces: readonly GeoCell[] = ['0', '1', '2', '3', '4', '5'];

/** Against the rounding of what is computed in two ways. */
const toleranceKm = 1e-6;

/** The smallest cell that a place lies in. */
export function cellAt(coordinates: Coordinates): GeoCell {
  const { face, across, up } = project(toVector(coordinates));
  const parts = 2 ** deepest;
  const [column, row] = [across, up].map((share) => Math.min(parts - 1, Math.floor(share * parts)));
  const digits = Array.from({ length: deepest }, (_, depth) => {
    const place = deepest - 1 - depth;
    return 2 * bitOf(column, place) + bitOf(row, place);
  });
  return `${face}${digits.join('')}`;
}

export function depthOf(cell: GeoCell): number {
  return cell.length - 1;
}

export function quartersOf(cell: GeoCell): readonly GeoCell[] {
  return ['0', '1', '2', '3'].map((digit) => cell + digit);
}

/** Between which distances from a place every point of a cell lies, in km: bounds, not the distances themselves. */
export function reachOf(cell: GeoCell, from: Coordinates): { leastKm: number; mostKm: number } {
  const { centre, radius } = circleAround(cell);
  const angle = angleBetween(centre, toVector(from));
  return {
    leastKm: Math.max(0, (angle - radius) * earthRadiusKm - toleranceKm),
    mostKm: (angle + radius) * earthRadiusKm + toleranceKm,
  };
}

/** A few cells, at most twelve, that hold every place this near. */
export function cellsAround(centre: Coordinates, radiusKm: number): readonly GeoCell[] {
  const touches = (cell: GeoCell) => reachOf(cell, centre).leastKm <= radiusKm;
  let cells = faces.filter(touches);
  for (let depth = 0; depth < deepest; depth += 1) {
    const smaller = cells.flatMap(quartersOf).filter(touches);
    if (smaller.length > mostCells) break;
    cells = smaller;
  }
  return cells;
}

const mostCells = 12;

/** Sides of cells are great circles, so a cell is convex and no point of it is farther from its centre than a corner. */
function circleAround(cell: GeoCell): { centre: Vector; radius: number } {
  const face = Number(cell[0]);
  let [column, row] = [0, 0];
  for (const digit of cell.slice(1)) {
    column = column * 2 + (Number(digit) >> 1);
    row = row * 2 + (Number(digit) & 1);
  }
  const parts = 2 ** depthOf(cell);
  const at = (x: number, y: number) => pointOf(face, (column + x) / parts, (row + y) / parts);
  const centre = at(0.5, 0.5);
  const corners = [at(0, 0), at(0, 1), at(1, 0), at(1, 1)];
  return { centre, radius: Math.max(...corners.map((corner) => angleBetween(centre, corner))) };
}

/** The face that a point is seen through from the middle of the cube, and where on it: shares of its width and height. */
function project(vector: Vector): { face: number; across: number; up: number } {
  const sizes = vector.map(Math.abs);
  const most = Math.max(...sizes);
  const axis = sizes.indexOf(most);
  const share = (turn: number) => (Math.atan(component(vector, axis + turn) / most) * 4) / Math.PI / 2 + 0.5;
  return { face: axis * 2 + (component(vector, axis) < 0 ? 1 : 0), across: share(1), up: share(2) };
}

/** The other way round. Shares are of the angle, so that cells of one depth are of similar size. */
function pointOf(face: number, across: number, up: number): Vector {
  const axis = face >> 1;
  const point = [0, 0, 0];
  point[axis] = face % 2 === 0 ? 1 : -1;
  point[(axis + 1) % 3] = Math.tan(((across - 0.5) * Math.PI) / 2);
  point[(axis + 2) % 3] = Math.tan(((up - 0.5) * Math.PI) / 2);
  const [x = 0, y = 0, z = 0] = point;
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
}

function component(vector: Vector, axis: number): number {
  return vector[axis % 3] ?? 0;
}

function bitOf(value = 0, place: number): number {
  return Math.floor(value / 2 ** place) % 2;
}
