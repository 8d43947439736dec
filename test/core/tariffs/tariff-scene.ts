import type { Tariff } from '#core/tariffs/tariff.ts';
import { noon, type Scene } from '../sessions/scene.ts';

/** An active tariff with one price per kWh that has been there since before anything happened. */
export async function givenTariff(
  { tariffs }: Scene,
  tariffId: string,
  more: Partial<Tariff> & { kwh?: string } = {},
): Promise<Tariff> {
  const { kwh = '0.50', ...rest } = more;
  const tariff: Tariff = {
    tariffId,
    name: tariffId,
    currency: 'EUR',
    elements: [{ priceComponents: [{ type: 'ENERGY', price: kwh, stepSize: 1 }] }],
    status: 'ACTIVE',
    createdAt: noon - 86_400_000,
    updatedAt: noon - 86_400_000,
    revision: 1,
    ...rest,
  };
  if ((await tariffs.saveTariff(tariff)) !== 'saved') throw new Error(`tariff ${tariffId} was not saved`);
  return tariff;
}

/** The same tariff with another price per kWh. */
export function priced<Described extends Pick<Tariff, 'elements'>>(
  described: Described,
  kwh: string,
): Described {
  return { ...described, elements: [{ priceComponents: [{ type: 'ENERGY', price: kwh, stepSize: 1 }] }] };
}
