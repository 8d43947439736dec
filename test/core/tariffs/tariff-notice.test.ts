import { describe, expect, test } from 'vitest';
import type { Station } from '#core/stations/station.ts';
import type { Tariff } from '#core/tariffs/tariff.ts';
import { tariffNotice } from '#core/tariffs/tariff-notice.ts';
import { aStation } from '../../adapters/dynamodb/samples.ts';

const now = Date.UTC(2030, 2, 1);
const energy = { type: 'ENERGY', price: '0.39', stepSize: 1 } as const;
const plain: Tariff = {
  tariffId: 'plain',
  name: 'Plain',
  currency: 'EUR',
  elements: [{ priceComponents: [energy] }],
  status: 'ACTIVE',
  createdAt: 1,
  updatedAt: 1,
  revision: 1,
};
const night = { elements: [{ priceComponents: [energy], restrictions: { startTime: '22:00' } }] };

/** What is told at a station whose connectors have these tariffs of their own, or none. */
function told(tariff: Partial<Tariff>, ...tariffIds: (string | undefined)[]): Promise<string | undefined> {
  const station: Station = aStation({
    connectors: tariffIds.map((tariffId, index) => ({
      ...{ evseId: index + 1, connectorId: 1, connectorType: 'TYPE_2' as const },
      ...(tariffId === undefined ? {} : { tariffId }),
    })),
  });
  const find = async (id: string) => (id === 'plain' ? { ...plain, ...tariff } : undefined);
  const ports = {
    tenant: { defaultTariffId: 'plain' },
    stations: { findStation: async () => station },
    tariffs: { findTariff: find, findTariffAt: find },
    assignments: { findAssignments: async () => [] },
    clock: () => now,
  };
  return tariffNotice(ports, { stationId: station.stationId });
}

describe('what a station tells of its price', () => {
  test('are the prices where they are always the same, with their taxes [I01]', async () => {
    const parking = { type: 'PARKING_TIME', price: '2', vat: '19', stepSize: 60 } as const;
    const both = { elements: [{ priceComponents: [energy, parking] }] };

    expect(await told(both, undefined, 'plain')).toBe(
      '0.39 EUR per kWh, 2 EUR per hour of parking plus 19 % VAT',
    );
  });

  test('are the tariff’s own words where it has some [I01]', async () => {
    expect(await told({ ...night, description: '39 cents at night' }, 'plain')).toBe('39 cents at night');
  });

  test.each<[string, Partial<Tariff>, (string | undefined)[]]>([
    ['connectors of different prices', {}, ['plain', 'other']],
    ['a tariff that is not there', {}, ['other']],
    ['no connector', {}, []],
    ['prices by the hour', night, ['plain']],
    ['two elements', { elements: [...plain.elements, ...night.elements] }, ['plain']],
    ['a least price', { minPrice: { exclVat: '1' } }, ['plain']],
    ['a tariff that is not valid yet', { validFrom: now + 1 }, ['plain']],
    ['words that no display takes', { description: 'x'.repeat(513) }, ['plain']],
  ])('is nothing for %s', async (_name, tariff, tariffIds) => {
    expect(await told(tariff, ...tariffIds)).toBeUndefined();
  });
});
