import { type Command, isFinal } from '../commands/command.ts';
import type { CommandStore } from '../commands/command-store.ts';
import type { Session } from '../sessions/session.ts';
import type { Station } from '../stations/station.ts';
import type { StationLimits } from '../stations/station-limits.ts';
import { type RateUnit, toTenths } from './charging-profile.ts';
import type { StationCharging } from './charging-store.ts';
import { factsOf } from './composite-of-station.ts';
import { limitAt } from './composite-schedule.ts';
import type { Claim } from './divide-site.ts';
import { type Electrics, electricsOf, inUnit, mostOf } from './electrics.ts';
import { type EvNeedsPolicy, leastForNeeds, rateForNeeds } from './ev-needs.ts';
import type { Grant, Reserve, SiteAllocation } from './site.ts';

/** A station of a site with everything that its share depends on. */
export interface Member {
  readonly station: Station;
  readonly online: boolean;
  /** Whether it was ever here: one that was not draws nothing. */
  readonly known: boolean;
  /** Open ones, oldest first. */
  readonly sessions: readonly Session[];
  readonly charging: StationCharging;
  readonly limits: StationLimits;
  readonly policy: EvNeedsPolicy;
}

/** A session that can be told what it may draw. All in tenths of the site's unit. */
export interface ControlledSession extends Claim {
  readonly member: Member;
  readonly session: Session;
  readonly evseId: number;
  readonly electrics: Electrics;
  /** By what its station is known to hold. */
  readonly held: number;
  /** Limited from outside below what it needs. */
  readonly starved: boolean;
  /** A vehicle that asked for a plan is at the EVSE. */
  readonly planned: boolean;
}

/** Sorts what a site has to give from what it has to set aside. */
export function claimsOf(
  members: readonly Member[],
  terms: { unit: RateUnit; minCurrentA: number; now: number },
): { readonly controlled: readonly ControlledSession[]; readonly reserves: readonly Reserve[] } {
  const controlled: ControlledSession[] = [];
  const reserves: Reserve[] = [];
  for (const member of members) {
    const { station, sessions, charging, online, known } = member;
    for (const session of sessions) {
      const evseId = session.connector?.evseId;
      const reason = reasonToReserve(member, session);
      if (reason === undefined && evseId !== undefined) {
        controlled.push(controlledSession(member, session, evseId, terms));
        continue;
      }
      const place = { stationId: station.stationId, sessionId: session.sessionId, evseId: evseId ?? 0 };
      const holds = reason === 'OFFLINE' ? heldAt(member, evseId ?? 0, session, terms) : undefined;
      const tenths = holds ?? mostAnywhere(member, evseId, terms.unit);
      reserves.push({ ...place, tenths, reason: reason ?? 'UNKNOWN_EVSE' });
    }
    if (online || !known || charging.controllable === false) continue;
    // A station that is away may start sessions we do not hear of: within what it holds for them.
    const busy = new Set(sessions.map(({ connector }) => connector?.evseId));
    for (const evseId of evsesOf(station).filter((id) => !busy.has(id))) {
      const tenths = heldAt(member, evseId, undefined, terms);
      reserves.push({ stationId: station.stationId, evseId, tenths, reason: 'OFFLINE' });
    }
  }
  controlled.sort((one, other) => one.session.startedAt - other.session.startedAt || tieOf(one, other));
  return { controlled, reserves };
}

function tieOf(one: Claim, other: Claim): number {
  return one.sessionId < other.sessionId ? -1 : 1;
}

function reasonToReserve(
  { charging, online }: Member,
  { connector }: Session,
): Reserve['reason'] | undefined {
  if (charging.controllable === false) return 'NOT_CONTROLLABLE';
  if (connector === undefined || connector.evseId === 0) return 'UNKNOWN_EVSE';
  return online ? undefined : 'OFFLINE';
}

export function evsesOf(station: Station): readonly number[] {
  return [...new Set(station.connectors.map(({ evseId }) => evseId))];
}

function mostAnywhere({ station }: Member, evseId: number | undefined, unit: RateUnit): number {
  const evses = evseId === undefined || evseId === 0 ? evsesOf(station) : [evseId];
  return Math.max(0, ...evses.map((id) => mostOf(electricsOf(station, id), unit)));
}

