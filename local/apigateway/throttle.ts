/** Steady rate and burst of a stage, as in `DefaultRouteSettings`. */
export interface ThrottleSettings {
  ratePerSecond: number;
  burst: number;
}

/** A token bucket: `take()` is false when the request must be refused. */
export function createTokenBucket(settings: ThrottleSettings | undefined): { take(): boolean } {
  if (settings === undefined) return { take: () => true };
  let tokens = settings.burst;
  let filledAt = performance.now();
  return {
    take() {
      const now = performance.now();
      tokens = Math.min(settings.burst, tokens + ((now - filledAt) / 1000) * settings.ratePerSecond);
      filledAt = now;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
