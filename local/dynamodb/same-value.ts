/** Whether two JSON values are equal; the order of object members does not matter. */
export function sameValue(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  const leftNames = Object.keys(left);
  if (leftNames.length !== Object.keys(right).length) return false;
  return leftNames.every((name) =>
    sameValue((left as Record<string, unknown>)[name], (right as Record<string, unknown>)[name]),
  );
}
