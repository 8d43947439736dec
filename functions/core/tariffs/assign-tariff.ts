import { DomainError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import { knownStation } from '../stations/known-station.ts';
import type { StationStore } from '../stations/station-store.ts';
import { foldTokenUid } from '../tokens/token.ts';
import type { TokenStore } from '../tokens/token-store.ts';
import { knownTariff } from './manage-tariffs.ts';
import type {
  AssignedTariffs,
  AssignmentScope,
  TariffAssignment,
  TariffAssignmentStore,
} from './tariff-assignment.ts';
import type { TariffStore } from './tariff-store.ts';

export interface AssignPorts {
  readonly tariffs: Pick<TariffStore, 'findTariff'>;
  readonly assignments: Pick<TariffAssignmentStore, 'findAssignment' | 'saveAssignment'>;
  readonly stations: Pick<StationStore, 'findStation'>;
  readonly tokens: Pick<TokenStore, 'findToken'>;
  readonly clock: Clock;
}

/** Former terms that are kept: sessions that started long ago and are told late are priced by them. */
const keptTerms = 50;
const mostRounds = 5;

/**
 * Assigns a tariff to a scope from now on, in the place of the one of its kind (for drivers with a contract, or for
 * those without) that was assigned before. A draft may be assigned: it prices nothing until it is activated. Throws
 * `NotFound` for what is not there, `Conflict` for a tariff that was taken out of use.
 */
export async function assignTariff(
  ports: AssignPorts,
  asked: { readonly scope: AssignmentScope; readonly tariffId: string },
): Promise<TariffAssignment> {
  const { tariffId } = asked;
  const scope = await knownScope(ports, asked.scope);
  const { status, type } = await knownTariff(ports, tariffId);
  if (status === 'INACTIVE') {
    throw new DomainError(
      'Conflict',
      `tariff ${tariffId} was taken out of use: activate it first`,
      'tariffId',
    );
  }
  const place = type === 'AD_HOC_PAYMENT' ? 'adHocTariffId' : 'contractTariffId';
  return changeTerms(ports, scope, (before) => ({ ...before, [place]: tariffId }));
}

/**
 * Ends the assignment of a tariff to a scope, or of whatever is assigned when none is named. Nothing changes where
 * it was not assigned. Throws `NotFound` for a scope that never had one.
 */
export async function unassignTariff(
  ports: Pick<AssignPorts, 'assignments' | 'clock'>,
  asked: { readonly scope: AssignmentScope; readonly tariffId?: string },
): Promise<TariffAssignment> {
  const { tariffId } = asked;
  const scope = folded(asked.scope);
  if (!(await ports.assignments.findAssignment(scope))) {
    throw new DomainError('NotFound', 'no tariff is assigned there', 'scope');
  }
  return changeTerms(ports, scope, (before) => {
    if (tariffId === undefined) return {};
    const { contractTariffId, adHocTariffId } = before;
    return {
      ...(contractTariffId === undefined || contractTariffId === tariffId ? {} : { contractTariffId }),
      ...(adHocTariffId === undefined || adHocTariffId === tariffId ? {} : { adHocTariffId }),
    };
  });
}

/** The tariffs that a scope names now: none when it names none. */
export function presentTerms({ terms }: TariffAssignment): Omit<AssignedTariffs, 'since'> {
  const { since: _, ...present } = terms.at(-1) ?? { since: 0 };
  return present;
}

async function changeTerms(
  ports: Pick<AssignPorts, 'assignments' | 'clock'>,
  scope: AssignmentScope,
  change: (before: Omit<AssignedTariffs, 'since'>) => Omit<AssignedTariffs, 'since'>,
): Promise<TariffAssignment> {
  for (let round = 0; round < mostRounds; round += 1) {
    const known = await ports.assignments.findAssignment(scope);
    const before = known ? presentTerms(known) : {};
    const after = change(before);
    if (known && isSame(before, after)) return known;
    const updatedAt = Math.max(ports.clock(), known?.updatedAt ?? 0);
    const assignment: TariffAssignment = {
      scope,
      terms: [...(known?.terms ?? []), { ...after, since: updatedAt }].slice(-keptTerms),
      updatedAt,
      revision: (known?.revision ?? 0) + 1,
    };
    if ((await ports.assignments.saveAssignment(assignment)) === 'saved') return assignment;
  }
  throw new DomainError('Conflict', 'these tariffs are being changed by others, try again', 'scope');
}

function isSame(one: Omit<AssignedTariffs, 'since'>, other: Omit<AssignedTariffs, 'since'>): boolean {
  return one.contractTariffId === other.contractTariffId && one.adHocTariffId === other.adHocTariffId;
}

async function knownScope(ports: AssignPorts, asked: AssignmentScope): Promise<AssignmentScope> {
  const scope = folded(asked);
  if (scope.kind === 'TOKEN' && !(await ports.tokens.findToken(scope.tokenUid))) {
    throw new DomainError('NotFound', `token ${scope.tokenUid} is not known`, 'tokenUid');
  }
  if (scope.kind === 'STATION') await knownStation(ports, scope.stationId);
  if (scope.kind === 'CONNECTOR') {
    const { connectors } = await knownStation(ports, scope.stationId);
    const isThere = connectors.some(
      ({ evseId, connectorId }) => evseId === scope.evseId && connectorId === scope.connectorId,
    );
    if (!isThere) throw new DomainError('NotFound', 'the station has no such connector', 'connectorId');
  }
  return scope;
}

function folded(scope: AssignmentScope): AssignmentScope {
  return scope.kind === 'TOKEN' ? { kind: 'TOKEN', tokenUid: foldTokenUid(scope.tokenUid) } : scope;
}
