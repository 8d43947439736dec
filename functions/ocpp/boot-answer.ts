import { registerNewcomer } from '#core/stations/onboarding.ts';
import { type Boot, registerBoot } from '#core/stations/register-boot.ts';
import type { InboundCall } from './services.ts';

const statuses = { ACCEPTED: 'Accepted', PENDING: 'Pending', REJECTED: 'Rejected' } as const;

/** Registers a station that started, or notes one that nobody knows; the answer in the words of both versions. */
export async function answerBoot(boot: Boot, { services, newcomer }: InboundCall) {
  const { status, intervalS, now } = newcomer
    ? await registerNewcomer(services, boot, newcomer)
    : await registerBoot(services, boot);
  return { status: statuses[status], currentTime: new Date(now).toISOString(), interval: intervalS };
}
