import type { AlertPorts } from '../alerts/raise-alert.ts';
import type { Command } from '../commands/command.ts';
import { enqueueCommand, type RequestPorts } from '../commands/request-command.ts';
import { DomainError } from '../errors.ts';
import { knownStation } from '../stations/known-station.ts';
import { checkPassword, type PasswordPort } from '../stations/provision-station.ts';
import type { PasswordHash } from '../stations/station.ts';
import { changeStation } from './change-station.ts';
import { settleLostChange } from './settle-password.ts';

export interface RotatePorts
  extends AlertPorts,
    Pick<RequestPorts, 'stations' | 'commands' | 'live' | 'newId' | 'sealSecret'> {
  readonly passwords: PasswordPort;
}

/** A station may be away for long; what it never got is taken back when this is over. */
const usualTimeoutMs = 86_400_000;
/** OCPP 1.6 security whitepaper, AuthorizationKey: 16 to 20 bytes, written as hexadecimal. */
const longestIn16 = 20;

/**
 * Gives a station a new password: the station is told through its queue, and both the old and the new one open until it
 * has connected with the new one, or has refused it. Gives the password, the only time it is known. An earlier change that
 * died before its command was queued is taken back. Throws `NotFound`, `Validation`, and `Conflict` while an earlier
 * change is not settled.
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
  await settleLostChange(ports, station);
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
 * Takes back a change of the password that was not sent yet: the station keeps its old one. Throws `NotFound`, and
 * `Conflict` for one that the station may have taken, which its next connection settles.
 */
export async function abandonRotation(
  ports: AlertPorts & Pick<RequestPorts, 'stations' | 'commands'>,
  stationId: string,
): Promise<void> {
  const station = await knownStation(ports, stationId);
  const pending = station.securityChange?.password;
  if (!pending) return;
  await ports.commands.cancel(stationId, pending.commandId, ports.clock());
  await settleLostChange(ports, station);
  const { securityChange } = await knownStation(ports, stationId);
  if (!securityChange?.password) return;
  const message = 'the station may have the new password already; its next connection tells which one it has';
  throw new DomainError('Conflict', message, 'stationId');
}
