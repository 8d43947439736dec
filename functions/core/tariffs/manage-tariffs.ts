import { DomainError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import { checkTariff } from './check-tariff.ts';
import type { Tariff } from './tariff.ts';
import type { TariffStore } from './tariff-store.ts';

export interface TariffPorts {
  readonly tariffs: Pick<TariffStore, 'findTariff' | 'saveTariff'>;
  readonly clock: Clock;
}

/** What its owner says of a tariff; the rest follows from what is done with it. */
export type TariffDescription = Omit<Tariff, 'status' | 'createdAt' | 'updatedAt' | 'revision'>;

/** A tariff, and which revision of it the caller has seen: absent when that does not matter. */
export interface TariffRef {
  readonly tariffId: string;
  readonly expectedRevision?: number;
}

/** The longest OCPI carries (CiString(36)). */
const longestId = 36;
const longestName = 100;
/** The displays of stations take no longer texts. */
const longestDescription = 512;

/** Two writers meet on a tariff hardly ever: each round is one more of them. */
const mostRounds = 5;

/** The tenant's tariff of this id. Throws `NotFound`. */
export async function knownTariff(
  { tariffs }: { readonly tariffs: Pick<TariffStore, 'findTariff'> },
  tariffId: string,
): Promise<Tariff> {
  const tariff = await tariffs.findTariff(tariffId);
  if (!tariff) throw new DomainError('NotFound', `tariff ${tariffId} is not known`, 'tariffId');
  return tariff;
}

/** Makes a tariff, as a draft that prices nothing yet. Throws `Validation`, or `Conflict` for an id in use. */
export async function createTariff(ports: TariffPorts, described: TariffDescription): Promise<Tariff> {
  check(described);
  const now = ports.clock();
  const tariff: Tariff = { ...described, status: 'DRAFT', createdAt: now, updatedAt: now, revision: 1 };
  if ((await ports.tariffs.saveTariff(tariff)) !== 'saved') {
    throw new DomainError('Conflict', `tariff ${described.tariffId} exists already`, 'tariffId');
  }
  return tariff;
}

/**
 * Makes another revision of a tariff out of the present one. Sessions that run keep the one they began under. Its
 * kind and, once it has been active, its currency stay: what it is assigned to, and what was billed with it, say so.
 * Throws `NotFound`, `Validation`, or `Conflict` when it is not the expected revision.
 */
export async function changeTariff(
  ports: TariffPorts,
  ref: TariffRef,
  change: (before: TariffDescription) => TariffDescription,
): Promise<Tariff> {
  return revise(ports, ref, (before) => {
    const after = change(before);
    if (isAdHocPrice(after) !== isAdHocPrice(before)) {
      throw new DomainError('Validation', 'a price for drivers without a contract stays one', 'type');
    }
    if (before.status !== 'DRAFT' && after.currency !== before.currency) {
      throw new DomainError('Validation', `the currency of this tariff is ${before.currency}`, 'currency');
    }
    check(after);
    return { ...after, tariffId: before.tariffId, status: before.status };
  });
}

/** Lets a tariff price what starts from now on. Nothing changes when it does. Throws `NotFound` or `Conflict`. */
export async function activateTariff(ports: TariffPorts, ref: TariffRef): Promise<Tariff> {
  return revise(ports, ref, (before) =>
    before.status === 'ACTIVE' ? before : { ...before, status: 'ACTIVE' },
  );
}

/**
 * Takes a tariff out of use: what starts from now on is priced by the next that is assigned, what runs is not
 * touched. Throws `NotFound`, or `Conflict`, also for a draft.
 */
export async function deactivateTariff(ports: TariffPorts, ref: TariffRef): Promise<Tariff> {
  return revise(ports, ref, (before) => {
    if (before.status === 'DRAFT') {
      throw new DomainError('Conflict', `tariff ${before.tariffId} was never activated`, 'tariffId');
    }
    return before.status === 'INACTIVE' ? before : { ...before, status: 'INACTIVE' };
  });
}

type Revised = TariffDescription & Pick<Tariff, 'status'>;

/** Saves what a change makes of the present revision as the next one; the very same object means no change. */
async function revise(
  ports: TariffPorts,
  { tariffId, expectedRevision }: TariffRef,
  change: (before: Tariff) => Revised,
): Promise<Tariff> {
  for (let round = 0; round < mostRounds; round += 1) {
    const before = await knownTariff(ports, tariffId);
    if (expectedRevision !== undefined && before.revision !== expectedRevision) throw changed(before);
    const after = change(before);
    if (after === before) return before;
    const tariff: Tariff = {
      ...after,
      createdAt: before.createdAt,
      // The order of revisions is the order of time, whatever the clock of this machine says.
      updatedAt: Math.max(ports.clock(), before.updatedAt),
      revision: before.revision + 1,
    };
    if ((await ports.tariffs.saveTariff(tariff)) === 'saved') return tariff;
  }
  throw new DomainError('Conflict', `tariff ${tariffId} is being changed by others, try again`, 'tariffId');
}

function changed({ tariffId, revision }: Tariff): DomainError {
  const message = `tariff ${tariffId} was changed by somebody else: its version is ${revision}`;
  return new DomainError('Conflict', message, 'version');
}

function isAdHocPrice({ type }: Pick<Tariff, 'type'>): boolean {
  return type === 'AD_HOC_PAYMENT';
}

function check(described: TariffDescription): void {
  const { tariffId, name, description } = described;
  if (!/^[\x21-\x7e]+$/.test(tariffId) || tariffId.length > longestId) {
    const message = `a tariff id is 1 to ${longestId} printable characters without blanks`;
    throw new DomainError('Validation', message, 'tariffId');
  }
  if (name.trim() === '' || name.length > longestName) {
    throw new DomainError('Validation', `a name has 1 to ${longestName} characters`, 'name');
  }
  if (description !== undefined && (description === '' || description.length > longestDescription)) {
    const message = `a description has 1 to ${longestDescription} characters`;
    throw new DomainError('Validation', message, 'description');
  }
  checkTariff(described);
}
