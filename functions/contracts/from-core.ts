import type { CoreEvent } from '#core/events.ts';
import { contracts } from './events.ts';

/**
 * An event as the bus takes it. When the fact was is in the detail alone: by a station's clock that may be any time,
 * and the envelope's time is that of the telling, which graces count from.
 */
export interface ContractEvent {
  readonly source: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The version in which each fact is told. */
const currentVersion = 1;

/** Puts a fact into its contract. Throws when the fact does not fit: the bus never carries what the contract forbids. */
export function toContract({ type, ...detail }: CoreEvent): ContractEvent {
  const contract = contracts.find(({ detailType }) => detailType === `${type}.v${currentVersion}`);
  if (!contract) throw new Error(`no contract for ${type}`);
  const { source, detailType } = contract;
  return { source, detailType, detail: contract.detail.parse(detail) };
}
