import { describe, expect, test } from 'vitest';
import { DomainError } from '#core/errors.ts';
import { checkTariff, type TariffTerms } from '#core/tariffs/check-tariff.ts';
import type { Tariff, TariffRestrictions } from '#core/tariffs/tariff.ts';
import { component, tariffOf } from './periods.ts';

const energy = { priceComponents: [component('ENERGY', '0.3', { vat: '20' })] };

/** The member that a tariff is refused for; `undefined` when it passes. */
function refusedMember(tariff: TariffTerms): string | undefined {
  try {
    checkTariff(tariff);
    return undefined;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'Validation') return error.field;
    throw error;
  }
}

const restricted = (restrictions: TariffRestrictions) => tariffOf([{ ...energy, restrictions }]);

describe('a tariff that makes sense', () => {
  test.each<[string, Tariff]>([
    ['one price', tariffOf([energy])],
    [
      'a free tariff, in steps of nothing',
      tariffOf([{ priceComponents: [component('FLAT', '0.0', { stepSize: 0 })] }]),
    ],
    [
      'every restriction there is',
      restricted({
        startTime: '22:00',
        endTime: '06:00',
        startDate: '2028-02-29',
        endDate: '2028-03-01',
        minKwh: '0',
        maxKwh: '20.5',
        minCurrentA: '6',
        maxCurrentA: '32',
        minPowerKw: '1.4',
        maxPowerKw: '22',
        minDurationS: 0,
        maxDurationS: 3_600,
        daysOfWeek: ['MONDAY'],
      }),
    ],
    [
      'prices of reservations',
      tariffOf([
        {
          priceComponents: [component('FLAT', '2'), component('TIME', '5')],
          restrictions: { reservation: 'RESERVATION_EXPIRES' },
        },
      ]),
    ],
    [
      'limits, texts, a page, a validity and an energy mix',
      tariffOf([energy], {
        minPrice: { exclVat: '1', inclVat: '1.2' },
        maxPrice: { exclVat: '1', inclVat: '50' },
        altTexts: [{ language: 'fr-FR', text: 'Prix au kWh' }],
        altUrl: 'https://example.com/prices?of=1',
        validFrom: 1,
        validTo: 2,
        energyMix: { isGreen: true, sources: [{ source: 'WIND', percentage: '100' }] },
      }),
    ],
  ])('passes: %s', (_, tariff) => {
    expect(refusedMember(tariff)).toBeUndefined();
  });
});

describe('a tariff that makes no sense is refused by the member at fault', () => {
  test.each<[string, Tariff]>([
    ['elements', tariffOf([])],
    ['elements', tariffOf(Array.from({ length: 101 }, () => energy))],
    ['currency', tariffOf([energy], { currency: 'eur' })],
    ['elements.1.priceComponents', tariffOf([energy, { priceComponents: [] }])],
    [
      'elements.0.priceComponents.1.type',
      tariffOf([{ priceComponents: [component('ENERGY', '1'), component('ENERGY', '2')] }]),
    ],
    [
      'elements.0.priceComponents.0.type',
      tariffOf([{ ...energy, restrictions: { reservation: 'RESERVATION' } }]),
    ],
    ['elements.0.priceComponents.0.price', tariffOf([{ priceComponents: [component('FLAT', '-1')] }])],
    ['elements.0.priceComponents.0.price', tariffOf([{ priceComponents: [component('FLAT', '1e400')] }])],
    [
      'elements.0.priceComponents.0.vat',
      tariffOf([{ priceComponents: [component('FLAT', '1', { vat: '100.1' })] }]),
    ],
    [
      'elements.0.priceComponents.0.stepSize',
      tariffOf([{ priceComponents: [component('TIME', '1', { stepSize: -60 })] }]),
    ],
    [
      'elements.0.priceComponents.0.stepSize',
      tariffOf([{ priceComponents: [component('TIME', '1', { stepSize: 0.5 })] }]),
    ],
    ['minPrice.exclVat', tariffOf([energy], { minPrice: { exclVat: '5' }, maxPrice: { exclVat: '4.99' } })],
    [
      'minPrice.inclVat',
      tariffOf([energy], {
        minPrice: { exclVat: '1', inclVat: '5' },
        maxPrice: { exclVat: '4', inclVat: '4.8' },
      }),
    ],
    ['maxPrice.inclVat', tariffOf([energy], { maxPrice: { exclVat: '4', inclVat: 'much' } })],
    ['validTo', tariffOf([energy], { validFrom: 2, validTo: 2 })],
    ['altTexts.0.language', tariffOf([energy], { altTexts: [{ language: 'English', text: 'Hello' }] })],
    ['altTexts.0.text', tariffOf([energy], { altTexts: [{ language: 'en', text: ' ' }] })],
    ['altUrl', tariffOf([energy], { altUrl: 'javascript:alert(1)' })],
    [
      'energyMix.sources',
      tariffOf([energy], {
        energyMix: {
          isGreen: false,
          sources: [
            { source: 'WIND', percentage: '60' },
            { source: 'COAL', percentage: '41' },
          ],
        },
      }),
    ],
  ])('%s', (member, tariff) => {
    expect(refusedMember(tariff)).toBe(member);
  });

  test.each<[string, TariffRestrictions]>([
    ['startTime', { startTime: '24:00' }],
    ['endTime', { endTime: '7:00' }],
    ['startDate', { startDate: '2026-02-29' }],
    ['endDate', { endDate: '2026-13-01' }],
    ['endDate', { startDate: '2026-03-02', endDate: '2026-03-02' }],
    ['minKwh', { minKwh: '-1' }],
    ['maxKwh', { minKwh: '20', maxKwh: '20' }],
    ['maxCurrentA', { minCurrentA: '32', maxCurrentA: '16' }],
    ['maxPowerKw', { maxPowerKw: '0' }],
    ['minDurationS', { minDurationS: 1.5 }],
    ['maxDurationS', { minDurationS: 3_600, maxDurationS: 60 }],
  ])('elements.0.restrictions.%s', (member, restrictions) => {
    expect(refusedMember(restricted(restrictions))).toBe(`elements.0.restrictions.${member}`);
  });
});
