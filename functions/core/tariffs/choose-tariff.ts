import type { Tariff } from './tariff.ts';

/**
 * Why a tariff cannot price a session that started then, or `undefined` when it can. Its validity counts at the
 * start of the session (OCPI 2.2.1 mod_tariffs). One that was taken out of use after the start still prices what
 * started under it.
 */
export function tariffObstacle(tariff: Tariff, startedAt: number): string | undefined {
  const name = `Tariff "${tariff.name}" (${tariff.tariffId})`;
  if (tariff.status === 'DRAFT') return `${name} is a draft.`;
  if (tariff.status === 'INACTIVE' && tariff.updatedAt <= startedAt) return `${name} is not in use.`;
  if (tariff.validFrom !== undefined && startedAt < tariff.validFrom) return `${name} was not valid yet.`;
  if (tariff.validTo !== undefined && startedAt >= tariff.validTo) return `${name} was not valid any more.`;
  return undefined;
}
