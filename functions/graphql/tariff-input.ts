import * as z from 'zod';
import { DomainError } from '#core/errors.ts';
import { energySources, environmentalImpacts } from '#core/tariffs/energy-mix.ts';
import type { TariffDescription } from '#core/tariffs/manage-tariffs.ts';
import { priceComponentTypes, tariffTypes, weekDays } from '#core/tariffs/tariff.ts';
import { dateTime, readArguments } from './field-request.ts';

const text = z.string();

const price = z.strictObject({ exclVat: text, inclVat: text.exactOptional() });

const restrictions = z
  .strictObject({
    startTime: text.exactOptional(),
    endTime: text.exactOptional(),
    startDate: text.exactOptional(),
    endDate: text.exactOptional(),
    minKwh: text.exactOptional(),
    maxKwh: text.exactOptional(),
    minCurrentA: text.exactOptional(),
    maxCurrentA: text.exactOptional(),
    minPowerKw: text.exactOptional(),
    maxPowerKw: text.exactOptional(),
    minDurationSeconds: z.int().exactOptional(),
    maxDurationSeconds: z.int().exactOptional(),
    daysOfWeek: z.array(z.enum(weekDays)).min(1).max(7).exactOptional(),
    reservation: z.enum(['RESERVATION', 'RESERVATION_EXPIRES']).exactOptional(),
  })
  .transform(({ minDurationSeconds, maxDurationSeconds, ...rest }) => ({
    ...rest,
    ...(minDurationSeconds === undefined ? {} : { minDurationS: minDurationSeconds }),
    ...(maxDurationSeconds === undefined ? {} : { maxDurationS: maxDurationSeconds }),
  }));

const element = z.strictObject({
  priceComponents: z
    .array(
      z.strictObject({
        type: z.enum(priceComponentTypes),
        price: text,
        vat: text.exactOptional(),
        stepSize: z.int().default(1),
      }),
    )
    .max(10),
  restrictions: restrictions.exactOptional(),
});

const energyMix = z.strictObject({
  isGreen: z.boolean(),
  sources: z
    .array(z.strictObject({ source: z.enum(energySources), percentage: text }))
    .max(20)
    .exactOptional(),
  impacts: z
    .array(z.strictObject({ category: z.enum(environmentalImpacts), amount: text }))
    .max(20)
    .exactOptional(),
  supplierName: text.max(64).exactOptional(),
  productName: text.max(64).exactOptional(),
});

const optional = {
  description: text.exactOptional(),
  type: z.enum(tariffTypes).exactOptional(),
  altTexts: z
    .array(z.strictObject({ language: text, text }))
    .max(20)
    .exactOptional(),
  altUrl: text.exactOptional(),
  minPrice: price.exactOptional(),
  maxPrice: price.exactOptional(),
  validFrom: dateTime.exactOptional(),
  validTo: dateTime.exactOptional(),
  energyMix: energyMix.exactOptional(),
};
const clearable = Object.keys(optional) as readonly (keyof typeof optional)[];
const needed = { name: text, currency: text, tariffElements: z.array(element) };

const creation = z.strictObject({ input: z.strictObject({ tariffId: text, ...needed, ...optional }) });
const change = z.strictObject({
  id: text,
  version: z.int().exactOptional(),
  input: z.strictObject({
    name: text.exactOptional(),
    currency: text.exactOptional(),
    tariffElements: needed.tariffElements.exactOptional(),
    ...optional,
  }),
});

/** The arguments of `createTariff`. */
export function readCreation(args: unknown): TariffDescription {
  const { tariffElements, ...terms } = readArguments(creation, withoutNulls(args)).input;
  return { ...terms, elements: tariffElements };
}

export interface TariffChange {
  readonly tariffId: string;
  readonly expectedRevision?: number;
  readonly change: (before: TariffDescription) => TariffDescription;
}

/** The arguments of `updateTariff`: what is left out stays, what is null goes. */
export function readChange(args: Readonly<Record<string, unknown>>): TariffChange {
  const { id, version, input } = readArguments(change, withoutNulls(args));
  const { tariffElements, ...terms } = input;
  const nulls = Object.entries(args.input ?? {}).flatMap(([name, value]) => (value === null ? [name] : []));
  for (const name of nulls) {
    if (name in needed)
      throw new DomainError('Validation', `a tariff cannot be without ${name}`, `input.${name}`);
  }
  return {
    tariffId: id,
    ...(version === undefined ? {} : { expectedRevision: version }),
    change: (before) => {
      const kept: { -readonly [Name in keyof TariffDescription]: TariffDescription[Name] } = { ...before };
      for (const name of clearable) if (nulls.includes(name)) delete kept[name];
      return {
        ...kept,
        ...terms,
        ...(tariffElements === undefined ? {} : { elements: tariffElements }),
      };
    },
  };
}

/** How the arguments call what the core calls otherwise. */
export const memberNames = {
  ofId: (field: string) => (field === 'tariffId' ? 'id' : field),
  ofInput: (field: string) =>
    `input.${field.replace(/^elements\b/, 'tariffElements').replace(/\b(m(?:in|ax)Duration)S$/, '$1Seconds')}`,
  ofChange: (field: string) =>
    field === 'tariffId' || field === 'version' ? memberNames.ofId(field) : memberNames.ofInput(field),
};

/** Does something whose refusals name a field, and names it as the caller's arguments do. */
export async function named<Result>(
  nameOf: (field: string) => string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DomainError) || error.field === undefined) throw error;
    throw new DomainError(error.code, error.message, nameOf(error.field));
  }
}

/** Null means not given, wherever it stands in an input. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const given = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  return Object.fromEntries(given.map(([name, member]) => [name, withoutNulls(member)]));
}
