/** Stations keep what they could not tell for as long as they are offline, hardly longer than this. */
const longestOfflineMs = 90 * 86_400_000;

/**
 * When something happened that a station tells at `receivedAt`: at the time it gives, unless that is still to come or so
 * long ago that its clock was never set. Epoch milliseconds.
 */
export function saneTime(at: number, receivedAt: number): number {
  return at <= receivedAt && receivedAt - at <= longestOfflineMs ? at : receivedAt;
}
