import type { BilledVolume } from './bill-volumes.ts';
import { type Decimal, decimal, divideRounded, sumOf, toText } from './decimal.ts';
import type { RatedLine, RatedTotals } from './rating.ts';
import type { Price, PriceComponentType, Tariff } from './tariff.ts';

/** How many of a volume's units make one unit of the price: kWh, hour, session. */
const unitsPerPrice: Readonly<Record<PriceComponentType, number>> = {
  ENERGY: 1_000_000,
  TIME: 3_600_000,
  PARKING_TIME: 3_600_000,
  FLAT: 1,
};
/** Hours are rarely finite decimals; what is shown of them is finer than a hundredth of a second. */
const quantityDecimals = 6;

/**
 * The lines of the bill. Each amount is the exact product of price, volume and VAT, rounded once: half up, to
 * `decimals`. Everything above the lines is a sum, so that the bill adds up.
 */
export function priceLines(
  tariff: Tariff,
  volumes: readonly BilledVolume[],
  decimals: number,
): readonly RatedLine[] {
  return volumes.flatMap(({ type, element, component, measured, billed }): RatedLine[] => {
    const priced = tariff.elements[element]?.priceComponents[component];
    if (!priced) return [];
    const perPrice = decimal(unitsPerPrice[type]);
    const worth = decimal(priced.price).times(billed);
    const { vat } = priced;
    const exclVat = toText(divideRounded(worth, perPrice, decimals));
    const quantity = (units: number) => toText(divideRounded(decimal(units), perPrice, quantityDecimals));
    return [
      {
        type,
        element,
        component,
        unitPrice: toText(decimal(priced.price)),
        ...(vat === undefined ? {} : { vat: toText(decimal(vat)) }),
        measured: quantity(measured),
        billed: quantity(billed),
        cost:
          vat === undefined ? { exclVat } : { exclVat, inclVat: withVat(worth, vat, { perPrice, decimals }) },
      },
    ];
  });
}

function withVat(worth: Decimal, vat: string, rounding: { perPrice: Decimal; decimals: number }): string {
  const hundredfold = worth.times(decimal(vat).plus(100));
  return toText(divideRounded(hundredfold, rounding.perPrice.times(100), rounding.decimals));
}

/** Which limit of the tariff took the place of a sum. */
export interface LimitEffect {
  readonly limit: 'minPrice' | 'maxPrice';
  readonly side: 'exclVat' | 'inclVat';
  readonly sum: string;
  readonly charged: string;
}

/**
 * Sums the lines. Least and greatest price replace the total, with and without VAT each by itself; a limit without
 * an amount including VAT leaves that side alone. Parts stay what they are.
 */
export function totalLines(
  tariff: Tariff,
  lines: readonly RatedLine[],
): { totals: RatedTotals; effects: readonly LimitEffect[] } {
  const effects: LimitEffect[] = [];
  const limited = (side: LimitEffect['side'], sum: Decimal): Decimal => {
    const { minPrice, maxPrice } = tariff;
    const least = minPrice?.[side];
    const most = maxPrice?.[side];
    const note = (limit: LimitEffect['limit'], charged: Decimal): Decimal => {
      effects.push({ limit, side, sum: toText(sum), charged: toText(charged) });
      return charged;
    };
    if (most !== undefined && sum.gt(decimal(most))) return note('maxPrice', decimal(most));
    if (least !== undefined && sum.lt(decimal(least))) return note('minPrice', decimal(least));
    return sum;
  };
  const exclVat = toText(limited('exclVat', sumWithoutVat(lines)));
  const inclVat = toText(limited('inclVat', sumWithVat(lines)));
  const vatStated =
    tariff.elements.some(({ priceComponents }) => priceComponents.some(({ vat }) => vat !== undefined)) ||
    effects.some(({ side }) => side === 'inclVat');
  return {
    totals: {
      totalCost: vatStated ? { exclVat, inclVat } : { exclVat },
      ...part('totalEnergyCost', lines, 'ENERGY'),
      ...part('totalTimeCost', lines, 'TIME'),
      ...part('totalParkingCost', lines, 'PARKING_TIME'),
      ...part('totalFixedCost', lines, 'FLAT'),
    },
    effects,
  };
}

function part<Name extends keyof RatedTotals>(
  name: Name,
  lines: readonly RatedLine[],
  type: PriceComponentType,
): Partial<Record<Name, Price>> {
  const own = lines.filter((line) => line.type === type);
  if (own.length === 0) return {};
  const exclVat = toText(sumWithoutVat(own));
  const vatStated = own.some(({ vat }) => vat !== undefined);
  const price: Price = vatStated ? { exclVat, inclVat: toText(sumWithVat(own)) } : { exclVat };
  const named: Partial<Record<Name, Price>> = {};
  named[name] = price;
  return named;
}

function sumWithoutVat(lines: readonly RatedLine[]): Decimal {
  return sumOf(lines.map(({ cost }) => decimal(cost.exclVat)));
}

function sumWithVat(lines: readonly RatedLine[]): Decimal {
  return sumOf(lines.map(({ cost }) => decimal(cost.inclVat ?? cost.exclVat)));
}
