import { enqueueCommand, type RequestPorts } from '../commands/request-command.ts';
import { idAt } from '../id-at.ts';
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
