import { advanceCampaign, type CampaignPorts } from './campaigns/advance-campaign.ts';
import { giveUpReport, type ReportPorts } from './device-model/assemble-report.ts';
import { jobDue } from './jobs/job-due.ts';
import type { Clock } from './ports.ts';
import { expireReservation } from './reservations/expire-reservation.ts';
import type { ReservationStore } from './reservations/reservation-store.ts';
import { type CheckPorts, checkSession } from './sessions/check-session.ts';
import { endIdleSession } from './sessions/end-idle-session.ts';
import type { SetTimer, Timer } from './timers.ts';
import { type MarkPorts, markTokens } from './users/mark-tokens.ts';

/** What timers act with, bound to the tenant they were set for. */
export interface TimerPorts extends ReportPorts, CampaignPorts, CheckPorts, MarkPorts {
  readonly tenantId: string;
  readonly reservations: ReservationStore;
  readonly clock: Clock;
  readonly setTimer: SetTimer;
}

/** Does what a timer was set for. Safe to repeat. */
export async function fireTimer(ports: TimerPorts, timer: Timer): Promise<void> {
  switch (timer.kind) {
    case 'JOB_DUE':
      return jobDue(ports, timer);
    case 'CAMPAIGN_DUE':
      return advanceCampaign(ports, timer.campaignId);
    case 'CHECK_SESSION':
      return checkSession(ports, timer);
    case 'END_IDLE_SESSION':
      return endIdleSession(ports, timer);
    case 'MARK_TOKENS':
      return markTokens(ports, timer.userId);
    case 'EXPIRE_RESERVATION':
      return expireReservation(ports, timer);
    case 'GIVE_UP_REPORT':
      return giveUpReport(ports, timer);
  }
}
