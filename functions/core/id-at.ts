/**
 * An id for what is made once, whoever makes it and however often: of a moment in epoch milliseconds and at least 18
 * hexadecimal digits. Like all ids it begins with its moment (RFC 9562, version 7), and stands in that order.
 */
export function idAt(at: number, digits: string): string {
  const time = Math.max(0, Math.trunc(at)).toString(16).padStart(12, '0');
  const parts = [time.slice(0, 8), time.slice(8), `7${digits.slice(0, 3)}`, `8${digits.slice(3, 6)}`];
  return [...parts, digits.slice(6, 18)].join('-');
}
