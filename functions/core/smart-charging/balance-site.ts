import { type AlertPorts, raiseAlert } from '../alerts/raise-alert.ts';
import type { CommandRequest } from '../commands/command.ts';
import type { CommandStore } from '../commands/command-store.ts';
import { enqueueCommand } from '../commands/request-command.ts';
import { DomainError } from '../errors.ts';
import type { NewId } from '../ports.ts';
import type { Session } from '../sessions/session.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import { askForLimits, isUnasked } from '../stations/ask-for-limits.ts';
import type { Station } from '../stations/station.ts';
import type { StationLimitsStore } from '../stations/station-limits.ts';
import type { StationLiveStore, StationStore } from '../stations/station-store.ts';
import type { ChargingSettingsStore, ChargingStore, StationCharging } from './charging-store.ts';
import { evNeedsPolicy } from './note-ev-needs.ts';
import { planAllocation } from './plan-allocation.ts';
import type { GroupRef, SiteLimit, SiteStore } from './site.ts';
import { type ControlledSession, claimsOf, grantStates, type Member } from './site-claims.ts';

export interface BalancePorts extends AlertPorts {
  readonly stations: StationStore;
  readonly live: StationLiveStore;
  readonly limits: StationLimitsStore;
  readonly sessions: SessionStore;
  readonly commands: CommandStore;
  readonly charging: ChargingStore;
  readonly chargingSettings: ChargingSettingsStore;
  readonly sites: SiteStore;
  readonly newId: NewId;
}

/** Divisions that meet each other start over; more than a few in a row means that something else is wrong. */
const mostAttempts = 6;
/** How long an order to a station may wait to be sent. */
const orderTimeoutMs = 60_000;
/** The end of a profile is still wanted when the station is back. */
const endTimeoutMs = 7 * 86_400_000;
const stationsAtOnce = 10;

/** What led here: a session that the lists may not show yet. */
export interface BalanceCause {
  readonly sessionId?: string;
}

/**
 * Divides the limit of a site anew and asks stations for what changed. Everything follows from what is stored, so it
 * may run twice, late, for causes in any order: it comes to the same. Of two runs at once one starts over. A station
 * that is away keeps what it holds, which is set aside for it; what it is to get it is asked when it is back.
 */
export async function balanceSite(
  ports: BalancePorts,
  siteId: string,
  cause: BalanceCause = {},
): Promise<void> {
  const limit = await ports.sites.findSiteLimit(siteId);
  const stations = limit ? await stationsOfSite(ports, limit) : [];
  await balance(ports, { siteId }, { limit, stations, cause });
}

/**
 * Plans the sessions of a station that belongs to no site: those of vehicles that asked for a plan. Most never hear
 * of any.
 */
export async function balanceStation(
  ports: BalancePorts,
  { stationId, charging }: { stationId: string; charging: StationCharging },
  cause: BalanceCause = {},
): Promise<void> {
  const isPlanned =
    charging.needs.length > 0 || (await ports.sites.findAllocation({ stationId })) !== undefined;
  if (!isPlanned) return;
  const station = await ports.stations.findStation(stationId);
  await balance(ports, { stationId }, { limit: undefined, stations: station ? [station] : [], cause });
}

/** The sites that a station counts in: of its location, and those that name it. */
export async function sitesOfStation(
  ports: Pick<BalancePorts, 'sites' | 'stations'>,
  stationId: string,
): Promise<readonly string[]> {
  const limits = await ports.sites.listSiteLimits();
  if (limits.length === 0) return [];
  const station = await ports.stations.findStation(stationId);
  return limits
    .filter((limit) =>
      limit.stationIds === undefined
        ? limit.siteId === station?.locationId
        : limit.stationIds.includes(stationId),
    )
    .map(({ siteId }) => siteId);
}

async function balance(
  ports: BalancePorts,
  group: GroupRef,
  {
    limit,
    stations,
    cause,
  }: { limit: SiteLimit | undefined; stations: readonly Station[]; cause: BalanceCause },
): Promise<void> {
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const before = await ports.sites.findAllocation(group);
    const now = ports.clock();
    const members = await membersOf(ports, stations, cause);
    const unit = limit?.unit ?? 'A';
    const claims = claimsOf(members, { unit, minCurrentA: limit?.minCurrentA ?? 6, now });
    const states = await grantStates(ports, before);
    const plan = planAllocation({ group, limit, members, claims, before, states, now }, ports);
    if (!plan.changed) return;
    const version = (before?.version ?? 0) + 1;
    const saved = await ports.sites.saveAllocation(group, { ...plan.allocation, version });
    if (saved !== 'saved') continue;
    await askUnasked(ports, members, plan.orders);
    for (const order of plan.orders) await send(ports, order);
    for (const starved of claims.controlled.filter((claim) => claim.starved)) await tell(ports, starved);
    return;
  }
  throw new Error('a site is divided again and again at the same time');
}

