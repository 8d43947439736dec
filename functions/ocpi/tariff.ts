import * as z from 'zod';
import { DomainError } from '#core/errors.ts';
import { checkTariff } from '#core/tariffs/check-tariff.ts';
import {
  type EnergyMix,
  type EnergySource,
  type EnvironmentalImpact,
  energySources,
  environmentalImpacts,
} from '#core/tariffs/energy-mix.ts';
import {
  type Price,
  type PriceComponent,
  priceComponentTypes,
  type Tariff,
  type TariffElement,
  type TariffRestrictions,
  tariffTypes,
  weekDays,
} from '#core/tariffs/tariff.ts';
import { dateTimeOf, ocpiDateTime, ocpiNumber, pathOf, readShape } from './fields.ts';

const price = z.object({ excl_vat: ocpiNumber, incl_vat: ocpiNumber.nullish() });

const priceComponent = z.object({
  type: z.enum(priceComponentTypes),
  price: ocpiNumber,
  vat: ocpiNumber.nullish(),
  step_size: z.int(),
});

const restrictions = z.object({
  start_time: z.string().nullish(),
  end_time: z.string().nullish(),
  start_date: z.string().nullish(),
  end_date: z.string().nullish(),
  min_kwh: ocpiNumber.nullish(),
  max_kwh: ocpiNumber.nullish(),
  min_current: ocpiNumber.nullish(),
  max_current: ocpiNumber.nullish(),
  min_power: ocpiNumber.nullish(),
  max_power: ocpiNumber.nullish(),
  min_duration: z.int().nullish(),
  max_duration: z.int().nullish(),
  day_of_week: z.array(z.enum(weekDays)).nullish(),
  reservation: z.enum(['RESERVATION', 'RESERVATION_EXPIRES']).nullish(),
});

const energyMix = z.object({
  is_green_energy: z.boolean(),
  energy_sources: z.array(z.object({ source: z.string(), percentage: ocpiNumber })).nullish(),
  environ_impact: z.array(z.object({ category: z.string(), amount: ocpiNumber })).nullish(),
  supplier_name: z.string().nullish(),
  energy_product_name: z.string().nullish(),
});

const ocpiTariff = z.object({
  country_code: z.string().nullish(),
  party_id: z.string().nullish(),
  id: z.string().min(1).max(36).nullish(),
  currency: z.string(),
  type: z.enum(tariffTypes).nullish(),
  tariff_alt_text: z.array(z.object({ language: z.string(), text: z.string() })).nullish(),
  tariff_alt_url: z.string().nullish(),
  min_price: price.nullish(),
  max_price: price.nullish(),
  elements: z.array(
    z.object({ price_components: z.array(priceComponent), restrictions: restrictions.nullish() }),
  ),
  start_date_time: ocpiDateTime.nullish(),
  end_date_time: ocpiDateTime.nullish(),
  energy_mix: energyMix.nullish(),
  last_updated: ocpiDateTime.nullish(),
});

type WireTariff = z.infer<typeof ocpiTariff>;
type WireRestrictions = z.infer<typeof restrictions>;

/** Who a tariff belongs to, in the words of roaming: ISO 3166-1 alpha-2 and the operator's three characters. */
export interface OcpiOwner {
  readonly countryCode: string;
  readonly partyId: string;
}

/**
 * An OCPI 2.2.1 Tariff object in the words of this system, in use from its `last_updated`. Null is as good as absent,
 * members that OCPI does not know are ignored, and so are whose it is and a missing id: what it costs is all there.
 * Throws `Validation` naming the member at fault by its OCPI path (`elements.0.price_components.0.price`), below `at`.
 */
export function readOcpiTariff(value: unknown, at = ''): Tariff {
  const wire = readShape(ocpiTariff, value, at);
  const updatedAt = wire.last_updated ?? 0;
  const tariffId = wire.id ?? 'unnamed';
  const tariff: Tariff = {
    tariffId,
    name: tariffId,
    ...termsFrom(wire),
    status: 'ACTIVE',
    createdAt: updatedAt,
    updatedAt,
    revision: 1,
  };
  try {
    checkTariff(tariff);
  } catch (error) {
    if (!(error instanceof DomainError) || error.field === undefined) throw error;
    throw new DomainError(error.code, error.message, pathOf(at, ocpiPathOf(error.field)));
  }
  return tariff;
}

