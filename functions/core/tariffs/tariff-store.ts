import type { Page, PageRequest } from '../ports.ts';
import type { Tariff } from './tariff.ts';

/** Tariffs of one tenant. Every revision of each stays as it was. */
export interface TariffStore {
  /** As it stands now. */
  findTariff(tariffId: string): Promise<Tariff | undefined>;
  findTariffs(tariffIds: readonly string[]): Promise<readonly Tariff[]>;
  listTariffs(page: PageRequest): Promise<Page<Tariff>>;
  /** The revision that stood at a moment: the last one made until then. */
  findTariffAt(tariffId: string, at: number): Promise<Tariff | undefined>;
  findRevision(tariffId: string, revision: number): Promise<Tariff | undefined>;
  /** All revisions, the newest first. */
  listRevisions(tariffId: string, page: PageRequest): Promise<Page<Tariff>>;
  /**
   * Makes this revision the present one and keeps it for good, both or neither: revision 1 where there is no such
   * tariff, any other where its predecessor is the present one. Revisions come in the order of their `updatedAt`.
   */
  saveTariff(tariff: Tariff): Promise<'saved' | 'changed-meanwhile'>;
}
