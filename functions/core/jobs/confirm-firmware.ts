import { type AlertPorts, raiseAlert } from '../alerts/raise-alert.ts';
import type { Station } from '../stations/station.ts';
import { changeJob } from './change-job.ts';
import { type Job, noted } from './job.ts';
import type { JobStore } from './job-store.ts';
import { endedJob } from './move-job.ts';

/**
 * Holds the version that a station booted with against what its latest update was to bring. One that was being
 * installed is done when the versions agree; one that the station called installed is confirmed, or an alert says
 * that it runs something else. Safe to repeat.
 */
export async function confirmFirmware(
  ports: AlertPorts & { readonly jobs: JobStore },
  { stationId, firmwareVersion }: Pick<Station, 'stationId' | 'firmwareVersion'>,
): Promise<void> {
  if (firmwareVersion === undefined) return;
  const { items } = await ports.jobs.listJobs(stationId, { limit: 50 });
  const latest = items.find(({ kind, wantedVersion }) => kind === 'FIRMWARE' && wantedVersion !== undefined);
  if (!latest) return;
  const at = ports.clock();
  const job = await changeJob(ports, latest, (current) => bootedJob(current, firmwareVersion, at));
  if (job?.confirmed !== false) return;
  const { jobId, wantedVersion } = job;
  await raiseAlert(ports, {
    category: 'SYSTEM_ERROR',
    severity: 'HIGH',
    kind: 'FIRMWARE_NOT_AS_WANTED',
    subject: jobId,
    stationId,
    message: `the station reported ${wantedVersion} as installed and booted with ${firmwareVersion}`,
    details: { jobId, wantedVersion, bootedVersion: firmwareVersion },
  });
}

const installing: readonly string[] = ['INSTALL_SCHEDULED', 'INSTALLING', 'INSTALL_REBOOTING'];

function bootedJob(job: Job, version: string, at: number): Job {
  const asWanted = version === job.wantedVersion;
  const known = job.bootedVersion === version && (job.state !== 'DONE' || job.confirmed !== undefined);
  if (job.confirmed === true || known) return job;
  const booted = { ...noted(job, { status: 'BOOTED', at, note: version }), bootedVersion: version };
  if (job.state === 'DONE') return { ...booted, confirmed: asWanted };
  if (!installing.includes(job.state)) return job;
  return asWanted ? { ...endedJob(booted, 'DONE', { reason: 'BOOTED', at }), confirmed: true } : booted;
}
