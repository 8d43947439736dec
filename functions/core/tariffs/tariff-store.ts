import type { Page, PageRequest } from '../ports.ts';
import type { Tariff } from './tariff.ts';

/** Tariffs of one tenant. */
export interface TariffStore {
  findTariff(tariffId: string): Promise<Tariff | undefined>;
  findTariffs(tariffIds: readonly string[]): Promise<readonly Tariff[]>;
  listTariffs(page: PageRequest): Promise<Page<Tariff>>;
  saveTariff(tariff: Tariff): Promise<'saved' | 'changed-meanwhile'>;
}
