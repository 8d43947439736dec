import type { Digest, NewId } from '../ports.ts';
import type { Order } from './balance-site.ts';
import { type ChargingProfile, fromTenths, type RateUnit, toTenths } from './charging-profile.ts';
import { equalShare, stepsTowards } from './divide-site.ts';
import { type Electrics, electricsOf, inUnit } from './electrics.ts';
import type { Grant, GroupRef, Reserve, Share, SiteAllocation, SiteLimit } from './site.ts';
import { boundOf, type ControlledSession, evsesOf, type GrantState, type Member } from './site-claims.ts';

/** A station that refused is not asked the same again at once. */
const retryMs = 60_000;
/** More than any site has, in tenths: the budget of stations that share with nobody. */
const boundless = 1e12;

export interface PlanInput {
  readonly group: GroupRef;
  readonly limit: SiteLimit | undefined;
  readonly members: readonly Member[];
  readonly claims: {
    readonly controlled: readonly ControlledSession[];
    readonly reserves: readonly Reserve[];
  };
  readonly before: SiteAllocation | undefined;
  readonly states: ReadonlyMap<string, GrantState>;
  readonly now: number;
}

export interface Plan {
  readonly allocation: Omit<SiteAllocation, 'version'>;
  readonly orders: readonly Order[];
  /** Whether there is anything to keep or to ask. */
  readonly changed: boolean;
}

interface Ports {
  readonly digest: Digest;
  readonly newId: NewId;
}

/** What is wanted of a station: a profile, and what it is worth in the site's unit. */
interface Wanted {
  readonly member: Member;
  readonly sessionId?: string;
  readonly evseId: number;
  readonly tenths: number;
  readonly profile: ChargingProfile;
}

/**
 * Who gets how much, and what to ask of stations for it: profiles of running sessions, a default for sessions that
 * start before theirs has come, and the end of profiles that are not wanted any more.
 */
export function planAllocation(asked: PlanInput, ports: Ports): Plan {
  const input = { ...asked, claims: { ...asked.claims, reserves: reservesOf(asked) } };
  const shares = sharesOf(input);
  const wanted = [...wantedOfSessions(input, shares, ports), ...wantedDefaults(input, ports)];
  const grants: Grant[] = [...grantsOfAway(input)];
  const orders: Order[] = [];
  for (const one of wanted) {
    const known = grantOf(input.before, one);
    if (!mustAsk(one, known, input)) {
      if (known) grants.push(known);
      continue;
    }
    const { evseId, profile, tenths, sessionId } = one;
    const { stationId } = one.member.station;
    const commandId = ports.newId();
    const { profileId } = profile;
    const place = { stationId, evseId, ...(sessionId === undefined ? {} : { sessionId }) };
    grants.push({ ...place, profileId, tenths, ...unitIn(profile), commandId, askedAt: input.now });
    const request = { kind: 'SET_CHARGING_PROFILE', evseId, profile } as const;
    orders.push({ stationId, commandId, name: 'SET_CHARGING_PROFILE', request });
  }
  orders.push(...endsOfUnwanted(input, wanted, ports));
  const { limit, claims, now } = input;
  const allocation = {
    balancedAt: now,
    ...(limit === undefined ? {} : { limit: { unit: limit.unit, limit: limit.limit } }),
    shares,
    reserves: claims.reserves,
    grants,
  };
  return { allocation, orders, changed: orders.length > 0 || differs(input.before, allocation) };
}

/** A station that is away may hold the more that it was last asked to take. */
function reservesOf({ claims, before, states }: PlanInput): readonly Reserve[] {
  return claims.reserves.map((reserve) => {
    const { sessionId, reason } = reserve;
    if (sessionId === undefined || reason !== 'OFFLINE') return reserve;
    const grant = before?.grants.find(isOf(sessionId));
    const state = grant && states.get(grant.commandId);
    const perhaps = grant && (state === 'PENDING' || state === 'PERHAPS') ? grant.tenths : 0;
    return { ...reserve, tenths: Math.max(reserve.tenths, perhaps) };
  });
}

/** Of sessions that go on at stations that are away: what was asked is still to be known when they are back. */
function grantsOfAway({ before, members }: PlanInput): readonly Grant[] {
  const away = members.filter(({ online }) => !online);
  return (before?.grants ?? []).filter(({ stationId, sessionId }) =>
    away.some(
      ({ station, sessions }) =>
        station.stationId === stationId && sessions.some((session) => session.sessionId === sessionId),
    ),
  );
}

