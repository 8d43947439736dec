import { type AlertPorts, raiseAlert } from '../alerts/raise-alert.ts';
import { advanceCampaign, type CampaignPorts, noteJobOver } from '../campaigns/advance-campaign.ts';
import type { SetTimer } from '../timers.ts';
import { isOver, type Job } from './job.ts';
import { securityFailures } from './move-job.ts';
import { nextAttempt } from './start-job.ts';

/**
 * What follows a change of a job: a timer for when it is due, the next attempt of one that failed, word to the operators of one that ended badly,
 * the next stations of its campaign. Works on the job as it is now, so it is safe to repeat, in any order.
 */
export async function afterJobChanged(
  ports: CampaignPorts & AlertPorts & { readonly setTimer: SetTimer },
  { stationId, jobId, state }: { stationId: string; jobId: string; state: string },
): Promise<void> {
  const job = await ports.jobs.findJob(stationId, jobId);
  if (!job) return;
  // Told once for each attempt; from then on the timer looks after itself.
  const begun = state === 'REQUESTED';
  if (!isOver(job.state) && job.state !== 'RETRY_DUE' && begun)
    await ports.setTimer({ kind: 'JOB_DUE', stationId, jobId }, job.dueAt);
  if (job.state === 'RETRY_DUE') await nextAttempt(ports, job);
  if (!isOver(job.state)) return;
  await tellOperators(ports, job);
  if (job.campaignId === undefined) return;
  await noteJobOver(ports, job.campaignId, job);
  await advanceCampaign(ports, job.campaignId);
}

async function tellOperators(ports: AlertPorts, job: Job): Promise<void> {
  const { jobId, stationId, kind, state, reason = '', attempt } = job;
  if (state !== 'FAILED' && state !== 'TIMED_OUT') return;
  const isSecurity = securityFailures.includes(reason);
  if (!isSecurity && kind !== 'FIRMWARE') return;
  await raiseAlert(ports, {
    category: isSecurity ? 'SECURITY_ALERT' : 'SYSTEM_ERROR',
    severity: isSecurity ? 'CRITICAL' : 'MEDIUM',
    kind: isSecurity ? `FIRMWARE_${reason}` : 'FIRMWARE_UPDATE_FAILED',
    subject: `${jobId}/${attempt}`,
    stationId,
    message: isSecurity
      ? `the station refuses the firmware of job ${jobId}: ${reason}`
      : `the firmware update of job ${jobId} ended as ${state}: ${reason}`,
    details: { jobId, state, reason },
  });
}
