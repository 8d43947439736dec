import { type AlertPorts, raiseAlert } from '../alerts/raise-alert.ts';
import { checkRevision } from '../check-revision.ts';
import { DomainError } from '../errors.ts';
import type { LocationStore } from '../locations/location-store.ts';
import { knownLocation, whereaboutsAt } from '../locations/manage-locations.ts';
import type { Clock } from '../ports.ts';
import { withoutPending } from '../security/change-station.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import { connectorTypes, isConnectorType } from './connector-types.ts';
import type { Connector, PasswordHash, SecurityProfile, Station } from './station.ts';
import type { StationStore } from './station-store.ts';

/** OCPP identities travel in URLs and in 48-character fields; this is what every part of the way lets through. */
const stationIdShape = /^[A-Za-z0-9*\-_=:+|@.]{1,48}$/;

/** Whether a station may be called so. */
export function isStationId(text: string): boolean {
  return stationIdShape.test(text);
}

const shortestPassword = 16;
const longestPassword = 40;
const mostConnectors = 100;
const defaultHeartbeatIntervalS = 300;

/** Makes passwords and their hashes; the core has neither secrets nor chance. */
export interface PasswordPort {
  readonly generate: () => string;
  readonly hash: (password: string) => Promise<PasswordHash>;
}

/** What an owner says of a new station. */
export interface StationDescription {
  readonly stationId: string;
  readonly name: string;
  readonly description?: string;
  readonly manufacturer?: string;
  readonly model?: string;
  readonly serialNumber?: string;
  readonly protocol: string;
  /** Absent: the lowest allowed one with a password. */
  readonly securityProfile?: SecurityProfile;
  readonly password?: string;
  /** A password that is known in its kept form alone. */
  readonly passwordHash?: PasswordHash;
  readonly locationId?: string;
  readonly address?: string;
  readonly coordinates?: { readonly latitude: number; readonly longitude: number };
  readonly timeZone: string;
  readonly heartbeatIntervalS?: number;
  readonly connectors: readonly Connector[];
}

export interface ProvisionPorts {
  readonly stations: StationStore;
  readonly locations: Pick<LocationStore, 'findLocation'>;
  readonly passwords: PasswordPort;
  /** What the platform lets stations have: profiles without TLS are for closed networks. */
  readonly allowedProfiles: ReadonlySet<SecurityProfile>;
  readonly clock: Clock;
}

/**
 * Registers a station and gives back its password, the only time it is known. One is made up when none is
 * given; stations that identify by certificate have none. At a location it has the location's time zone, and its
 * coordinates unless it has its own. Throws `Validation`, `NotFound` for its location, or `Conflict`.
 */
export async function createStation(
  ports: ProvisionPorts,
  described: StationDescription,
): Promise<{ station: Station; password?: string }> {
  const securityProfile = described.securityProfile ?? defaultProfile(ports);
  checkDescription(described);
  checkTypes(described.connectors);
  checkProfile(ports, securityProfile);
  const { heartbeatIntervalS = defaultHeartbeatIntervalS, password: _, passwordHash, ...rest } = described;
  const connectors = inOrder(described.connectors);
  const password = passwordHash ? undefined : newPassword(ports, described.password, securityProfile);
  const now = ports.clock();
  const station: Station = {
    ...(await placed(ports, rest)),
    securityProfile,
    connectors,
    heartbeatIntervalS,
    lifecycle: 'ACTIVE',
    createdAt: now,
    updatedAt: now,
    revision: 1,
    ...(passwordHash ? { password: passwordHash } : {}),
    ...(password === undefined ? {} : { password: await ports.passwords.hash(password) }),
  };
  if ((await ports.stations.createStation(station)) === 'exists') {
    throw new DomainError('Conflict', `station ${described.stationId} exists already`, 'input.stationId');
  }
  return { station, ...(password === undefined ? {} : { password }) };
}

/** What an owner may change. Absent stays as it is. */
export interface StationChange {
  readonly name?: string;
  readonly description?: string;
  readonly manufacturer?: string;
  readonly model?: string;
  readonly serialNumber?: string;
  readonly protocol?: string;
  readonly securityProfile?: SecurityProfile;
  readonly password?: string;
  /** `null`: it is at none any more. */
  readonly locationId?: string | null;
  readonly address?: string;
  readonly coordinates?: { readonly latitude: number; readonly longitude: number };
  readonly timeZone?: string;
  readonly heartbeatIntervalS?: number;
  readonly connectors?: readonly Connector[];
  readonly lifecycle?: Station['lifecycle'];
}

