import type { Command } from '../commands/command.ts';
import { enqueueCommand, type RequestPorts } from '../commands/request-command.ts';
import type { CertificatePurpose } from './certificate.ts';

/** Tells a station to ask for a new certificate: its request follows. Throws `StationOffline` if it may not wait. */
export async function askForRequest(
  ports: Pick<RequestPorts, 'commands' | 'live' | 'clock' | 'newId'>,
  asked: {
    readonly stationId: string;
    readonly protocol: string;
    readonly purpose: CertificatePurpose;
    readonly timeoutMs: number;
    readonly whenOffline: 'FAIL' | 'WAIT';
    readonly requestedBy?: string;
  },
): Promise<Command> {
  const { stationId, protocol, purpose, timeoutMs, whenOffline, requestedBy } = asked;
  return enqueueCommand(ports, {
    stationId,
    name: protocol === 'ocpp1.6' ? 'EXTENDED_TRIGGER_MESSAGE' : 'TRIGGER_MESSAGE',
    request: { kind: 'REQUEST_CSR', purpose },
    timeoutMs,
    whenOffline,
    ...(requestedBy === undefined ? {} : { requestedBy }),
  });
}
