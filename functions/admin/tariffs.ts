import * as z from 'zod';
import { DomainError } from '#core/errors.ts';
import { energySources, environmentalImpacts } from '#core/tariffs/energy-mix.ts';
import {
  activateTariff,
  changeTariff,
  createTariff,
  deactivateTariff,
  knownTariff,
} from '#core/tariffs/manage-tariffs.ts';
import { priceComponentTypes, type Tariff, tariffTypes, weekDays } from '#core/tariffs/tariff.ts';
import {
  administrators,
  moment,
  pageAnswer,
  pageOf,
  parameter,
  type Route,
  readBody,
  readers,
  rfc3339,
} from './route.ts';

const text = z.string();
const decimal = z.string({ error: 'a decimal as text, such as "0.25"' });

const priceShape = z.strictObject({ exclVat: decimal, inclVat: decimal.exactOptional() });

const restrictionsShape = z.strictObject({
  startTime: text.exactOptional(),
  endTime: text.exactOptional(),
  startDate: text.exactOptional(),
  endDate: text.exactOptional(),
  minKwh: decimal.exactOptional(),
  maxKwh: decimal.exactOptional(),
  minCurrentA: decimal.exactOptional(),
  maxCurrentA: decimal.exactOptional(),
  minPowerKw: decimal.exactOptional(),
  maxPowerKw: decimal.exactOptional(),
  minDurationS: z.int().exactOptional(),
  maxDurationS: z.int().exactOptional(),
  daysOfWeek: z.array(z.enum(weekDays)).min(1).max(7).exactOptional(),
  reservation: z.enum(['RESERVATION', 'RESERVATION_EXPIRES']).exactOptional(),
});

const elementShape = z.strictObject({
  priceComponents: z
    .array(
      z.strictObject({
        type: z.enum(priceComponentTypes),
        price: decimal,
        vat: decimal.exactOptional(),
        stepSize: z.int().default(1),
      }),
    )
    .max(10),
  restrictions: restrictionsShape.exactOptional(),
});

const energyMixShape = z.strictObject({
  isGreen: z.boolean(),
  sources: z
    .array(z.strictObject({ source: z.enum(energySources), percentage: decimal }))
    .max(20)
    .exactOptional(),
  impacts: z
    .array(z.strictObject({ category: z.enum(environmentalImpacts), amount: decimal }))
    .max(20)
    .exactOptional(),
  supplierName: text.max(64).exactOptional(),
  productName: text.max(64).exactOptional(),
});

const termsShape = z.strictObject({
  name: text,
  description: text.exactOptional(),
  currency: text,
  type: z.enum(tariffTypes).exactOptional(),
  altTexts: z
    .array(z.strictObject({ language: text, text }))
    .max(20)
    .exactOptional(),
  altUrl: text.exactOptional(),
  elements: z.array(elementShape),
  minPrice: priceShape.exactOptional(),
  maxPrice: priceShape.exactOptional(),
  validFrom: moment.exactOptional(),
  validTo: moment.exactOptional(),
  energyMix: energyMixShape.exactOptional(),
});

const newShape = termsShape.extend({ tariffId: text });
const replacementShape = termsShape.extend({ version: z.int().min(1).exactOptional() });
const versionShape = z.strictObject({ version: z.int().min(1).exactOptional() });

export const tariffRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/tariffs',
    summary: 'The tariffs of the tenant as they stand now, by id.',
    roles: readers,
    async handle(request, { tariffs }) {
      return pageAnswer(await tariffs.listTariffs(pageOf(request)), tariffView);
    },
  },
  {
    method: 'POST',
    path: '/tariffs',
    summary: 'Makes a tariff, as a draft that prices nothing until it is activated.',
    roles: administrators,
    async handle(request, services) {
      const tariff = await createTariff(services, readBody(newShape, request.body));
      return { status: 201, body: tariffView(tariff) };
    },
  },
  {
    method: 'GET',
    path: '/tariffs/{tariffId}',
    summary: 'One tariff as it stands now.',
    roles: readers,
    handle: async (request, services) => ({
      body: tariffView(await knownTariff(services, parameter(request, 'tariffId'))),
    }),
  },
  {
    method: 'PUT',
    path: '/tariffs/{tariffId}',
    summary:
      'Makes another revision of a tariff, all that it is; with `version`, only of that one. Running sessions keep theirs.',
    roles: administrators,
    async handle(request, services) {
      const { version, ...terms } = readBody(replacementShape, request.body);
      const tariffId = parameter(request, 'tariffId');
      const ref = { tariffId, ...(version === undefined ? {} : { expectedRevision: version }) };
      return { body: tariffView(await changeTariff(services, ref, () => ({ tariffId, ...terms }))) };
    },
  },
  {
    method: 'POST',
    path: '/tariffs/{tariffId}/activate',
    summary: 'Lets a tariff price the sessions that start from now on.',
    roles: administrators,
    handle: async (request, services) => ({
      body: tariffView(await activateTariff(services, refOf(request))),
    }),
  },
  {
    method: 'POST',
    path: '/tariffs/{tariffId}/deactivate',
    summary: 'Takes a tariff out of use for the sessions that start from now on; those that run keep it.',
    roles: administrators,
    handle: async (request, services) => ({
      body: tariffView(await deactivateTariff(services, refOf(request))),
    }),
  },
  {
    method: 'GET',
    path: '/tariffs/{tariffId}/revisions',
    summary: 'Every revision of a tariff, the newest first; each holds from its `updatedAt` on.',
    roles: readers,
    async handle(request, services) {
      const { tariffId } = await knownTariff(services, parameter(request, 'tariffId'));
      return pageAnswer(await services.tariffs.listRevisions(tariffId, pageOf(request)), tariffView);
    },
  },
  {
    method: 'GET',
    path: '/tariffs/{tariffId}/revisions/{version}',
    summary: 'One revision of a tariff.',
    roles: readers,
    async handle(request, { tariffs }) {
      const version = Number(parameter(request, 'version'));
      const isNumber = Number.isSafeInteger(version) && version > 0;
      const found = isNumber && (await tariffs.findRevision(parameter(request, 'tariffId'), version));
      if (!found) throw new DomainError('NotFound', 'there is no such revision', 'version');
      return { body: tariffView(found) };
    },
  },
];

function refOf(request: Parameters<Route['handle']>[0]) {
  const { version } = readBody(versionShape, request.body);
  const tariffId = parameter(request, 'tariffId');
  return { tariffId, ...(version === undefined ? {} : { expectedRevision: version }) };
}

function tariffView({ validFrom, validTo, createdAt, updatedAt, revision, ...tariff }: Tariff) {
  return {
    ...tariff,
    ...(validFrom === undefined ? {} : { validFrom: rfc3339(validFrom) }),
    ...(validTo === undefined ? {} : { validTo: rfc3339(validTo) }),
    createdAt: rfc3339(createdAt),
    updatedAt: rfc3339(updatedAt),
    version: revision,
  };
}
