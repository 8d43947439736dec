import type { Clock } from '../ports.ts';
import type { StationStore } from '../stations/station-store.ts';
import { type ChoicePorts, chooseTariffs, type PricedUse } from './choose-tariff.ts';
import type { PriceComponent, PriceComponentType, Tariff } from './tariff.ts';

/** The displays of stations take no longer texts (OCPP 2.0.1, MessageContentType). */
const longestNotice = 512;

const units: Readonly<Record<PriceComponentType, string>> = {
  ENERGY: 'per kWh',
  TIME: 'per hour of charging',
  PARKING_TIME: 'per hour of parking',
  FLAT: 'per session',
};

/**
 * What a station may tell a driver of the price before anything starts: the tariff's own description, else its prices
 * where they are the same at all times. `undefined` where the station's connectors have different tariffs for this
 * token, and where no whole sentence can be said: rather nothing than half of a price.
 */
export async function tariffNotice(
  ports: ChoicePorts & {
    readonly stations: Pick<StationStore, 'findStation'>;
    readonly clock: Clock;
  },
  { stationId, token }: Pick<PricedUse, 'stationId' | 'token'>,
): Promise<string | undefined> {
  const station = await ports.stations.findStation(stationId);
  const startedAt = ports.clock();
  const uses = (station?.connectors ?? []).map((connector) => ({
    stationId,
    connector,
    startedAt,
    ...(token ? { token } : {}),
  }));
  const tariffs = (await chooseTariffs(ports, uses)).map((choice) => choice.tariff);
  const [tariff] = tariffs;
  if (!tariff || tariffs.some((other) => other?.tariffId !== tariff.tariffId)) return undefined;
  const text = tariff.description ?? pricesOf(tariff);
  return text === undefined || text.length > longestNotice ? undefined : text;
}

function pricesOf({ elements, currency, minPrice, maxPrice }: Tariff): string | undefined {
  const [element] = elements;
  const isPlain = elements.length === 1 && element?.restrictions === undefined && !minPrice && !maxPrice;
  const prices = isPlain ? element?.priceComponents : undefined;
  return prices?.length ? prices.map((price) => priceText(price, currency)).join(', ') : undefined;
}

function priceText({ type, price, vat }: PriceComponent, currency: string): string {
  const tax = vat === undefined ? '' : ` plus ${vat} % VAT`;
  return `${price} ${currency} ${units[type]}${tax}`;
}
