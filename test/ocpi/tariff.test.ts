import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DomainError } from '#core/errors.ts';
import { readOcpiTariff, toOcpiTariff } from '../../functions/ocpi/tariff.ts';
import { ocpiExample } from '../core/tariffs/ocpi-tariff.ts';

const examples = readdirSync('test/fixtures/ocpi221/examples').filter((name) => name.startsWith('tariff_'));
const owner = { countryCode: 'DE', partyId: 'ALL' };

const whole = {
  country_code: 'DE',
  party_id: 'ALL',
  id: '12',
  currency: 'EUR',
  type: 'PROFILE_GREEN',
  tariff_alt_text: [{ language: 'en', text: 'Green' }],
  tariff_alt_url: 'https://example.com/12',
  min_price: { excl_vat: 0.5, incl_vat: 0.55 },
  max_price: { excl_vat: 10 },
  elements: [
    {
      price_components: [{ type: 'ENERGY', price: 0.1234, vat: 5.2, step_size: 100 }],
      restrictions: {
        start_time: '22:00',
        end_time: '06:00',
        start_date: '2026-01-01',
        end_date: '2026-12-31',
        min_kwh: 1.5,
        max_kwh: 20,
        min_current: 6,
        max_current: 32.5,
        min_power: 1.4,
        max_power: 22,
        min_duration: 60,
        max_duration: 3_600,
        day_of_week: ['MONDAY', 'SUNDAY'],
      },
    },
    {
      price_components: [{ type: 'FLAT', price: 2, step_size: 0 }],
      restrictions: { reservation: 'RESERVATION_EXPIRES' },
    },
  ],
  start_date_time: '2026-01-01T00:00:00Z',
  end_date_time: '2026-06-30T23:59:59Z',
  energy_mix: {
    is_green_energy: true,
    energy_sources: [{ source: 'WIND', percentage: 99.9 }],
    environ_impact: [{ category: 'CARBON_DIOXIDE', amount: 16.3 }],
    supplier_name: 'Wind AG',
    energy_product_name: 'Breeze',
  },
  last_updated: '2026-01-01T12:00:00.5Z',
};

function refusedMember(value: unknown, at?: string): string | undefined {
  try {
    readOcpiTariff(value, at);
    return undefined;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'Validation') return error.field;
    throw error;
  }
}

const withComponent = (component: object) => ({
  ...whole,
  elements: [{ price_components: [{ type: 'ENERGY', price: 1, step_size: 1, ...component }] }],
});

describe('an OCPI tariff', () => {
  test('keeps everything on the way in and out', () => {
    const written = toOcpiTariff(readOcpiTariff(whole), owner);

    expect(written).toEqual({ ...whole, last_updated: '2026-01-01T12:00:00.500Z' });
  });

  test.each(examples)('%s is read and written as it is printed', (file) => {
    const example = ocpiExample(file);

    expect(toOcpiTariff(readOcpiTariff(example), owner)).toEqual(example);
  });

  test('with null and with empty lists is one without', () => {
    const bare = {
      id: '1',
      currency: 'EUR',
      elements: [{ price_components: [{ type: 'FLAT', price: 1, step_size: 1 }] }],
    };
    const filled = {
      ...bare,
      type: null,
      min_price: null,
      tariff_alt_text: [],
      energy_mix: null,
      elements: [
        {
          price_components: [{ type: 'FLAT', price: 1, vat: null, step_size: 1 }],
          restrictions: { day_of_week: [], start_time: null },
        },
      ],
      something_new: { of: 'next year' },
    };

    expect(readOcpiTariff(filled)).toEqual(readOcpiTariff(bare));
  });

  test('has exact prices: as numbers and as text, small and long', () => {
    const priceOf = (price: unknown) =>
      readOcpiTariff(withComponent({ price })).elements[0]?.priceComponents[0]?.price;

    expect([0.1, 0.0001, 1e-7, '0.30', 123456.7891].map(priceOf)).toEqual([
      '0.1',
      '0.0001',
      '0.0000001',
      '0.3',
      '123456.7891',
    ]);
  });

  test('without a zone in its times means UTC', () => {
    const tariff = readOcpiTariff({ ...whole, start_date_time: '2026-01-01T00:00:00' });

    expect(tariff.validFrom).toBe(Date.parse('2026-01-01T00:00:00Z'));
  });

  test('names what is wrong with it by its own path', () => {
    const parts: [unknown, string][] = [
      ['tariff', ''],
      [{ ...whole, currency: 'euro' }, 'currency'],
      [{ ...whole, elements: [] }, 'elements'],
      [{ ...whole, type: 'CHEAP' }, 'type'],
      [{ ...whole, min_price: { excl_vat: 11 } }, 'min_price.excl_vat'],
      [{ ...whole, end_date_time: '2025-01-01T00:00:00Z' }, 'end_date_time'],
      [withComponent({ price: 0.1 + 0.2 }), 'elements.0.price_components.0.price'],
      [withComponent({ price: 'a lot' }), 'elements.0.price_components.0.price'],
      [withComponent({ step_size: -1 }), 'elements.0.price_components.0.step_size'],
      [withComponent({ type: 'WATER' }), 'elements.0.price_components.0.type'],
      [
        {
          ...whole,
          elements: [{ ...whole.elements[0], restrictions: { min_duration: 60, max_duration: 60 } }],
        },
        'elements.0.restrictions.max_duration',
      ],
      [
        { ...whole, elements: [{ ...whole.elements[0], restrictions: { min_power: 22, max_power: 11 } }] },
        'elements.0.restrictions.max_power',
      ],
    ];

    expect(parts.map(([value]) => refusedMember(value))).toEqual(parts.map(([, path]) => path));
    expect(refusedMember({ ...whole, currency: '' }, 'input.tariff')).toBe('input.tariff.currency');
  });
});
