/**
 * Something to be done when its time has come, named by its kind and by what it is about. What is done then is in
 * `fire-timer.ts`. A timer fires at least once, seconds late at times, and is never taken back: whatever it starts
 * looks first whether it still has to be done.
 */
export type Timer = {
  readonly kind: 'EXPIRE_RESERVATION';
  readonly stationId: string;
  readonly number: number;
};

/** Sees to it that a timer fires at a moment (epoch milliseconds), at once when that is past. Bound to one tenant. */
export type SetTimer = (timer: Timer, at: number) => Promise<void>;
