import { type AlertPorts, raiseAlert } from '../alerts/raise-alert.ts';
import type { Command } from '../commands/command.ts';
import { enqueueCommand, type RequestPorts } from '../commands/request-command.ts';
import { DomainError } from '../errors.ts';
import { knownStation } from '../stations/known-station.ts';
import { checkPassword, type PasswordPort } from '../stations/provision-station.ts';
import type { PasswordHash, Station } from '../stations/station.ts';
import { changeStation, withoutPending } from './change-station.ts';

export interface RotatePorts
  extends Pick<RequestPorts, 'stations' | 'commands' | 'live' | 'clock' | 'newId' | 'sealSecret'> {
  readonly passwords: PasswordPort;
}

/** A station may be away for long; what it never got is taken back when this is over. */
const usualTimeoutMs = 86_400_000;
/** OCPP 1.6 security whitepaper, AuthorizationKey: 16 to 20 bytes, written as hexadecimal. */
const longestIn16 = 20;

/**
 * Gives a station a new password: the station is told through its queue, and both the old and the new one open until it
 * has connected with the new one, or has refused it. Gives the password, the only time it is known. Throws `NotFound`,
 * `Validation`, and `Conflict` while an earlier change is not settled.
 */
export async function rotatePassword(
  ports: RotatePorts,
  asked: {
    readonly stationId: string;
    readonly password?: string;
    readonly timeoutMs?: number;
    readonly requestedBy?: string;
  },
): Promise<{ readonly password: string; readonly command: Command }> {
  const { stationId, timeoutMs = usualTimeoutMs, requestedBy } = asked;
  const password = asked.password ?? ports.passwords.generate();
  const [hash, sealed, station] = await Promise.all([
    ports.passwords.hash(password),
    ports.sealSecret(stationId, password),
    knownStation(ports, stationId),
  ]);
  checkPassword(password, 'password');
  if (station.protocol === 'ocpp1.6' && password.length > longestIn16) {
    throw new DomainError(
      'Validation',
      `password has at most ${longestIn16} characters in OCPP 1.6`,
      'password',
    );
  }
  const commandId = ports.newId();
  await changeStation(ports, stationId, (current) => {
    if (current.securityChange?.password) {
      const message = 'a change of the password is under way until the station has connected with it';
      throw new DomainError('Conflict', message, 'stationId');
    }
    const { previous: _, ...old } = current.password ?? {};
    const kept = current.password && (old as PasswordHash);
    return {
      ...current,
      password: { ...hash, ...(kept === undefined ? {} : { previous: kept }) },
      securityChange: { ...current.securityChange, password: { commandId } },
    };
  });
  const command = await enqueueCommand(
    { ...ports, newId: () => commandId },
    {
      stationId,
      name: station.protocol === 'ocpp1.6' ? 'CHANGE_CONFIGURATION' : 'SET_VARIABLES',
      request: { kind: 'SET_PASSWORD', password: sealed },
      timeoutMs,
      whenOffline: 'WAIT',
      ...(requestedBy === undefined ? {} : { requestedBy }),
    },
  );
  return { password, command };
}

/**
 * Keeps what became of a new password on its way: one that certainly did not reach the station, or that it refused, goes,
 * and the old one stays. Of one that got no answer nobody knows until the station connects.
 */
export async function settlePassword(
  ports: AlertPorts & Pick<RequestPorts, 'stations'>,
  command: Command,
): Promise<void> {
  const { stationId, commandId, state } = command;
  const unknown = state === 'TIMED_OUT' || state === 'UNKNOWN' || command.failure?.code === 'InvalidAnswer';
  let refused = false;
  await changeStation(ports, stationId, (station) => {
    const pending = station.securityChange?.password;
    if (pending?.commandId !== commandId || pending.outcome !== undefined) return undefined;
    if (state === 'ACCEPTED' || unknown) {
      const outcome = unknown ? 'UNSURE' : 'TAKEN';
      return { ...station, securityChange: { ...station.securityChange, password: { commandId, outcome } } };
    }
    refused = true;
    return withOldPassword(station);
  });
  if (!refused) return;
  await raiseAlert(ports, {
    category: 'SECURITY_ALERT',
    severity: 'MEDIUM',
    kind: 'PASSWORD_NOT_CHANGED',
    subject: '',
    message: `the station keeps its old password: the new one is ${state}`,
    stationId,
  });
}

/** The station as before the change. One that had no password before keeps the new one: it opens nothing that was shut. */
export function withOldPassword(station: Station): Station {
  const previous = station.password?.previous;
  const settled = withoutPending(station, 'password');
  return previous ? { ...settled, password: previous } : settled;
}

/** The station with its new password alone. */
export function withNewPassword(station: Station): Station {
  const settled = withoutPending(station, 'password');
  if (!settled.password) return settled;
  const { salt, hash } = settled.password;
  return { ...settled, password: { salt, hash } };
}
