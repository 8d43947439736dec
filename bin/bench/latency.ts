/** Latencies of one kind of work, in milliseconds. */
export interface LatencySummary {
  readonly count: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Sums up what was measured in a stretch of time. */
export function summarize(latenciesMs: readonly number[], elapsedMs: number): LatencySummary {
  const sorted = latenciesMs.toSorted((one, two) => one - two);
  const at = (share: number): number =>
    rounded(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return {
    count: sorted.length,
    perSecond: rounded((sorted.length / elapsedMs) * 1000),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    maxMs: rounded(sorted.at(-1) ?? 0),
  };
}

/** One digit after the point is all that most of these measurements carry. */
export function rounded(value: number, digits = 1): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
