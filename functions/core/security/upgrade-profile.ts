import { type AlertPorts, raiseAlert } from '../alerts/raise-alert.ts';
import type { CertificateStore } from '../certificates/certificate-store.ts';
import type { Command, CommandRequest } from '../commands/command.ts';
import { enqueueCommand, type RequestPorts } from '../commands/request-command.ts';
import { DomainError } from '../errors.ts';
import { knownStation } from '../stations/known-station.ts';
import type { SecurityProfile, Station } from '../stations/station.ts';
import { changeStation, withoutPending } from './change-station.ts';

type QueuePorts = Pick<RequestPorts, 'stations' | 'commands' | 'live' | 'clock' | 'newId'>;

export interface UpgradePorts extends QueuePorts {
  readonly certificates: CertificateStore;
  readonly allowedProfiles: ReadonlySet<SecurityProfile>;
}

/** How a 2.0.1 station reaches the system under its new profile, and in which order it tries its ways (A05, B09). */
export interface NetworkChoice {
  readonly slot: number;
  /** Slots by preference, the new one among them. */
  readonly priority: readonly number[];
  /** Without the station's id. */
  readonly url: string;
  readonly messageTimeoutS: number;
  readonly networkInterface: string;
}

const stepTimeoutMs = 86_400_000;

/**
 * Has a station connect under a higher security profile (OCPP 1.6 security whitepaper A05, 2.0.1 A05). Its floor rises
 * once it has connected so, never before. Throws `NotAllowed` for a lower profile, `Conflict` for its own or while
 * another change is under way, `Validation` naming what is missing: an allowed profile, a password, a root certificate
 * of ours in the station (`trustsServer` says that it trusts the server's already), a certificate of its own.
 */
export async function upgradeProfile(
  ports: UpgradePorts,
  asked: {
    readonly stationId: string;
    readonly profile: SecurityProfile;
    readonly trustsServer: boolean;
    readonly network?: NetworkChoice;
    readonly requestedBy?: string;
  },
): Promise<Command> {
  const { stationId, profile, network, requestedBy } = asked;
  const station = await knownStation(ports, stationId);
  checkDirection(station, profile);
  if (!ports.allowedProfiles.has(profile)) throw invalid(`profile ${profile} is not allowed here`);
  if (profile < 3 && !station.password) throw invalid(`profile ${profile} needs a password`);
  if (profile > 1) await checkCertificates(ports, asked);
  if (station.protocol !== 'ocpp1.6' && network === undefined) {
    throw new DomainError('Validation', 'a 2.0.1 station needs to be told its network profile', 'network');
  }
  const commandId = ports.newId();
  await changeStation(ports, stationId, (current) => {
    checkDirection(current, profile);
    if (current.securityChange?.profile) {
      throw new DomainError('Conflict', 'a change of the security profile is under way', 'stationId');
    }
    const pending = {
      to: profile,
      commandId,
      ...(network === undefined ? {} : { priority: network.priority }),
    };
    return { ...current, securityChange: { ...current.securityChange, profile: pending } };
  });
  const request: CommandRequest = {
    kind: 'SET_SECURITY_PROFILE',
    profile,
    ...(network === undefined ? {} : { network }),
  };
  const name = station.protocol === 'ocpp1.6' ? 'CHANGE_CONFIGURATION' : 'SET_NETWORK_PROFILE';
  return enqueueCommand(
    { ...ports, newId: () => commandId },
    {
      ...{ stationId, name, request, timeoutMs: stepTimeoutMs, whenOffline: 'WAIT' },
      ...(requestedBy === undefined ? {} : { requestedBy }),
    },
  );
}

/** Takes back a change of profile that the station has not confirmed. The station itself is not told. */
export async function abandonUpgrade(
  ports: Pick<QueuePorts, 'stations' | 'clock'>,
  stationId: string,
): Promise<void> {
  await changeStation(ports, stationId, (station) =>
    station.securityChange?.profile ? withoutPending(station, 'profile') : undefined,
  );
}

/** Goes on with a change of profile when a step of it has ended: the next step, or the end of it. Safe to repeat. */
export async function advanceUpgrade(ports: AlertPorts & QueuePorts, command: Command): Promise<void> {
  const { stationId, commandId, state, request } = command;
  const station = await ports.stations.findStation(stationId);
  const pending = station?.securityChange?.profile;
  if (!station || pending?.commandId !== commandId) return;
  // Whose connection ended with the call out may be starting already: how it comes back tells.
  const mayBeStarting = request.kind === 'RESTART_FOR_NETWORK' && state === 'UNKNOWN';
  if (state !== 'ACCEPTED' && !mayBeStarting) {
    await abandonUpgrade(ports, stationId);
    await raiseAlert(ports, {
      category: 'SECURITY_ALERT',
      severity: 'MEDIUM',
      kind: 'SECURITY_PROFILE_NOT_CHANGED',
      subject: String(pending.to),
      message: `the station stays at its security profile: the change to ${pending.to} is ${state}`,
      stationId,
    });
    return;
  }
  if (pending.priority === undefined) return;
  const next = nextStep(request, pending.priority);
  const nextId = ports.newId();
  await enqueueCommand(
    { ...ports, newId: () => nextId },
    { stationId, ...next, timeoutMs: stepTimeoutMs, whenOffline: 'WAIT' },
  );
  await changeStation(ports, stationId, (current) => {
    const { profile } = current.securityChange ?? {};
    if (profile?.commandId !== commandId) return undefined;
    const { priority: _, ...rest } = profile;
    const left = next.request.kind === 'RESTART_FOR_NETWORK' ? rest : profile;
    return {
      ...current,
      securityChange: { ...current.securityChange, profile: { ...left, commandId: nextId } },
    };
  });
}

function nextStep(
  done: CommandRequest,
  priority: readonly number[],
): { name: string; request: Extract<CommandRequest, { kind: 'PREFER_NETWORK' | 'RESTART_FOR_NETWORK' }> } {
  if (done.kind === 'SET_SECURITY_PROFILE') {
    return { name: 'SET_VARIABLES', request: { kind: 'PREFER_NETWORK', slots: priority } };
  }
  return { name: 'RESET', request: { kind: 'RESTART_FOR_NETWORK' } };
}

function checkDirection({ securityProfile }: Station, profile: SecurityProfile): void {
  if (profile < securityProfile) {
    throw new DomainError(
      'NotAllowed',
      `the station is at profile ${securityProfile}; it only goes up`,
      'profile',
    );
  }
  if (profile === securityProfile)
    throw new DomainError('Conflict', `the station is at profile ${profile}`, 'profile');
}

async function checkCertificates(
  ports: UpgradePorts,
  {
    stationId,
    profile,
    trustsServer,
  }: { stationId: string; profile: SecurityProfile; trustsServer: boolean },
): Promise<void> {
  const { certificates } = await ports.certificates.findTrust(stationId);
  if (!trustsServer && !certificates.some(({ use }) => use === 'CSMS_ROOT')) {
    throw invalid('no root certificate of the system is known to be in the station');
  }
  if (profile < 3) return;
  const { items } = await ports.certificates.listCertificates(stationId, { limit: 200 });
  const now = ports.clock();
  const usable = items.some(
    ({ state, purpose, issued }) =>
      state === 'INSTALLED' && purpose === 'STATION' && (issued?.notAfter ?? 0) > now,
  );
  if (!usable) throw invalid('the station has no certificate of its own');
}

function invalid(message: string): DomainError {
  return new DomainError('Validation', message, 'profile');
}