/**
 * Changes a station. That it may connect under a lower security profile than before is told to operators. Throws
 * `NotFound`, `Validation`, or `Conflict` when somebody else changed it meanwhile.
 */
export async function updateStation(
  ports: ProvisionPorts & AlertPorts,
  stationId: string,
  change: StationChange,
  expectedRevision?: number,
): Promise<Station> {
  const before = await ports.stations.findStation(stationId);
  if (!before) throw new DomainError('NotFound', `station ${stationId} is not known`, 'id');
  checkRevision(before, expectedRevision);
  const { password, ...rest } = change;
  const changed = await moved(ports, before, rest);
  checkDescription({ ...changed, ...(password === undefined ? { password: undefined } : { password }) });
  checkTypes(change.connectors ?? []);
  if (change.securityProfile !== undefined) checkProfile(ports, change.securityProfile);
  if (needsPassword(changed.securityProfile) && !before.password && password === undefined) {
    throw new DomainError('Validation', 'this security profile needs a password', 'input.password');
  }
  const station: Station = {
    // Whoever names a password takes back the one that was on its way.
    ...(password === undefined ? changed : withoutPending(changed, 'password')),
    connectors: inOrder(changed.connectors),
    updatedAt: ports.clock(),
    revision: before.revision + 1,
    ...(password === undefined ? {} : { password: await ports.passwords.hash(password) }),
  };
  if ((await ports.stations.replaceStation(station, before)) === 'changed-meanwhile') {
    throw new DomainError(
      'Conflict',
      `station ${stationId} was changed by somebody else, read it again`,
      'id',
    );
  }
  if (station.securityProfile < before.securityProfile) await tellLowered(ports, before, station);
  return station;
}

async function tellLowered(ports: AlertPorts, before: Station, { stationId, securityProfile }: Station) {
  await raiseAlert(ports, {
    category: 'SECURITY_ALERT',
    severity: 'HIGH',
    kind: 'SECURITY_PROFILE_LOWERED',
    subject: String(securityProfile),
    message: `the station may connect under security profile ${securityProfile}: ${before.securityProfile} was its lowest`,
    stationId,
    details: { from: before.securityProfile, to: securityProfile },
  });
}

type Placed = Pick<Station, 'locationId' | 'coordinates' | 'coordinatesOf' | 'timeZone'>;

/** As it is at its location, which must be there. */
async function placed<Known extends Placed>(ports: Pick<ProvisionPorts, 'locations'>, station: Known) {
  if (station.locationId === undefined) return station;
  return whereaboutsAt(station, await knownLocation(ports, station.locationId, 'input.locationId'));
}

/** With the change, and whatever follows from another place. */
async function moved(
  ports: Pick<ProvisionPorts, 'locations'>,
  before: Station,
  { locationId, ...change }: Omit<StationChange, 'password'>,
): Promise<Station> {
  const { locationId: formerId, coordinates, coordinatesOf, ...rest } = before;
  const follows = change.coordinates === undefined && coordinatesOf !== undefined;
  const own = follows || coordinates === undefined ? {} : { coordinates };
  const kept = locationId === undefined ? formerId : (locationId ?? undefined);
  const changed = { ...rest, ...own, ...change, ...(kept === undefined ? {} : { locationId: kept }) };
  if (locationId != null && locationId !== formerId) return placed(ports, changed);
  if (!follows || locationId === null) return changed;
  return { ...changed, coordinatesOf, ...(coordinates === undefined ? {} : { coordinates }) };
}

/** Removes a station that is not charging anybody. Throws `NotFound` or `Conflict`. */
export async function deleteStation(
  ports: { stations: StationStore; sessions: SessionStore },
  stationId: string,
): Promise<void> {
  const open = await ports.sessions.listOpenSessions({ stationId }, { limit: 1 });
  if (open.items.length > 0) {
    throw new DomainError('Conflict', `station ${stationId} has an open session`, 'id');
  }
  if ((await ports.stations.deleteStation(stationId)) === 'absent') {
    throw new DomainError('NotFound', `station ${stationId} is not known`, 'id');
  }
}

function newPassword(
  { passwords }: ProvisionPorts,
  wanted: string | undefined,
  profile: SecurityProfile,
): string | undefined {
  return wanted ?? (needsPassword(profile) ? passwords.generate() : undefined);
}

function needsPassword(profile: SecurityProfile): boolean {
  return profile === 1 || profile === 2;
}

function defaultProfile({ allowedProfiles }: ProvisionPorts): SecurityProfile {
  return allowedProfiles.has(1) ? 1 : 2;
}

