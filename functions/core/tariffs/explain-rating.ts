import type { BilledVolume, UnpricedVolumes } from './bill-volumes.ts';
import { decimal, divideRounded, toText } from './decimal.ts';
import { type Dimension, dimensions } from './dimensions.ts';
import type { LimitEffect, RatedLine, RatedTotals, ReservedTime } from './rating.ts';
import type { Tariff } from './tariff.ts';

const names: Readonly<Record<Dimension, string>> = {
  RESERVATION_FLAT: 'Reservation fee',
  RESERVATION_TIME: 'Reserved time',
  FLAT: 'Flat price',
  ENERGY: 'Energy',
  TIME: 'Charging time',
  PARKING_TIME: 'Parking time',
};

/** Why a rating is what it is, in sentences: every line, every step size and limit that made a difference. */
export function explainRating(
  tariff: Tariff,
  found: {
    lines: readonly RatedLine[];
    volumes: readonly BilledVolume[];
    unpriced: UnpricedVolumes;
    totals: RatedTotals;
    limits: readonly LimitEffect[];
    decimals: number;
    reservation: ReservedTime | undefined;
  },
): readonly string[] {
  const { currency } = tariff;
  const { totalCost } = found.totals;
  return [
    `Priced by tariff "${tariff.name}" (${tariff.tariffId}).`,
    ...(found.reservation ? [reservationSentence(found.reservation)] : []),
    ...found.volumes.flatMap((volume) => {
      const line = found.lines.find(
        ({ element, component }) => element === volume.element && component === volume.component,
      );
      return line ? [lineSentence(line, volume, currency)] : [];
    }),
    ...dimensions.flatMap((dimension) => {
      const units = found.unpriced[dimension] ?? 0;
      if (units === 0) return [];
      return [`No price applies to ${quantityText(dimension, units)} of ${names[dimension].toLowerCase()}.`];
    }),
    ...(found.lines.length === 0 ? ['Nothing was billed.'] : []),
    ...found.limits.map((effect) => limitSentence(effect, currency)),
    `Total: ${totalCost.exclVat} ${currency} without VAT${
      totalCost.inclVat === undefined ? '; no VAT is stated' : `, ${totalCost.inclVat} ${currency} with VAT`
    }. Each line is rounded once, half up, to ${found.decimals} decimals.`,
  ];
}

function reservationSentence({ startedAt, endedAt, expired }: ReservedTime): string {
  const time = quantityText('RESERVATION_TIME', endedAt - startedAt);
  return expired
    ? `The place was reserved for ${time}, until the reservation expired.`
    : `The place was reserved for ${time} before charging began.`;
}

function lineSentence(line: RatedLine, volume: BilledVolume, currency: string): string {
  const { type, unitPrice, vat, cost, element } = line;
  const { dimension } = volume;
  const measured = quantityText(dimension, volume.measured);
  const stepped =
    volume.billed === volume.measured
      ? measured
      : `${measured}, billed as ${quantityText(dimension, volume.billed)} because this price counts in steps of ${quantityText(dimension, volume.stepSize * 1000)},`;
  const price = type === 'FLAT' ? '' : ` ${stepped} at ${unitPrice} ${currency} per ${unitName(dimension)}:`;
  const tax =
    vat === undefined ? ', no VAT stated' : `, with ${vat} % VAT ${cost.inclVat ?? cost.exclVat} ${currency}`;
  return `${names[dimension]}:${price} ${cost.exclVat} ${currency}${tax} (tariff element ${element + 1}).`;
}

function limitSentence(effect: LimitEffect, currency: string): string {
  const side = effect.side === 'exclVat' ? 'without VAT' : 'with VAT';
  const [relation, name] = effect.limit === 'minPrice' ? ['below', 'least'] : ['above', 'greatest'];
  return `The sum ${side}, ${effect.sum} ${currency}, is ${relation} the ${name} price of the tariff: ${effect.charged} ${currency} is charged.`;
}

function unitName(dimension: Dimension): string {
  return dimension === 'ENERGY' ? 'kWh' : 'hour';
}

function quantityText(dimension: Dimension, units: number): string {
  if (dimension === 'ENERGY') return `${toText(divideRounded(decimal(units), decimal(1_000_000), 6))} kWh`;
  const seconds = Math.floor(units / 1000);
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [toText(decimal(units).mod(60_000).div(1000)), 's'],
  ];
  const shown = parts.filter(([amount]) => Number(amount) !== 0).map(([amount, unit]) => `${amount} ${unit}`);
  return shown.length === 0 ? '0 s' : shown.join(' ');
}
