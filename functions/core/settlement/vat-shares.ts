import type { Cdr } from '../cdrs/cdr.ts';
import { type Decimal, decimal, sumOf, toText } from '../tariffs/decimal.ts';
import type { DecimalText } from '../tariffs/tariff.ts';
import type { StatementLine, StatementTotals, VatShare } from './statement.ts';

interface Amounts {
  readonly exclVat: Decimal;
  readonly inclVat: Decimal;
}

/**
 * What a CDR charges, by VAT rate: its lines, and what a least or greatest price of the tariff added to or took from
 * their sum. That belongs to the rate of the lines where they share one, else to none. A credit is all below zero
 * (OCPI 2.2.1, 10.3.1: its parts stay as they were, its total is negative). The shares add up to the CDR's total.
 */
export function vatSharesOf(cdr: Pick<Cdr, 'kind' | 'lines' | 'totalCost'>): readonly VatShare[] {
  const sign = cdr.kind === 'CREDIT' ? -1 : 1;
  const byRate = new Map<DecimalText | undefined, Amounts>();
  for (const { vat, cost } of cdr.lines) {
    const exclVat = decimal(cost.exclVat).times(sign);
    add(byRate, vat, { exclVat, inclVat: decimal(cost.inclVat ?? cost.exclVat).times(sign) });
  }
  const sums = sumsOf([...byRate.values()]);
  const total = totalOf(cdr);
  const rest = { exclVat: total.exclVat.minus(sums.exclVat), inclVat: total.inclVat.minus(sums.inclVat) };
  if (!rest.exclVat.eq(0) || !rest.inclVat.eq(0)) {
    const [only, ...others] = byRate.keys();
    add(byRate, others.length === 0 ? only : undefined, rest);
  }
  return sharesFrom(byRate);
}

/** What a CDR comes to. Without VAT stated both sides are the same. */
export function totalOf({ totalCost }: Pick<Cdr, 'totalCost'>): Amounts {
  const { exclVat, inclVat } = totalCost;
  return { exclVat: decimal(exclVat), inclVat: decimal(inclVat ?? exclVat) };
}

/** Sums lines, exactly: the order they come in makes no difference. */
export function totalsOf(lines: readonly StatementLine[]): StatementTotals {
  const byRate = new Map<DecimalText | undefined, Amounts>();
  for (const { rate, exclVat, inclVat } of lines.flatMap(({ vat }) => vat)) {
    add(byRate, rate, { exclVat: decimal(exclVat), inclVat: decimal(inclVat) });
  }
  const sums = sumsOf(
    lines.map(({ exclVat, inclVat }) => ({ exclVat: decimal(exclVat), inclVat: decimal(inclVat) })),
  );
  const energies = lines.map(({ kind, energyWh }) => (kind === 'CREDIT' ? -energyWh : energyWh));
  return {
    lines: lines.length,
    credits: lines.filter(({ kind }) => kind === 'CREDIT').length,
    energyWh: energies.reduce((sum, energyWh) => sum + energyWh, 0),
    exclVat: toText(sums.exclVat),
    inclVat: toText(sums.inclVat),
    vat: sharesFrom(byRate),
  };
}

function add(
  byRate: Map<DecimalText | undefined, Amounts>,
  rate: DecimalText | undefined,
  amounts: Amounts,
): void {
  const known = byRate.get(rate);
  byRate.set(rate, known ? sumsOf([known, amounts]) : amounts);
}

function sumsOf(amounts: readonly Amounts[]): Amounts {
  return {
    exclVat: sumOf(amounts.map(({ exclVat }) => exclVat)),
    inclVat: sumOf(amounts.map(({ inclVat }) => inclVat)),
  };
}

function sharesFrom(byRate: ReadonlyMap<DecimalText | undefined, Amounts>): readonly VatShare[] {
  return [...byRate]
    .sort(([one], [other]) => decimal(one ?? -1).cmp(decimal(other ?? -1)))
    .map(([rate, { exclVat, inclVat }]) => ({
      ...(rate === undefined ? {} : { rate }),
      exclVat: toText(exclVat),
      inclVat: toText(inclVat),
    }));
}
