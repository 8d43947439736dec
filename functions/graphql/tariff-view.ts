import type { Tariff, TariffElement } from '#core/tariffs/tariff.ts';
import { rfc3339 } from './field-request.ts';

/** A tariff as GraphQL's `Tariff`. */
export function tariffView({
  tariffId,
  elements,
  validFrom,
  validTo,
  createdAt,
  updatedAt,
  revision,
  ...tariff
}: Tariff): Record<string, unknown> {
  return {
    ...tariff,
    id: tariffId,
    tariffId,
    tariffElements: elements.map(elementView),
    ...(validFrom === undefined ? {} : { validFrom: rfc3339(validFrom) }),
    ...(validTo === undefined ? {} : { validTo: rfc3339(validTo) }),
    version: revision,
    createdAt: rfc3339(createdAt),
    updatedAt: rfc3339(updatedAt),
  };
}

function elementView({ priceComponents, restrictions }: TariffElement) {
  if (!restrictions) return { priceComponents };
  const { minDurationS: minDurationSeconds, maxDurationS: maxDurationSeconds, ...rest } = restrictions;
  return { priceComponents, restrictions: { ...rest, minDurationSeconds, maxDurationSeconds } };
}
