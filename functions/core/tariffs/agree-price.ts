import { DomainError } from '../errors.ts';
import type { Clock } from '../ports.ts';
import type { ConnectorRef } from '../stations/station.ts';
import { foldTokenUid } from '../tokens/token.ts';
import { tariffObstacle } from './choose-tariff.ts';
import type { TariffStore } from './tariff-store.ts';

/** A price for one session: the next of this token at this connector. Times in epoch milliseconds. */
export interface PriceAgreement {
  readonly stationId: string;
  readonly connector: ConnectorRef;
  readonly tokenUid: string;
  readonly tariffId: string;
  /** As it was when it was agreed. */
  readonly revision: number;
  readonly agreedAt: number;
  /** A session that starts later was not meant. */
  readonly until: number;
  /** The session that made use of it. */
  readonly sessionId?: string;
}

export type AgreedPlace = Pick<PriceAgreement, 'stationId' | 'connector' | 'tokenUid'>;

/** Agreed prices of one tenant: one per token and connector, the latest. They go by themselves. */
export interface PriceAgreementStore {
  findAgreement(place: AgreedPlace): Promise<PriceAgreement | undefined>;
  saveAgreement(agreement: PriceAgreement): Promise<void>;
  /** Gives it to a session, for good; `taken` by another one, or by an agreement that came after it. */
  claimAgreement(agreement: PriceAgreement, sessionId: string): Promise<'claimed' | 'taken'>;
}

/**
 * Remembers that the next session of a token at a connector, until a moment, is priced by a tariff as it stands now,
 * whatever is assigned. Throws `NotFound` for an unknown tariff, `Conflict` for one that is not in force.
 */
export async function agreePrice(
  ports: {
    readonly tariffs: Pick<TariffStore, 'findTariff'>;
    readonly agreements: Pick<PriceAgreementStore, 'saveAgreement'>;
    readonly clock: Clock;
  },
  asked: AgreedPlace & { readonly tariffId: string; readonly until: number },
): Promise<PriceAgreement> {
  const { stationId, connector, tariffId, until } = asked;
  const tariff = await ports.tariffs.findTariff(tariffId);
  if (!tariff) throw new DomainError('NotFound', `tariff ${tariffId} is not known`, 'tariffId');
  const agreedAt = ports.clock();
  const obstacle = tariffObstacle(tariff, agreedAt);
  if (obstacle !== undefined) throw new DomainError('Conflict', obstacle, 'tariffId');
  const { evseId, connectorId } = connector;
  const agreement: PriceAgreement = {
    stationId,
    connector: { evseId, connectorId },
    tokenUid: foldTokenUid(asked.tokenUid),
    tariffId,
    revision: tariff.revision,
    agreedAt,
    until,
  };
  await ports.agreements.saveAgreement(agreement);
  return agreement;
}
