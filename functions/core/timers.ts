import type { ReportTopic } from './device-model/report.ts';

/**
 * Something to be done when its time has come, named by its kind and by what it is about. What is done then is in
 * `fire-timer.ts`. A timer fires at least once, seconds late at times, and is never taken back: whatever it starts
 * looks first whether it still has to be done.
 */
export type Timer =
  | { readonly kind: 'JOB_DUE'; readonly stationId: string; readonly jobId: string }
  | { readonly kind: 'CAMPAIGN_DUE'; readonly campaignId: string }
  | { readonly kind: 'CHECK_SESSION'; readonly stationId: string; readonly sessionId: string }
  | {
      readonly kind: 'END_IDLE_SESSION';
      readonly stationId: string;
      readonly sessionId: string;
      readonly idleSince: number;
    }
  | { readonly kind: 'MARK_TOKENS'; readonly userId: string }
  | { readonly kind: 'EXPIRE_RESERVATION'; readonly stationId: string; readonly number: number }
  | {
      readonly kind: 'GIVE_UP_REPORT';
      readonly stationId: string;
      readonly topic: ReportTopic;
      readonly requestId: number;
    };

/** Sees to it that a timer fires at a moment (epoch milliseconds), at once when that is past. Bound to one tenant. */
export type SetTimer = (timer: Timer, at: number) => Promise<void>;
