import { DomainError } from '../errors.ts';
import { checkTariff } from './check-tariff.ts';
import { tariffObstacle } from './choose-tariff.ts';
import { isTimeZone } from './local-time.ts';
import { rateSession } from './rate-session.ts';
import type { ChargingPeriod, Rating, ReservedTime } from './rating.ts';
import type { Tariff } from './tariff.ts';
import type { TariffStore } from './tariff-store.ts';

/** As many decimals as prices, quantities and VAT of four each come to: none is lost but of endless fractions. */
const exactDecimals = 12;

/** What a session was or would be. Without periods the reservation alone is priced. */
export interface SessionToQuote {
  readonly periods: readonly ChargingPeriod[];
  readonly reservation?: ReservedTime;
}

export interface QuoteOrder {
  /** The tariff itself, or the id of one of the tenant's. */
  readonly tariff: Tariff | { readonly tariffId: string };
  /** IANA. */
  readonly timeZone: string;
  readonly session: SessionToQuote;
  /** Of each line's amounts; else twelve. */
  readonly decimals?: number;
}

/** What a session would cost under a tariff, and what speaks against that tariff. */
export interface Quote extends Rating {
  readonly tariff: Tariff;
  readonly reservation?: ReservedTime;
  readonly remarks: readonly string[];
}

/** Reads what is to be quoted out of somebody else's words; `at` is the path of the value, for refusals. */
export interface QuoteReaders {
  readonly readTariff: (value: unknown, at: string) => Tariff;
  readonly readSession: (value: unknown, at: string) => SessionToQuote;
}

/**
 * Prices a session as a CDR would, without one: nothing is written. A tariff that is a draft, or not valid at the time,
 * is quoted all the same, and the quote says so. Throws `NotFound` for a tariff that is not there, `Validation` for a
 * time zone that is none and for a tariff that makes no sense.
 */
export async function quoteSession(
  ports: { readonly tariffs: Pick<TariffStore, 'findTariff'> },
  { tariff: asked, timeZone, session, decimals = exactDecimals }: QuoteOrder,
): Promise<Quote> {
  if (!isTimeZone(timeZone)) throw new DomainError('Validation', 'a time zone of IANA', 'timeZone');
  const tariff = 'elements' in asked ? asked : await ports.tariffs.findTariff(asked.tariffId);
  if (!tariff) throw new DomainError('NotFound', 'there is no such tariff', 'tariffId');
  checkTariff(tariff);
  const { periods, reservation } = session;
  const rating = rateSession(periods, tariff, timeZone, {
    decimals,
    ...(reservation ? { reservation } : {}),
  });
  const startedAt = reservation?.startedAt ?? periods[0]?.startedAt ?? 0;
  const obstacle = tariffObstacle(tariff, startedAt);
  return {
    ...rating,
    tariff,
    ...(reservation ? { reservation } : {}),
    remarks: [...(obstacle === undefined ? [] : [obstacle]), ...unstatedTime(periods, tariff)],
  };
}

/** Time that nobody says was charging or parking is billed as neither, which is worth a word where it has a price. */
function unstatedTime(periods: readonly ChargingPeriod[], { elements }: Tariff): readonly string[] {
  const isTimed = elements.some(
    ({ priceComponents, restrictions }) =>
      restrictions?.reservation === undefined &&
      priceComponents.some(({ type }) => type === 'TIME' || type === 'PARKING_TIME'),
  );
  const isUnstated = ({ activity, startedAt, endedAt }: ChargingPeriod) =>
    activity === 'UNSTATED' && endedAt > startedAt;
  return isTimed && periods.some(isUnstated)
    ? ['Time that is stated neither as charging nor as parking is not billed.']
    : [];
}