function checkProfile({ allowedProfiles }: ProvisionPorts, profile: SecurityProfile): void {
  if (allowedProfiles.has(profile)) return;
  throw invalid('securityProfile', `is one of ${[...allowedProfiles].sort().join(', ')} here`);
}

type Checked = Omit<StationDescription, 'password' | 'heartbeatIntervalS'> & {
  readonly password?: unknown;
  readonly heartbeatIntervalS?: number | undefined;
};

function checkDescription(described: Checked): void {
  const { stationId, name, password, connectors, heartbeatIntervalS } = described;
  if (!isStationId(stationId)) {
    throw invalid('stationId', 'is 1 to 48 letters, digits or any of * - _ = : + | @ .');
  }
  if (name.trim() === '' || name.length > 100) throw invalid('name', 'is 1 to 100 characters');
  if (heartbeatIntervalS !== undefined && (heartbeatIntervalS < 10 || heartbeatIntervalS > 300)) {
    throw invalid('heartbeatIntervalS', 'is 10 to 300 seconds: idle connections are cut after 10 minutes');
  }
  if (typeof password === 'string') checkPassword(password);
  checkConnectors(connectors);
}

/** OCPP 1.6 (security whitepaper) and 2.0.1 take 16 to 40 characters; these can be typed into any station. */
export function checkPassword(password: string, field = 'input.password'): void {
  const fits = password.length >= shortestPassword && password.length <= longestPassword;
  if (!fits || !/^[\x21-\x7e]+$/.test(password)) {
    const message = `password is ${shortestPassword} to ${longestPassword} printable characters without blanks`;
    throw new DomainError('Validation', message, field);
  }
}

/** Numbers start from 1 and skip none (OCPP 1.6 "Connector numbering"; OCPP 2.0.1 part 1 "Numbering"). */
function checkConnectors(connectors: readonly Connector[]): void {
  if (connectors.length === 0 || connectors.length > mostConnectors) {
    throw invalid('connectors', `holds 1 to ${mostConnectors} connectors`);
  }
  const seen = new Set<string>();
  checkEvseUids(connectors);
  for (const [index, { evseId, connectorId, maxPowerW }] of connectors.entries()) {
    const place = `${evseId}/${connectorId}`;
    const numbered =
      Number.isSafeInteger(evseId) && evseId > 0 && Number.isSafeInteger(connectorId) && connectorId > 0;
    if (!numbered || seen.has(place))
      throw invalid(`connectors.${index}.connectorId`, 'is a number from 1, used once');
    if (maxPowerW !== undefined && maxPowerW <= 0)
      throw invalid(`connectors.${index}.maxPower`, 'is above zero');
    seen.add(place);
  }
  for (const [index, { evseId, connectorId }] of connectors.entries()) {
    const follows = connectorId > 1 ? `${evseId}/${connectorId - 1}` : `${evseId - 1}/1`;
    if (!seen.has(follows) && follows !== '0/1')
      throw invalid(`connectors.${index}.connectorId`, 'skips a number');
  }
}

/** What is named anew has a type that we know; what is stored stays as it is. */
function checkTypes(connectors: readonly Connector[]): void {
  for (const [index, { connectorType }] of connectors.entries()) {
    if (isConnectorType(connectorType)) continue;
    throw invalid(`connectors.${index}.connectorType`, `is one of ${connectorTypes.join(', ')}`);
  }
}

/** A name is one EVSE's, on all of its connectors alike or on none (OCPI 2.2.1 EVSE.uid). */
function checkEvseUids(connectors: readonly Connector[]): void {
  const names = new Map<string, number>();
  for (const [index, { evseId, evseUid }] of connectors.entries()) {
    const first = connectors.find((connector) => connector.evseId === evseId);
    const fits = evseUid === undefined || /^[\x21-\x7e]{1,36}$/.test(evseUid);
    const owner = evseUid === undefined ? evseId : (names.get(evseUid.toUpperCase()) ?? evseId);
    if (!fits || owner !== evseId || first?.evseUid !== evseUid) {
      throw invalid(
        `connectors.${index}.evseUid`,
        'is 1 to 36 characters, the same on one EVSE and on no other',
      );
    }
    if (evseUid !== undefined) names.set(evseUid.toUpperCase(), evseId);
  }
}

/** By EVSE and the number within it: the place in this order is the number people call a connector by. */
function inOrder(connectors: readonly Connector[]): readonly Connector[] {
  return [...connectors].sort((a, b) => a.evseId - b.evseId || a.connectorId - b.connectorId);
}

function invalid(field: string, what: string): DomainError {
  return new DomainError('Validation', `${field} ${what}`, `input.${field}`);
}
