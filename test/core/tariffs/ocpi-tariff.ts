import { readFileSync } from 'node:fs';
import type { Price, PriceComponent, Tariff, TariffElement } from '#core/tariffs/tariff.ts';

const folder = new URL('../../fixtures/ocpi221/examples/', import.meta.url);

interface WirePrice {
  excl_vat: number;
  incl_vat?: number;
}

interface WireElement {
  price_components: { type: PriceComponent['type']; price: number; vat?: number; step_size: number }[];
  restrictions?: {
    start_time?: string;
    end_time?: string;
    max_current?: number;
    min_current?: number;
    max_power?: number;
    max_duration?: number;
    day_of_week?: NonNullable<TariffElement['restrictions']>['daysOfWeek'];
  };
}

interface WireTariff {
  id: string;
  currency: string;
  min_price?: WirePrice;
  max_price?: WirePrice;
  elements: WireElement[];
}

/** An example tariff of the OCPI specification, in the words of the core. */
export function ocpiTariff(fileName: string): Tariff {
  return fromWire(JSON.parse(readFileSync(new URL(fileName, folder), 'utf8')) as WireTariff);
}

/** The tariff inside the specification's example CDR. */
export function ocpiTariffOfCdr(fileName: string): Tariff {
  const cdr = JSON.parse(readFileSync(new URL(fileName, folder), 'utf8')) as { tariffs: WireTariff[] };
  const [tariff] = cdr.tariffs;
  if (!tariff) throw new Error(`${fileName} holds no tariff`);
  return fromWire(tariff);
}

function fromWire(wire: WireTariff): Tariff {
  return {
    tariffId: wire.id,
    name: `Example ${wire.id}`,
    currency: wire.currency,
    elements: wire.elements.map(elementFrom),
    ...(wire.min_price ? { minPrice: priceFrom(wire.min_price) } : {}),
    ...(wire.max_price ? { maxPrice: priceFrom(wire.max_price) } : {}),
    status: 'ACTIVE',
    createdAt: 0,
    updatedAt: 0,
    revision: 1,
  };
}

function elementFrom(wire: WireElement): TariffElement {
  const given = wire.restrictions ?? {};
  return {
    priceComponents: wire.price_components.map(({ type, price, vat, step_size }) => ({
      type,
      price: String(price),
      ...(vat === undefined ? {} : { vat: String(vat) }),
      stepSize: step_size,
    })),
    ...(wire.restrictions
      ? {
          restrictions: {
            ...(given.start_time === undefined ? {} : { startTime: given.start_time }),
            ...(given.end_time === undefined ? {} : { endTime: given.end_time }),
            ...(given.min_current === undefined ? {} : { minCurrentA: String(given.min_current) }),
            ...(given.max_current === undefined ? {} : { maxCurrentA: String(given.max_current) }),
            ...(given.max_power === undefined ? {} : { maxPowerKw: String(given.max_power) }),
            ...(given.max_duration === undefined ? {} : { maxDurationS: given.max_duration }),
            ...(given.day_of_week === undefined ? {} : { daysOfWeek: given.day_of_week }),
          },
        }
      : {}),
  };
}

function priceFrom({ excl_vat, incl_vat }: WirePrice): Price {
  return {
    exclVat: String(excl_vat),
    ...(incl_vat === undefined ? {} : { inclVat: String(incl_vat) }),
  };
}