function termsFrom(
  wire: WireTariff,
): Omit<Tariff, 'tariffId' | 'name' | 'status' | 'createdAt' | 'updatedAt' | 'revision'> {
  return {
    currency: wire.currency,
    ...(wire.type == null ? {} : { type: wire.type }),
    ...(wire.tariff_alt_text?.length ? { altTexts: wire.tariff_alt_text } : {}),
    ...(wire.tariff_alt_url == null ? {} : { altUrl: wire.tariff_alt_url }),
    elements: wire.elements.map((element): TariffElement => {
      const given = element.restrictions ? restrictionsFrom(element.restrictions) : {};
      return {
        priceComponents: element.price_components.map(componentFrom),
        ...(Object.keys(given).length === 0 ? {} : { restrictions: given }),
      };
    }),
    ...(wire.min_price == null ? {} : { minPrice: priceFrom(wire.min_price) }),
    ...(wire.max_price == null ? {} : { maxPrice: priceFrom(wire.max_price) }),
    ...(wire.start_date_time == null ? {} : { validFrom: wire.start_date_time }),
    ...(wire.end_date_time == null ? {} : { validTo: wire.end_date_time }),
    ...(wire.energy_mix == null ? {} : { energyMix: energyMixFrom(wire.energy_mix) }),
  };
}

function componentFrom({ type, price, vat, step_size }: z.infer<typeof priceComponent>): PriceComponent {
  return { type, price, ...(vat == null ? {} : { vat }), stepSize: step_size };
}

function priceFrom({ excl_vat, incl_vat }: z.infer<typeof price>): Price {
  return { exclVat: excl_vat, ...(incl_vat == null ? {} : { inclVat: incl_vat }) };
}

function restrictionsFrom(wire: WireRestrictions): TariffRestrictions {
  return {
    ...(wire.start_time == null ? {} : { startTime: wire.start_time }),
    ...(wire.end_time == null ? {} : { endTime: wire.end_time }),
    ...(wire.start_date == null ? {} : { startDate: wire.start_date }),
    ...(wire.end_date == null ? {} : { endDate: wire.end_date }),
    ...(wire.min_kwh == null ? {} : { minKwh: wire.min_kwh }),
    ...(wire.max_kwh == null ? {} : { maxKwh: wire.max_kwh }),
    ...(wire.min_current == null ? {} : { minCurrentA: wire.min_current }),
    ...(wire.max_current == null ? {} : { maxCurrentA: wire.max_current }),
    ...(wire.min_power == null ? {} : { minPowerKw: wire.min_power }),
    ...(wire.max_power == null ? {} : { maxPowerKw: wire.max_power }),
    ...(wire.min_duration == null ? {} : { minDurationS: wire.min_duration }),
    ...(wire.max_duration == null ? {} : { maxDurationS: wire.max_duration }),
    ...(wire.day_of_week?.length ? { daysOfWeek: wire.day_of_week } : {}),
    ...(wire.reservation == null ? {} : { reservation: wire.reservation }),
  };
}

/** Sources and impacts that OCPI does not list are left out: they price nothing. */
function energyMixFrom(wire: z.infer<typeof energyMix>): EnergyMix {
  const sources = (wire.energy_sources ?? []).flatMap(({ source, percentage }) =>
    isEnergySource(source) ? [{ source, percentage }] : [],
  );
  const impacts = (wire.environ_impact ?? []).flatMap(({ category, amount }) =>
    isImpact(category) ? [{ category, amount }] : [],
  );
  return {
    isGreen: wire.is_green_energy,
    ...(sources.length === 0 ? {} : { sources }),
    ...(impacts.length === 0 ? {} : { impacts }),
    ...(wire.supplier_name == null ? {} : { supplierName: wire.supplier_name }),
    ...(wire.energy_product_name == null ? {} : { productName: wire.energy_product_name }),
  };
}

