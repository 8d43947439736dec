import type { Page, PageRequest } from '../ports.ts';

/** Whose sessions an assignment prices, from the closest to the furthest. */
export type AssignmentScope =
  | { readonly kind: 'TOKEN'; readonly tokenUid: string }
  | { readonly kind: 'TOKEN_GROUP'; readonly groupId: string }
  | {
      readonly kind: 'CONNECTOR';
      readonly stationId: string;
      readonly evseId: number;
      readonly connectorId: number;
    }
  | { readonly kind: 'STATION'; readonly stationId: string }
  | { readonly kind: 'TENANT' };

/** Why a session has the tariff it has: agreed for it alone, or assigned to something. */
export type PricedBy = 'AGREED' | AssignmentScope['kind'];

/** The one revision that prices a session, whatever becomes of the tariff, and by whose clock. */
export interface TariffPin {
  readonly tariffId: string;
  readonly revision: number;
  readonly by: PricedBy;
  /** The IANA zone of the place when the session began. */
  readonly timeZone?: string;
}

/** One tariff for drivers with a contract, one for those who pay on the spot; either may be missing. */
export interface AssignedTariffs {
  readonly contractTariffId?: string;
  readonly adHocTariffId?: string;
  /** From when on; until the next terms take their place. */
  readonly since: number;
}

/** What tariffs a scope has, and had: sessions that began under former ones are priced by those. */
export interface TariffAssignment {
  readonly scope: AssignmentScope;
  /** In the order of time; the last ones hold now, and name no tariff when the assignment was ended. */
  readonly terms: readonly AssignedTariffs[];
  readonly updatedAt: number;
  /** Grows by one with every change: the fence of concurrent changes. */
  readonly revision: number;
}

/** Assignments of one tenant. */
export interface TariffAssignmentStore {
  findAssignment(scope: AssignmentScope): Promise<TariffAssignment | undefined>;
  /** Those that exist, with one read. */
  findAssignments(scopes: readonly AssignmentScope[]): Promise<readonly TariffAssignment[]>;
  /** Assignments that name a tariff now, in the order of their scopes; those of one tariff when named. */
  listAssignments(query: { tariffId?: string }, page: PageRequest): Promise<Page<TariffAssignment>>;
  saveAssignment(assignment: TariffAssignment): Promise<'saved' | 'changed-meanwhile'>;
}

/** How a scope is called in keys and lists. Two scopes have one name only when they are the same. */
export function scopeName(scope: AssignmentScope): string {
  switch (scope.kind) {
    case 'TOKEN':
      return `TOKEN/${scope.tokenUid}`;
    case 'TOKEN_GROUP':
      return `TOKEN_GROUP/${scope.groupId}`;
    case 'CONNECTOR':
      return `CONNECTOR/${scope.evseId}-${scope.connectorId}/${scope.stationId}`;
    case 'STATION':
      return `STATION/${scope.stationId}`;
    case 'TENANT':
      return 'TENANT';
  }
}

/** The terms that held at a moment, if any did. */
export function termsAt({ terms }: TariffAssignment, at: number): AssignedTariffs | undefined {
  return terms.findLast(({ since }) => since <= at);
}
