/** One call that its caller may repeat, under a name that only this caller gives it. Moments in epoch milliseconds. */
export interface NamedCall {
  /** Of caller, action and the caller's own name for the call. */
  readonly callId: string;
  /** Of what it was asked with. */
  readonly fingerprint: string;
}

/** What is known of a call before it is made. */
export type Begun =
  /** `isRepeat`: a former attempt began and never said how it ended. */
  | { readonly state: 'begun'; readonly isRepeat: boolean; readonly keptUntil: number }
  | { readonly state: 'running' }
  | { readonly state: 'asked-otherwise' }
  /** `sealedResult` is what `finish` was given. */
  | { readonly state: 'done'; readonly sealedResult: string };

/** The calls of one tenant that were named by their callers. */
export interface PerformedStore {
  /**
   * Takes the call for this attempt, unless it was made, was made with something else, or runs. One that runs past
   * `runningUntil` is taken over, and keeps the `keptUntil` of its first attempt; all is forgotten after that.
   */
  begin(
    call: NamedCall & { attemptId: string; now: number; runningUntil: number; keptUntil: number },
  ): Promise<Begun>;
  /** Keeps the result, if this attempt still has the call. */
  finish(callId: string, attemptId: string, sealedResult: string): Promise<void>;
  /** Lets the same call be taken over at once, if this attempt still has it. */
  suspend(callId: string, attemptId: string): Promise<void>;
  /** Lets the call be made anew, if this attempt still has it. */
  abandon(callId: string, attemptId: string): Promise<void>;
}
