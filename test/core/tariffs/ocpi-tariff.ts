import { readFileSync } from 'node:fs';
import type { Tariff } from '#core/tariffs/tariff.ts';
import { readOcpiTariff } from '../../../functions/ocpi/tariff.ts';

const folder = new URL('../../fixtures/ocpi221/examples/', import.meta.url);

/** An example of the OCPI specification, as it is printed. */
export function ocpiExample(fileName: string): unknown {
  return JSON.parse(readFileSync(new URL(fileName, folder), 'utf8'));
}

/** An example tariff of the OCPI specification, in the words of the core. */
export function ocpiTariff(fileName: string): Tariff {
  return readOcpiTariff(ocpiExample(fileName));
}

/** The tariff inside the specification's example CDR. */
export function ocpiTariffOfCdr(fileName: string): Tariff {
  const { tariffs } = ocpiExample(fileName) as { tariffs: unknown[] };
  return readOcpiTariff(tariffs[0]);
}
