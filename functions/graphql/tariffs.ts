import * as z from 'zod';
import type { PageRequest } from '#core/ports.ts';
import { chooseTariffs } from '#core/tariffs/choose-tariff.ts';
import {
  activateTariff as activate,
  changeTariff,
  createTariff as create,
  deactivateTariff as deactivate,
  knownTariff,
  type TariffRef,
} from '#core/tariffs/manage-tariffs.ts';
import type { Tariff } from '#core/tariffs/tariff.ts';
import { type FieldRequest, readArguments } from './field-request.ts';
import { filteredPage } from './filtered-page.ts';
import { fittingPage, pageRequest, pagingShape, plainList } from './paging.ts';
import type { GraphqlServices } from './services.ts';
import { memberNames, named, readChange, readCreation } from './tariff-input.ts';
import { tariffView } from './tariff-view.ts';

type View = Record<string, unknown>;

const byId = z.strictObject({ id: z.string(), version: z.int().nullish() });

const filter = z
  .strictObject({
    status: z.array(z.string()).max(10).nullish(),
    currency: z.array(z.string()).max(50).nullish(),
  })
  .nullish();

/** `Query.tariff`: null when the tenant has none of this id, or not in this version. */
export async function tariff(
  { arguments: args }: FieldRequest,
  { tariffs: store }: GraphqlServices,
): Promise<View | null> {
  const { id, version } = readArguments(byId, args);
  const found = await (version == null ? store.findTariff(id) : store.findRevision(id, version));
  return found ? tariffView(found) : null;
}

/** `Query.tariffs`: the first page of what fits, in the order of ids. */
export async function tariffs({ arguments: args }: FieldRequest, services: GraphqlServices): Promise<View[]> {
  const read = readArguments(z.strictObject({ filter }), args);
  const found = await plainList('tariffsPage', (page) => listTariffs(services, read.filter, page));
  return found.map(tariffView);
}

/** `Query.tariffsPage`. */
export async function tariffsPage({ arguments: args }: FieldRequest, services: GraphqlServices) {
  const read = readArguments(z.strictObject({ filter, ...pagingShape }), args);
  return fittingPage(pageRequest(read), (page) => listTariffs(services, read.filter, page), tariffView);
}

/** `Query.tariffVersions`: newest first. */
export async function tariffVersions({ arguments: args }: FieldRequest, services: GraphqlServices) {
  const read = readArguments(z.strictObject({ id: z.string(), ...pagingShape }), args);
  const { tariffId } = await named(memberNames.ofId, () => knownTariff(services, read.id));
  const list = (page: PageRequest) => services.tariffs.listRevisions(tariffId, page);
  return fittingPage(pageRequest(read), list, tariffView);
}

/** `Mutation.createTariff`. */
export async function createTariff(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const described = readCreation(args);
  return tariffView(await named(memberNames.ofInput, () => create(services, described)));
}

/** `Mutation.updateTariff`. */
export async function updateTariff(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  const { change, ...ref } = readChange(args);
  return tariffView(await named(memberNames.ofChange, () => changeTariff(services, ref, change)));
}

/** `Mutation.activateTariff`. */
export async function activateTariff(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  return tariffView(await named(memberNames.ofId, () => activate(services, refOf(args))));
}

/** `Mutation.deactivateTariff`. */
export async function deactivateTariff(
  { arguments: args }: FieldRequest,
  services: GraphqlServices,
): Promise<View> {
  return tariffView(await named(memberNames.ofId, () => deactivate(services, refOf(args))));
}

const placed = z.object({ evseId: z.int(), connectorId: z.int() });

/** `Connector.tariff`, many at once: what a driver with a contract would pay who starts now. */
export async function tariffsOfConnectors(
  requests: readonly FieldRequest[],
  services: GraphqlServices,
): Promise<(View | null)[]> {
  const tenant = await services.findTenant();
  const startedAt = services.clock();
  const uses = requests.map(({ source }) => {
    const { stationId, connectorRef, tariffId } = source ?? {};
    const place = placed.parse(connectorRef);
    const own = typeof tariffId === 'string' ? { tariffId } : {};
    return { stationId: String(stationId), connector: { ...place, ...own }, startedAt };
  });
  const choices = await chooseTariffs({ ...services, tenant }, uses);
  return choices.map(({ tariff: chosen }) => (chosen ? tariffView(chosen) : null));
}

function listTariffs(
  { tariffs: store }: GraphqlServices,
  wanted: z.infer<typeof filter>,
  page: Parameters<GraphqlServices['tariffs']['listTariffs']>[0],
) {
  const { status, currency } = wanted ?? {};
  const fits = (one: Tariff) => isOneOf(status, one.status) && isOneOf(currency, one.currency);
  return filteredPage((stretch) => store.listTariffs(stretch), fits, page);
}

/** No values: any will do. */
function isOneOf(values: readonly string[] | null | undefined, value: string): boolean {
  return values == null || values.length === 0 || values.includes(value);
}

function refOf(args: unknown): TariffRef {
  const { id, version } = readArguments(byId, args);
  return { tariffId: id, ...(version == null ? {} : { expectedRevision: version }) };
}
