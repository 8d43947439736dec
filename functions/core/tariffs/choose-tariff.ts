import type { Connector } from '../stations/station.ts';
import type { Tenant } from '../tenants/tenant.ts';
import type { TokenType } from '../tokens/token.ts';
import type { Tariff } from './tariff.ts';
import {
  type AssignmentScope,
  scopeName,
  type TariffAssignment,
  type TariffAssignmentStore,
  termsAt,
} from './tariff-assignment.ts';
import type { TariffStore } from './tariff-store.ts';

export interface ChoicePorts {
  readonly tenant: Pick<Tenant, 'defaultTariffId'>;
  readonly tariffs: Pick<TariffStore, 'findTariff' | 'findTariffAt'>;
  readonly assignments: Pick<TariffAssignmentStore, 'findAssignments'>;
}

/** What charges where, as far as it is known. */
export interface PricedUse {
  readonly stationId: string;
  /** As its owner describes it: it may name a tariff itself. */
  readonly connector?: Pick<Connector, 'evseId' | 'connectorId' | 'tariffId'>;
  readonly token?: { readonly uid: string; readonly groupId?: string; readonly tokenType: TokenType };
  readonly startedAt: number;
}

/** By which price, and why that one. `obstacles` says what stood in the way of those that were closer. */
export type TariffChoice =
  | { readonly tariff: Tariff; readonly by: AssignmentScope['kind']; readonly obstacles: readonly string[] }
  | { readonly tariff?: undefined; readonly obstacles: readonly string[] };

/**
 * Chooses the tariff of what starts at a moment: of the revisions in force then, the one assigned closest: to the
 * token, its group, the connector, the station, the tenant. What a connector's description names counts as assigned
 * to the connector, the tenant's default as assigned to the tenant, where no assignment says otherwise.
 *
 * Prices for drivers without a contract (`AD_HOC_PAYMENT`) apply to tokens of the type `AD_HOC_USER` alone, typed
 * others to all but these, and tariffs without a type to everybody (OCPI 2.2.1 mod_tariffs, Tariff `type`). One that
 * is not in force leaves the next scope to price; one that does not exist at all is a mistake nobody should pay for:
 * nothing is chosen.
 */
export async function chooseTariff(ports: ChoicePorts, use: PricedUse): Promise<TariffChoice> {
  const [choice = { obstacles: [] }] = await chooseTariffs(ports, [use]);
  return choice;
}

/** The same for many at once, in their order: assignments are read together, and no revision twice. */
export async function chooseTariffs(
  ports: ChoicePorts,
  uses: readonly PricedUse[],
): Promise<readonly TariffChoice[]> {
  const scopes = new Map(uses.flatMap(scopesOf).map((scope) => [scopeName(scope), scope]));
  const found = await ports.assignments.findAssignments([...scopes.values()]);
  const assignments: Assignments = new Map(found.map((one) => [scopeName(one.scope), one]));
  const findTariffAt = readOnce(ports.tariffs.findTariffAt);
  return Promise.all(
    uses.map((use) => chooseOf({ ...ports, findTariffAt }, use, candidatesOf(ports, assignments, use))),
  );
}

async function chooseOf(
  { tariffs, findTariffAt }: ChoicePorts & Pick<TariffStore, 'findTariffAt'>,
  use: PricedUse,
  candidates: readonly Candidate[],
): Promise<TariffChoice> {
  const obstacles: string[] = [];
  for (const { by, tariffId } of candidates) {
    const tariff = await findTariffAt(tariffId, use.startedAt);
    if (!tariff) {
      const later = await tariffs.findTariff(tariffId);
      if (!later) return { obstacles: [`Tariff ${tariffId} does not exist.`] };
      obstacles.push(`Tariff "${later.name}" (${tariffId}) was not made yet.`);
      continue;
    }
    const obstacle = tariffObstacle(tariff, use.startedAt) ?? kindObstacle(tariff, isAdHoc(use));
    if (obstacle === undefined) return { tariff, by, obstacles };
    obstacles.push(obstacle);
  }
  const none = 'No tariff is assigned to the token, the connector, the station or the tenant.';
  return { obstacles: obstacles.length > 0 ? obstacles : [none] };
}

