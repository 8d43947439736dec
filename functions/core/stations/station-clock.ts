/** Stations keep what they could not tell for as long as they are offline, hardly longer than this. */
const longestOfflineMs = 90 * 86_400_000;
/** Clocks are a little off, and messages take their time. */
const toleranceMs = 5 * 60_000;

/**
 * When something happened that a station tells at `receivedAt`: at the time it gives, unless that is still to come or so
 * long ago that its clock was never set. Epoch milliseconds.
 */
export function saneTime(at: number, receivedAt: number): number {
  return at <= receivedAt + toleranceMs && receivedAt - at <= longestOfflineMs ? at : receivedAt;
}

/** Whether a station kept what happened at a moment until it could tell: else it goes on now, whatever its clock says. */
export function wasKept(at: number, receivedAt: number): boolean {
  return receivedAt - saneTime(at, receivedAt) > toleranceMs;
}