function sharesOf({ limit, claims, before, states }: PlanInput): readonly Share[] {
  const { controlled, reserves } = claims;
  const total = limit === undefined ? boundless : toTenths(limit.limit);
  const reserved = reserves.reduce((sum, { tenths }) => sum + tenths, 0);
  const targets = equalShare(Math.max(0, total - reserved), controlled);
  return controlled.map((claim) => ({
    stationId: claim.member.station.stationId,
    sessionId: claim.sessionId,
    evseId: claim.evseId,
    targetTenths: targets.get(claim.sessionId) ?? 0,
    boundTenths: boundOf(claim, before?.grants.find(isOf(claim.sessionId)), states),
  }));
}

function isOf(sessionId: string) {
  return (grant: Grant) => grant.sessionId === sessionId;
}

/** Stations without a site have profiles only for vehicles that asked for a plan. */
function wantedOfSessions(
  { limit, claims, group, before }: PlanInput,
  shares: readonly Share[],
  ports: Ports,
): readonly Wanted[] {
  const reserved = claims.reserves.reduce((sum, { tenths }) => sum + tenths, 0);
  const room = limit === undefined ? boundless : toTenths(limit.limit) - reserved;
  const next = stepsTowards(
    room,
    claims.controlled.map(({ sessionId, least }, index) => ({
      sessionId,
      least,
      target: shares[index]?.targetTenths ?? 0,
      bound: shares[index]?.boundTenths ?? 0,
    })),
  );
  const unit = limit?.unit ?? 'A';
  return claims.controlled
    .filter(({ planned }) => limit !== undefined || planned)
    .map((claim) => {
      const tenths = next.get(claim.sessionId) ?? 0;
      const profile = sessionProfile(claim, { tenths, unit, group }, ports);
      const { member, sessionId, evseId } = claim;
      return { member, sessionId, evseId, tenths, profile };
    })
    .filter((wanted) => !waitsAtDefault(wanted, shares, before));
}

/** A session that has nothing of its own yet and cannot have more yet: its station's default says the same. */
function waitsAtDefault(
  { member, sessionId, tenths, profile }: Wanted,
  shares: readonly Share[],
  before: SiteAllocation | undefined,
): boolean {
  const share = shares.find((one) => one.sessionId === sessionId);
  if (share === undefined || tenths !== share.boundTenths || tenths === share.targetTenths) return false;
  const own = member.charging.profiles.some((known) => known.profile.profileId === profile.profileId);
  return !own && !before?.grants.some((grant) => grant.sessionId === sessionId);
}

/** Above what operators set, as far as the station lets us. */
function topLevel({ limits }: Member): number {
  return limits.profileStackLevel ?? 1;
}

function sessionProfile(
  { member, session, sessionId, electrics }: ControlledSession,
  { tenths, unit, group }: { tenths: number; unit: RateUnit; group: GroupRef },
  ports: Ports,
): ChargingProfile {
  return {
    profileId: profileIdOf(ports.digest, [group, sessionId]),
    purpose: 'TRANSACTION',
    stackLevel: topLevel(member),
    kind: 'RELATIVE',
    transactionRef: session.transactionRef,
    schedules: [constant(tenths, { from: unit, to: unitFor(member, electrics) }, electrics)],
  };
}

/** Direct current in watts and alternating in amperes, where the station does not know the other alone. */
function unitFor({ limits: { rateUnits } }: Member, { direct }: Electrics): RateUnit {
  const usual = direct ? 'W' : 'A';
  return rateUnits === undefined || rateUnits.includes(usual) ? usual : (rateUnits[0] ?? usual);
}

function constant(tenths: number, { from, to }: { from: RateUnit; to: RateUnit }, electrics: Electrics) {
  return { unit: to, periods: [{ startS: 0, limit: fromTenths(inUnit(tenths, from, to, electrics)) }] };
}

function unitIn({ schedules: [first] }: ChargingProfile): { unit?: RateUnit } {
  return first === undefined ? {} : { unit: first.unit };
}

/**
 * What a session may draw until its own profile has come: an even part of the site for every EVSE, so that stations
 * that cannot be reached stay within the limit all together; nothing where that is too little to charge with.
 */
