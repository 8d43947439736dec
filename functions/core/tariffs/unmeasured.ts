import type { RatedPeriod } from './rating.ts';
import type { Tariff } from './tariff.ts';

/**
 * What a tariff asks for and nobody measured, in sentences: a current that is not known is priced as none. Power is always
 * known where energy is.
 */
export function unmeasuredDoubts(tariff: Tariff, periods: readonly RatedPeriod[]): readonly string[] {
  const asked = tariff.elements.some(
    ({ restrictions = {} }) =>
      restrictions.reservation === undefined &&
      (restrictions.minCurrentA ?? restrictions.maxCurrentA) !== undefined,
  );
  const charged = periods.some(({ energyWh }) => energyWh !== 0);
  const measured = periods.some(({ averageCurrentA }) => averageCurrentA !== undefined);
  return asked && charged && !measured ? ['The tariff asks for current, and none was measured.'] : [];
}