function heldAt(
  { station, charging }: Member,
  evseId: number,
  session: Session | undefined,
  { unit, now }: { unit: RateUnit; now: number },
): number {
  const facts = factsOf(station, charging, evseId, session);
  const { limit } = limitAt({ evseId, unit, startAt: now }, facts, now);
  const most = mostOf(facts.electrics, unit);
  return limit === undefined ? most : Math.min(most, toTenths(limit));
}

function controlledSession(
  member: Member,
  session: Session,
  evseId: number,
  terms: { unit: RateUnit; minCurrentA: number; now: number },
): ControlledSession {
  const { unit, minCurrentA, now } = terms;
  const { charging, station, policy } = member;
  const electrics = electricsOf(station, evseId);
  const needs = charging.needs.find(
    (one) => one.evseId === evseId && one.notedAt >= session.startedAt - needsMarginMs,
  );
  const usual = inUnit(toTenths(minCurrentA), 'A', unit, electrics);
  const least = needs ? Math.max(usual, leastForNeeds(needs, electrics, unit)) : usual;
  const planned = needs !== undefined && policy !== 'OFF';
  const wanted =
    needs !== undefined && policy !== 'OFF'
      ? rateForNeeds(needs, policy, electrics, unit)
      : mostOf(electrics, unit);
  const outside = limitFromOutside(member, evseId, { unit, now });
  return {
    sessionId: session.sessionId,
    member,
    session,
    evseId,
    electrics,
    least,
    most: Math.min(Math.max(wanted, Math.min(least, mostOf(electrics, unit))), outside ?? wanted),
    held: heldAt(member, evseId, session, terms),
    starved: outside !== undefined && outside < least,
    planned,
  };
}

/** Vehicles say what they need a little before their transaction starts, or after. */
const needsMarginMs = 10 * 60_000;

/** What others than us leave to an EVSE; of a limit on the whole station its sessions have equal parts. */
function limitFromOutside(
  { station, charging, sessions }: Member,
  evseId: number,
  { unit, now }: { unit: RateUnit; now: number },
): number | undefined {
  const profiles = charging.profiles.filter(
    ({ profile }) => profile.purpose === 'EXTERNAL' || profile.purpose === 'STATION_MAX',
  );
  const at = (id: number) => {
    const facts = { profiles, limits: charging.limits, electrics: electricsOf(station, id) };
    const { limit } = limitAt({ evseId: id, unit, startAt: now }, facts, now);
    return limit === undefined ? undefined : toTenths(limit);
  };
  const [own, whole] = [at(evseId), at(0)];
  const part = whole === undefined ? undefined : Math.floor(whole / Math.max(1, sessions.length));
  if (own === undefined || part === undefined) return own ?? part;
  return Math.min(own, part);
}

/** What became of what was last asked of a station. */
export type GrantState = 'PENDING' | 'PERHAPS' | 'REFUSED' | 'DONE' | 'LOST';

/** Looks up the commands of grants, by the ids of the commands. */
export async function grantStates(
  ports: { commands: CommandStore },
  allocation: SiteAllocation | undefined,
): Promise<ReadonlyMap<string, GrantState>> {
  const grants = allocation?.grants ?? [];
  const states = await Promise.all(
    grants.map(
      async ({ stationId, commandId }): Promise<[string, GrantState]> => [
        commandId,
        stateOf(await ports.commands.findCommand(stationId, commandId)),
      ],
    ),
  );
  return new Map(states);
}

/** A command without an answer may have been carried out all the same. */
function stateOf(command: Command | undefined): GrantState {
  if (!command) return 'LOST';
  if (!isFinal(command.state)) return 'PENDING';
  if (command.state === 'ACCEPTED') return 'DONE';
  return command.state === 'TIMED_OUT' || command.state === 'UNKNOWN' ? 'PERHAPS' : 'REFUSED';
}

/** What a session may draw: what its station holds, or the more that it was asked to take and may hold by now. */
export function boundOf(
  { held }: ControlledSession,
  grant: Grant | undefined,
  states: ReadonlyMap<string, GrantState>,
): number {
  const state = grant && states.get(grant.commandId);
  return grant && (state === 'PENDING' || state === 'PERHAPS') ? Math.max(held, grant.tenths) : held;
}