function isEnergySource(name: string): name is EnergySource {
  return energySources.some((known) => known === name);
}

function isImpact(name: string): name is EnvironmentalImpact {
  return environmentalImpacts.some((known) => known === name);
}

/** The tariff as an OCPI 2.2.1 Tariff object of its owner. Absent members are left out; numbers are JSON numbers. */
export function toOcpiTariff(tariff: Tariff, owner: OcpiOwner): Readonly<Record<string, unknown>> {
  const { energyMix: mix } = tariff;
  return withoutAbsent({
    country_code: owner.countryCode,
    party_id: owner.partyId,
    id: tariff.tariffId,
    currency: tariff.currency,
    type: tariff.type,
    tariff_alt_text: tariff.altTexts,
    tariff_alt_url: tariff.altUrl,
    min_price: tariff.minPrice && toOcpiPrice(tariff.minPrice),
    max_price: tariff.maxPrice && toOcpiPrice(tariff.maxPrice),
    elements: tariff.elements.map(({ priceComponents, restrictions: given }) =>
      withoutAbsent({
        price_components: priceComponents.map(toOcpiComponent),
        restrictions: given && toOcpiRestrictions(given),
      }),
    ),
    start_date_time: tariff.validFrom === undefined ? undefined : dateTimeOf(tariff.validFrom),
    end_date_time: tariff.validTo === undefined ? undefined : dateTimeOf(tariff.validTo),
    energy_mix: mix && toOcpiEnergyMix(mix),
    last_updated: dateTimeOf(tariff.updatedAt),
  });
}

/** An amount as an OCPI Price object. */
export function toOcpiPrice({ exclVat, inclVat }: Price): Readonly<Record<string, unknown>> {
  return withoutAbsent({ excl_vat: Number(exclVat), incl_vat: numberOf(inclVat) });
}

function toOcpiComponent({ type, price, vat, stepSize }: PriceComponent): Readonly<Record<string, unknown>> {
  return withoutAbsent({ type, price: Number(price), vat: numberOf(vat), step_size: stepSize });
}

function toOcpiRestrictions(given: TariffRestrictions): Readonly<Record<string, unknown>> {
  return withoutAbsent({
    start_time: given.startTime,
    end_time: given.endTime,
    start_date: given.startDate,
    end_date: given.endDate,
    min_kwh: numberOf(given.minKwh),
    max_kwh: numberOf(given.maxKwh),
    min_current: numberOf(given.minCurrentA),
    max_current: numberOf(given.maxCurrentA),
    min_power: numberOf(given.minPowerKw),
    max_power: numberOf(given.maxPowerKw),
    min_duration: given.minDurationS,
    max_duration: given.maxDurationS,
    day_of_week: given.daysOfWeek,
    reservation: given.reservation,
  });
}

function toOcpiEnergyMix(mix: EnergyMix): Readonly<Record<string, unknown>> {
  return withoutAbsent({
    is_green_energy: mix.isGreen,
    energy_sources: mix.sources?.map(({ source, percentage }) => ({
      source,
      percentage: Number(percentage),
    })),
    environ_impact: mix.impacts?.map(({ category, amount }) => ({ category, amount: Number(amount) })),
    supplier_name: mix.supplierName,
    energy_product_name: mix.productName,
  });
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function withoutAbsent(members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** What OCPI calls members that it does not call by our name in snake case. */
const ocpiNames: Readonly<Record<string, string>> = {
  altTexts: 'tariff_alt_text',
  altUrl: 'tariff_alt_url',
  validFrom: 'start_date_time',
  validTo: 'end_date_time',
  minCurrentA: 'min_current',
  maxCurrentA: 'max_current',
  minPowerKw: 'min_power',
  maxPowerKw: 'max_power',
  minDurationS: 'min_duration',
  maxDurationS: 'max_duration',
  daysOfWeek: 'day_of_week',
  sources: 'energy_sources',
  impacts: 'environ_impact',
};

function ocpiPathOf(path: string): string {
  return path
    .split('.')
    .map((name) => ocpiNames[name] ?? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))
    .join('.');
}
