import { enqueueCommand, type RequestPorts } from '../commands/request-command.ts';
import type { Digest } from '../ports.ts';

/** A station that is away for longer connects anew, and is asked anew. */
export const timeoutMs = 600_000;

/** Asks a station to say who it is as if it had just started, which decides anew whether it may work. */
export async function askForBoot(
  ports: Pick<RequestPorts, 'commands' | 'live' | 'clock' | 'newId'>,
  stationId: string,
): Promise<void> {
  await enqueueCommand(ports, {
    stationId,
    name: 'TRIGGER_MESSAGE',
    request: { kind: 'ASK_FOR_BOOT' },
    timeoutMs,
    whenOffline: 'WAIT',
  });
}

/** As `askForBoot`, once in the life of a connection, however often it is called. */
export async function askForBootOnce(
  ports: Omit<Parameters<typeof askForBoot>[0], 'newId'> & { digest: Digest },
  connection: { stationId: string; connectionId: string; connectedAt: number },
): Promise<void> {
  const { stationId, connectionId, connectedAt } = connection;
  const newId = () => idAt(connectedAt, ports.digest(`boot/${stationId}/${connectionId}`));
  await askForBoot({ ...ports, newId }, stationId);
}

/**
 * An id for a command that is made once, whoever makes it. Commands are in the order of their ids: as all of them, this
 * one begins with its moment (RFC 9562, version 7).
 */
export function idAt(at: number, digits: string): string {
  const time = Math.max(0, Math.trunc(at)).toString(16).padStart(12, '0');
  const parts = [time.slice(0, 8), time.slice(8), `7${digits.slice(0, 3)}`, `8${digits.slice(3, 6)}`];
  return [...parts, digits.slice(6, 18)].join('-');
}
