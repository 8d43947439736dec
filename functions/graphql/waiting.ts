import { setTimeout as pause } from 'node:timers/promises';

/** How often somebody who waits looks: not before a station can have answered, then less and less. */
const firstLookMs = 200;
const slowestLookMs = 1_000;
const slowdown = 2;

/** Looks again and again until there is something, for at most this long. `undefined`: there never was. */
export async function lookFor<Thing>(
  waitMs: number,
  look: () => Promise<Thing | undefined>,
): Promise<Thing | undefined> {
  const wait = patience(waitMs);
  for (let step = firstLookMs; ; step = Math.min(step * slowdown, slowestLookMs)) {
    await pause(Math.min(step, wait.leftMs()));
    const found = await look();
    if (found !== undefined || wait.leftMs() === 0) return found;
  }
}

/** A span of time that several waits share. */
export function patience(totalMs: number): { leftMs: () => number } {
  const startedAt = performance.now();
  return { leftMs: () => Math.max(0, totalMs - (performance.now() - startedAt)) };
}
