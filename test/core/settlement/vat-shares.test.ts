import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { totalsOf, vatSharesOf } from '#core/settlement/vat-shares.ts';
import { decimal, sumOf, toText } from '#core/tariffs/decimal.ts';
import { givenCdr } from './given-cdr.ts';

describe('what a CDR charges by VAT rate', () => {
  test('is the sum of its lines of each rate, the lowest rate first', () => {
    const cdr = givenCdr({ cents: { '20': 1000, '5.5': 200 } });

    expect(vatSharesOf(cdr)).toEqual([
      { rate: '5.5', exclVat: '2', inclVat: '2.11' },
      { rate: '20', exclVat: '10', inclVat: '12' },
    ]);
  });

  test('is below zero for a credit', () => {
    const credit = givenCdr({ kind: 'CREDIT', cents: { '20': 1000 } });

    expect(vatSharesOf(credit)).toEqual([{ rate: '20', exclVat: '-10', inclVat: '-12' }]);
  });

  test('holds what a least price added: at the only rate there is', () => {
    const cdr = givenCdr({ cents: { '20': 10 }, totalCost: { exclVat: '0.5', inclVat: '0.6' } });

    expect(vatSharesOf(cdr)).toEqual([{ rate: '20', exclVat: '0.5', inclVat: '0.6' }]);
  });

  test('holds what a greatest price took off several rates apart from them', () => {
    const cdr = givenCdr({
      cents: { '20': 1000, '10': 1000 },
      totalCost: { exclVat: '15', inclVat: '17' },
    });

    expect(vatSharesOf(cdr)).toEqual([
      { exclVat: '-5', inclVat: '-6' },
      { rate: '10', exclVat: '10', inclVat: '11' },
      { rate: '20', exclVat: '10', inclVat: '12' },
    ]);
  });

  test('is all there is: the shares add up to the total, whatever the tariff did to it', () => {
    const amount = fc.integer({ min: 0, max: 100_000 });
    const cents = fc.dictionary(fc.constantFrom('0', '5.5', '10', '20'), amount);
    fc.assert(
      fc.property(cents, amount, fc.boolean(), (given, limit, isCredit) => {
        const sign = isCredit ? -1 : 1;
        const total = toText(decimal(limit * sign).div(100));
        const cdr = givenCdr({
          cents: given,
          kind: isCredit ? 'CREDIT' : 'ORIGINAL',
          totalCost: { exclVat: total, inclVat: total },
        });

        const shares = vatSharesOf(cdr);

        for (const side of ['exclVat', 'inclVat'] as const) {
          expect(toText(sumOf(shares.map((share) => decimal(share[side]))))).toBe(total);
        }
      }),
    );
  });
});

test('a statement of nothing comes to nothing', () => {
  expect(totalsOf([])).toEqual({ lines: 0, credits: 0, energyWh: 0, exclVat: '0', inclVat: '0', vat: [] });
});