/**
 * Stations that are told a limit for the first time are asked beside how they take limits. One that wants them otherwise
 * is told anew once it has said so (`balanceAfterLimits`); until then it is not left without.
 */
async function askUnasked(
  ports: BalancePorts,
  members: readonly Member[],
  orders: readonly Order[],
): Promise<void> {
  const ordered = new Set(orders.map(({ stationId }) => stationId));
  for (const { station, limits, online } of members) {
    if (online && ordered.has(station.stationId) && isUnasked(limits, station))
      await askForLimits(ports, station);
  }
}

async function stationsOfSite(ports: BalancePorts, limit: SiteLimit): Promise<readonly Station[]> {
  if (limit.stationIds !== undefined) return ports.stations.findStations(limit.stationIds);
  const stations: Station[] = [];
  let cursor: string | undefined;
  do {
    const page = await ports.stations.listStations(
      { locationIds: [limit.siteId] },
      { limit: 200, ...(cursor === undefined ? {} : { cursor }) },
    );
    stations.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return stations;
}

async function membersOf(
  ports: BalancePorts,
  stations: readonly Station[],
  cause: BalanceCause,
): Promise<readonly Member[]> {
  const hinted =
    cause.sessionId === undefined ? undefined : await ports.sessions.findSession(cause.sessionId);
  const members: Member[] = [];
  for (let start = 0; start < stations.length; start += stationsAtOnce) {
    const some = stations.slice(start, start + stationsAtOnce);
    members.push(...(await Promise.all(some.map((station) => memberOf(ports, station, hinted)))));
  }
  return members;
}

async function memberOf(ports: BalancePorts, station: Station, hinted: Session | undefined): Promise<Member> {
  const { stationId } = station;
  const [link, open, charging, limits, policy] = await Promise.all([
    ports.live.findLink(stationId),
    ports.sessions.listOpenSessions({ stationId }, { limit: 100 }),
    ports.charging.findCharging(stationId),
    ports.limits.findLimits(stationId),
    evNeedsPolicy(ports, stationId),
  ]);
  const sessions = new Map(open.items.map((session) => [session.sessionId, session]));
  if (hinted?.stationId === stationId && hinted.state === 'ACTIVE') sessions.set(hinted.sessionId, hinted);
  return {
    station,
    online: link?.connectionId !== undefined,
    known: link !== undefined,
    sessions: [...sessions.values()].sort((one, other) => one.startedAt - other.startedAt),
    charging,
    limits,
    policy,
  };
}

/** An order to a station, under the id that the allocation knows it by. */
export interface Order {
  readonly stationId: string;
  readonly commandId: string;
  readonly name: 'SET_CHARGING_PROFILE' | 'CLEAR_CHARGING_PROFILE';
  readonly request: CommandRequest;
}

/** A station that has just gone gets it when it is back: then everything is looked at anew. */
async function send(ports: BalancePorts, { stationId, commandId, name, request }: Order): Promise<void> {
  const ordered = { ...ports, newId: () => commandId };
  const terms =
    name === 'CLEAR_CHARGING_PROFILE'
      ? ({ timeoutMs: endTimeoutMs, whenOffline: 'WAIT' } as const)
      : ({ timeoutMs: orderTimeoutMs, whenOffline: 'FAIL' } as const);
  try {
    await enqueueCommand(ordered, {
      stationId,
      name,
      request,
      ...terms,
    });
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'StationOffline') throw error;
  }
}

async function tell(ports: BalancePorts, { member, session, evseId }: ControlledSession): Promise<void> {
  await raiseAlert(ports, {
    category: 'SESSION_ERROR',
    severity: 'LOW',
    kind: 'EXTERNAL_LIMIT_TOO_LOW',
    subject: String(evseId),
    message: `a limit from outside leaves the session at EVSE ${evseId} less than it needs to charge`,
    stationId: member.station.stationId,
    sessionId: session.sessionId,
  });
}