function wantedDefaults({ limit, members, group }: PlanInput, ports: Ports): readonly Wanted[] {
  if (limit === undefined) return [];
  const evses = members.reduce((count, { station }) => count + evsesOf(station).length, 0);
  const part = evses === 0 ? 0 : Math.floor(toTenths(limit.limit) / evses);
  return members
    .filter(({ online, charging }) => online && charging.controllable !== false)
    .map((member) => {
      const electrics = electricsOf(member.station, 0);
      const least = inUnit(toTenths(limit.minCurrentA), 'A', limit.unit, electrics);
      const tenths = part < least ? 0 : part;
      const profile: ChargingProfile = {
        profileId: profileIdOf(ports.digest, [group, 'default', member.station.stationId]),
        purpose: 'EVSE_DEFAULT',
        stackLevel: topLevel(member),
        kind: 'RELATIVE',
        schedules: [constant(tenths, { from: limit.unit, to: unitFor(member, electrics) }, electrics)],
      };
      return { member, evseId: 0, tenths, profile };
    });
}

/** The same for the same, so that what is asked again replaces what was asked before. */
function profileIdOf(digest: Digest, about: readonly unknown[]): number {
  return (Number.parseInt(digest(JSON.stringify(about)).slice(0, 8), 16) % 0x7fff_ffff) + 1;
}

function grantOf(
  before: SiteAllocation | undefined,
  { member, sessionId, profile }: Wanted,
): Grant | undefined {
  return before?.grants.find(
    (grant) =>
      grant.stationId === member.station.stationId &&
      grant.sessionId === sessionId &&
      grant.profileId === profile.profileId,
  );
}

/** Not what the station holds already, not what it is being asked, not at once what it refused. */
function mustAsk(
  { member, evseId, profile, tenths }: Wanted,
  grant: Grant | undefined,
  { states, now }: PlanInput,
): boolean {
  const state = grant && states.get(grant.commandId);
  const { unit } = unitIn(profile);
  const same = grant?.tenths === tenths && (grant.unit ?? unit) === unit;
  if (state === 'PENDING') return !same;
  const held = member.charging.profiles.find((known) => known.profile.profileId === profile.profileId);
  if (held?.evseId === evseId && saysTheSame(held.profile, profile)) return state === 'PERHAPS' && !same;
  return !(grant && same && state === 'REFUSED' && now - grant.askedAt < retryMs);
}

function saysTheSame(one: ChargingProfile, other: ChargingProfile): boolean {
  return said(one) === said(other);
}

function said({ purpose, stackLevel, kind, transactionRef, schedules }: ChargingProfile): string {
  const limits = schedules.map(({ unit, periods }) => [
    unit,
    periods.map(({ startS, limit }) => [startS, limit]),
  ]);
  return JSON.stringify([purpose, stackLevel, kind, transactionRef, limits]);
}

/** Profiles that we asked for, that are still held, and that nobody wants now. */
function endsOfUnwanted(
  { before, members, states }: PlanInput,
  wanted: readonly Wanted[],
  ports: Ports,
): readonly Order[] {
  const kept = new Set(wanted.map(({ profile }) => profile.profileId));
  const away = new Set(members.filter(({ online }) => !online).map(({ station }) => station.stationId));
  return (before?.grants ?? [])
    .filter(({ profileId, stationId }) => !kept.has(profileId) && !away.has(stationId))
    .filter(({ sessionId, commandId }) => sessionId === undefined || states.get(commandId) !== 'LOST')
    .filter(({ stationId, sessionId }) => sessionId === undefined || isOpen(members, stationId, sessionId))
    .map(({ stationId, profileId }) => ({
      stationId,
      commandId: ports.newId(),
      name: 'CLEAR_CHARGING_PROFILE',
      request: { kind: 'CLEAR_CHARGING_PROFILE', profileId },
    }));
}

/** Profiles of a session that is over ended with it. */
function isOpen(members: readonly Member[], stationId: string, sessionId: string): boolean {
  const member = members.find(({ station }) => station.stationId === stationId);
  return member === undefined || member.sessions.some((session) => session.sessionId === sessionId);
}

function differs(before: SiteAllocation | undefined, after: Omit<SiteAllocation, 'version'>): boolean {
  return told(before ?? { balancedAt: 0, shares: [], reserves: [], grants: [] }) !== told(after);
}

function told({ limit, shares, reserves, grants }: Omit<SiteAllocation, 'version'>): string {
  return JSON.stringify([
    [limit?.unit, limit?.limit],
    shares.map((share) => [share.sessionId, share.targetTenths, share.boundTenths]),
    reserves.map((one) => [one.stationId, one.evseId, one.sessionId, one.tenths, one.reason]),
    grants.map(({ commandId }) => commandId),
  ]);
}
