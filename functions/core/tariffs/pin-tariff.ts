import { connectorOfSession, isPlaceSettled } from '../sessions/connector-of-session.ts';
import type { Session } from '../sessions/session.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import type { Connector } from '../stations/station.ts';
import type { StationStore } from '../stations/station-store.ts';
import type { Tenant } from '../tenants/tenant.ts';
import type { PriceAgreement, PriceAgreementStore } from './agree-price.ts';
import { type ChoicePorts, chooseTariff } from './choose-tariff.ts';
import type { Tariff } from './tariff.ts';
import type { PricedBy, TariffPin } from './tariff-assignment.ts';
import type { TariffStore } from './tariff-store.ts';

export interface PricingPorts extends ChoicePorts {
  readonly tariffs: Pick<TariffStore, 'findTariff' | 'findTariffAt' | 'findRevision'>;
  readonly agreements: Pick<PriceAgreementStore, 'findAgreement'>;
}

/** What prices a session. Without a tariff, `obstacles` says why. */
export type SessionPrice =
  | { readonly tariff: Tariff; readonly by: PricedBy; readonly obstacles: readonly string[] }
  | { readonly tariff?: undefined; readonly obstacles: readonly string[] };

/**
 * The revision that prices a session: the pinned one; where none is pinned yet the one that will be: agreed for it,
 * else the closest that was in force when it started.
 */
export async function tariffOfSession(
  ports: PricingPorts,
  session: Session,
  connector: Connector | undefined,
): Promise<SessionPrice> {
  if (session.tariffPin) return pinnedTariff(ports, session.tariffPin);
  const agreement = await agreementFor(ports, session);
  const agreed = agreement && (await pinnedTariff(ports, { ...agreement, by: 'AGREED' }));
  if (agreed?.tariff) return agreed;
  return chooseTariff(ports, {
    stationId: session.stationId,
    ...(connector ? { connector } : {}),
    ...(session.token ? { token: session.token } : {}),
    startedAt: session.startedAt,
  });
}

/**
 * Pins the tariff of a session and the time zone of its place, once: the first pin stays. An agreed price is used up by it. Nothing is pinned while
 * its start, its token (an accepted one) or its connector is not known, since each may change the choice, or while no
 * tariff prices it.
 */
export async function pinTariff(
  ports: PricingPorts & {
    readonly tenant: Pick<Tenant, 'timeZone'>;
    readonly sessions: Pick<SessionStore, 'findSession' | 'pinTariff'>;
    readonly stations: Pick<StationStore, 'findStation'>;
    readonly agreements: PriceAgreementStore;
  },
  { sessionId }: { sessionId: string },
): Promise<'pinned' | 'kept' | 'nothing-to-pin'> {
  const session = await ports.sessions.findSession(sessionId);
  if (session?.token?.status !== 'ACCEPTED' || session.partial === true) return 'nothing-to-pin';
  if (session.tariffPin || session.cdrId !== undefined) return 'kept';
  const station = await ports.stations.findStation(session.stationId);
  if (station && !isPlaceSettled(station, session)) return 'nothing-to-pin';
  const connector = station && connectorOfSession(station, session);
  const { tariff, ...found } = await tariffOfSession(ports, session, connector);
  if (!tariff || !('by' in found)) return 'nothing-to-pin';
  if (found.by === 'AGREED') {
    const agreement = await agreementFor(ports, session);
    const claim = agreement && (await ports.agreements.claimAgreement(agreement, sessionId));
    // Somebody else's since: what is assigned holds.
    if (claim !== 'claimed') return pinTariff(ports, { sessionId });
  }
  return ports.sessions.pinTariff(session, {
    tariffId: tariff.tariffId,
    revision: tariff.revision,
    by: found.by,
    timeZone: station?.timeZone ?? ports.tenant.timeZone,
  });
}

const choiceNames: Readonly<Record<PricedBy, string>> = {
  AGREED: 'agreed for this session',
  TOKEN: 'assigned to its token',
  TOKEN_GROUP: 'assigned to the group of its token',
  CONNECTOR: 'assigned to the connector',
  STATION: 'assigned to the station',
  TENANT: 'assigned to the tenant',
};

/** Why a session has its tariff, for a person to read. */
export function choiceSentence({ revision }: Tariff, by: PricedBy): string {
  return `The tariff is the one ${choiceNames[by]}, in revision ${revision}: later changes do not touch the session.`;
}

async function pinnedTariff(
  { tariffs }: Pick<PricingPorts, 'tariffs'>,
  { tariffId, revision, by }: TariffPin,
): Promise<SessionPrice> {
  const tariff = await tariffs.findRevision(tariffId, revision);
  if (tariff) return { tariff, by, obstacles: [] };
  return { obstacles: [`Revision ${revision} of tariff ${tariffId} does not exist.`] };
}

/**
 * The agreement that is meant for a session. The station's clock may be behind, and a cable plugged in first starts
 * the session before its driver is known: it is enough that the session had not ended when the price was agreed.
 */
async function agreementFor(
  { agreements }: Pick<PricingPorts, 'agreements'>,
  { sessionId, stationId, connector, token, startedAt, endedAt }: Session,
): Promise<PriceAgreement | undefined> {
  if (!connector || !token) return undefined;
  const found = await agreements.findAgreement({ stationId, connector, tokenUid: token.uid });
  if (!found || (found.sessionId ?? sessionId) !== sessionId) return undefined;
  const isMeant = startedAt <= found.until && (endedAt === undefined || endedAt > found.agreedAt);
  return isMeant ? found : undefined;
}