function readOnce(findTariffAt: TariffStore['findTariffAt']): TariffStore['findTariffAt'] {
  const read = new Map<string, ReturnType<typeof findTariffAt>>();
  return (tariffId, at) => {
    const key = `${at}/${tariffId}`;
    const reading = read.get(key) ?? findTariffAt(tariffId, at);
    read.set(key, reading);
    return reading;
  };
}

/**
 * Why a revision that stood when a session started cannot price it, or `undefined` when it can. Its validity counts
 * at the start of the session (OCPI 2.2.1 mod_tariffs).
 */
export function tariffObstacle(tariff: Tariff, startedAt: number): string | undefined {
  const name = `Tariff "${tariff.name}" (${tariff.tariffId})`;
  if (tariff.status === 'DRAFT') return `${name} is a draft.`;
  if (tariff.status === 'INACTIVE') return `${name} is not in use.`;
  if (tariff.validFrom !== undefined && startedAt < tariff.validFrom) return `${name} was not valid yet.`;
  if (tariff.validTo !== undefined && startedAt >= tariff.validTo) return `${name} was not valid any more.`;
  return undefined;
}

interface Candidate {
  readonly by: AssignmentScope['kind'];
  readonly tariffId: string;
}

type Assignments = ReadonlyMap<string, TariffAssignment>;

function candidatesOf(ports: ChoicePorts, assignments: Assignments, use: PricedUse): readonly Candidate[] {
  return scopesOf(use).flatMap((scope) => {
    const assignment = assignments.get(scopeName(scope));
    const described = describedTariffId(ports, scope, use);
    return idsOf(assignment, described, use).map((tariffId) => ({ by: scope.kind, tariffId }));
  });
}

function scopesOf({ token, connector, stationId }: PricedUse): readonly AssignmentScope[] {
  const scopes: AssignmentScope[] = [];
  if (token) scopes.push({ kind: 'TOKEN', tokenUid: token.uid });
  if (token?.groupId !== undefined) scopes.push({ kind: 'TOKEN_GROUP', groupId: token.groupId });
  if (connector) {
    const { evseId, connectorId } = connector;
    scopes.push({ kind: 'CONNECTOR', stationId, evseId, connectorId });
  }
  return [...scopes, { kind: 'STATION', stationId }, { kind: 'TENANT' }];
}

function describedTariffId(
  { tenant }: ChoicePorts,
  { kind }: AssignmentScope,
  { connector }: PricedUse,
): string | undefined {
  if (kind === 'CONNECTOR') return connector?.tariffId;
  return kind === 'TENANT' ? tenant.defaultTariffId : undefined;
}

/** Of one scope, in the order they are tried: whoever pays on the spot takes the price made for that before any other. */
function idsOf(
  assignment: TariffAssignment | undefined,
  described: string | undefined,
  use: PricedUse,
): readonly string[] {
  const { contractTariffId, adHocTariffId } = (assignment && termsAt(assignment, use.startedAt)) ?? {};
  const assigned = isAdHoc(use) ? [adHocTariffId, contractTariffId] : [contractTariffId];
  const named = assigned.filter((tariffId) => tariffId !== undefined);
  if (described === undefined || contractTariffId !== undefined) return named;
  return [...named, described];
}

function isAdHoc({ token }: PricedUse): boolean {
  return token?.tokenType === 'AD_HOC_USER';
}

function kindObstacle({ type, name, tariffId }: Tariff, adHoc: boolean): string | undefined {
  if (type === undefined || (type === 'AD_HOC_PAYMENT') === adHoc) return undefined;
  return adHoc
    ? `Tariff "${name}" (${tariffId}) is for drivers with a contract.`
    : `Tariff "${name}" (${tariffId}) is for drivers who pay on the spot.`;
}
