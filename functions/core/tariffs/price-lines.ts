import type { BilledVolume, UnpricedVolumes } from './bill-volumes.ts';
import { type Decimal, decimal, divideRounded, sumOf, toText } from './decimal.ts';
import { type Dimension, dimensions, traits } from './dimensions.ts';
import type { CostPart, LimitEffect, RatedLine, RatedTotals, UnpricedQuantity } from './rating.ts';
import type { DecimalText, Price, PriceComponent, Tariff } from './tariff.ts';

/** Hours are rarely finite decimals; what is shown of them is finer than a hundredth of a second. */
const quantityDecimals = 6;
/** What is shown of an amount before it is rounded. */
const shownDecimals = 12;

/**
 * The lines of the bill. Each amount is the exact product of price, volume and VAT, rounded once: half up, to
 * `decimals`. Everything above the lines is a sum, so that the bill adds up.
 */
export function priceLines(
  tariff: Tariff,
  volumes: readonly BilledVolume[],
  decimals: number,
): readonly RatedLine[] {
  return volumes.flatMap((volume): RatedLine[] => {
    const { dimension, element, component, measured, billed, stepSize } = volume;
    const priced = tariff.elements[element]?.priceComponents[component];
    if (!priced) return [];
    const cost = costOf(priced, volume, decimals);
    return [
      {
        type: priced.type,
        part: partOf(tariff, volume),
        element,
        component,
        unitPrice: toText(decimal(priced.price)),
        ...(priced.vat === undefined ? {} : { vat: toText(decimal(priced.vat)) }),
        measured: quantityOf(dimension, measured),
        billed: quantityOf(dimension, billed),
        ...(billed === measured
          ? {}
          : { step: { stepSize, added: quantityOf(dimension, billed - measured) } }),
        cost,
        ...(isExact(cost, priced, volume) ? {} : { unrounded: costOf(priced, volume, shownDecimals) }),
      },
    ];
  });
}

/** What nothing priced, as it stands on a bill. */
export function unpricedQuantities(volumes: UnpricedVolumes): readonly UnpricedQuantity[] {
  return dimensions.flatMap((dimension) => {
    const units = volumes[dimension] ?? 0;
    const { part } = traits[dimension];
    return units === 0 || part === undefined ? [] : [{ part, quantity: quantityOf(dimension, units) }];
  });
}

/** A volume in the unit of its price: kWh, hours, times. */
function quantityOf(dimension: Dimension, units: number): DecimalText {
  return toText(divideRounded(decimal(units), decimal(traits[dimension].unitsPerPrice), quantityDecimals));
}

function costOf(priced: PriceComponent, volume: BilledVolume, decimals: number): Price {
  const { exclVat, inclVat, unitsPerPrice } = worthOf(priced, volume);
  return {
    exclVat: toText(divideRounded(exclVat, unitsPerPrice, decimals)),
    ...(inclVat === undefined ? {} : { inclVat: toText(divideRounded(inclVat, unitsPerPrice, decimals)) }),
  };
}

/** Whether the rounded cost is the cost itself. */
function isExact(cost: Price, priced: PriceComponent, volume: BilledVolume): boolean {
  const { exclVat, inclVat, unitsPerPrice } = worthOf(priced, volume);
  const isWorth = (amount: string, worth: Decimal) => decimal(amount).times(unitsPerPrice).eq(worth);
  if (!isWorth(cost.exclVat, exclVat)) return false;
  return inclVat === undefined || cost.inclVat === undefined || isWorth(cost.inclVat, inclVat);
}

/** The cost of a volume times the units of its price: an exact decimal, which the cost itself may not be. */
function worthOf(
  { price, vat }: PriceComponent,
  { dimension, billed }: BilledVolume,
): { exclVat: Decimal; inclVat?: Decimal; unitsPerPrice: Decimal } {
  const exclVat = decimal(price).times(billed);
  const unitsPerPrice = decimal(traits[dimension].unitsPerPrice);
  if (vat === undefined) return { exclVat, unitsPerPrice };
  const factor = decimal(vat).plus(100).times(decimal('0.01'));
  return { exclVat, inclVat: exclVat.times(factor), unitsPerPrice };
}

/**
 * The partial cost that a volume belongs to. A flat price of an element that prices parking and neither energy nor
 * charging is one of parking (OCPI 2.2.1 mod_cdrs, `total_parking_cost`: with its fixed price components).
 */
function partOf(tariff: Tariff, { dimension, element }: BilledVolume): CostPart {
  const { part } = traits[dimension];
  if (part) return part;
  const types = tariff.elements[element]?.priceComponents.map(({ type }) => type) ?? [];
  const isOfParking = types.includes('PARKING_TIME') && !types.includes('ENERGY') && !types.includes('TIME');
  return isOfParking ? 'PARKING' : 'FIXED';
}

/**
 * Sums the lines. Least and greatest price replace the total, with and without VAT each by itself; a limit without
 * an amount including VAT leaves that side alone. Parts stay what they are. Without a session there is no least price.
 */
export function totalLines(
  tariff: Tariff,
  lines: readonly RatedLine[],
  { hasSession }: { hasSession: boolean },
): { totals: RatedTotals; limits: readonly LimitEffect[] } {
  const limits: LimitEffect[] = [];
  const limited = (side: LimitEffect['side'], sum: Decimal): Decimal => {
    const least = hasSession ? tariff.minPrice?.[side] : undefined;
    const most = tariff.maxPrice?.[side];
    const note = (limit: LimitEffect['limit'], charged: Decimal): Decimal => {
      limits.push({ limit, side, sum: toText(sum), charged: toText(charged) });
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
    [tariff.minPrice, tariff.maxPrice].some((limit) => limit?.inclVat !== undefined);
  return {
    totals: {
      totalCost: vatStated ? { exclVat, inclVat } : { exclVat },
      ...partTotal('totalEnergyCost', lines, 'ENERGY'),
      ...partTotal('totalTimeCost', lines, 'TIME'),
      ...partTotal('totalParkingCost', lines, 'PARKING'),
      ...partTotal('totalFixedCost', lines, 'FIXED'),
      ...partTotal('totalReservationCost', lines, 'RESERVATION'),
    },
    limits,
  };
}

function partTotal<Name extends keyof RatedTotals>(
  name: Name,
  lines: readonly RatedLine[],
  part: CostPart,
): Partial<Record<Name, Price>> {
  const own = lines.filter((line) => line.part === part);
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
