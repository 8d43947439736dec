import type { CommandRequest } from '#core/commands/command.ts';
import { askForBootOnce } from '#core/stations/ask-for-boot.ts';
import type { StationLink } from '#core/stations/station.ts';
import { callOf } from './calls.ts';
import { isPayload } from './quirks.ts';
import type { InboundCall } from './services.ts';
import type { OcppVersion } from './version.ts';

/** How long a message that we asked for may take to come. */
const triggeredWithinMs = 300_000;
/** A station that is not accepted gets few commands: what was asked of it is among the latest. */
const commandsLookedAt = 20;

/**
 * Why a station may not make this call yet; `undefined` when it may. Before it is accepted it may boot, and while it
 * is pending send what it was asked for (OCPP 1.6 §4.2; OCPP 2.0.1 B02, B03). Looks at the station until it is known
 * to be accepted on this connection, never after.
 */
export async function refusalBeforeAccepted(
  version: OcppVersion,
  action: string,
  call: InboundCall,
): Promise<string | undefined> {
  if (action === 'BootNotification') return undefined;
  if (call.newcomer) return 'this station is not known here';
  const { acceptedConnections, live } = call.services;
  if (acceptedConnections.has(call.connectionId)) return undefined;
  const link = await live.findLink(call.stationId);
  switch (link?.registration) {
    case 'ACCEPTED':
      acceptedConnections.add(call.connectionId);
      return undefined;
    case 'PENDING':
      return (await mayWhilePending(version, action, call, link))
        ? undefined
        : 'this station is not accepted yet';
    case 'REJECTED':
      return isOwed(version, action, link) ? undefined : 'this station was rejected';
    default:
      return refusalOfUnbooted(version, action, call, link);
  }
}

async function mayWhilePending(
  version: OcppVersion,
  action: string,
  call: InboundCall,
  link: StationLink,
): Promise<boolean> {
  if (isOwed(version, action, link) || version.beforeAccepted.reports.includes(action)) return true;
  const { items } = await call.services.commands.listCommands(call.stationId, { limit: commandsLookedAt });
  return items.some(({ request, sentAt, state }) => {
    const asked = triggeredBy(version, request);
    if (asked === undefined) return false;
    const wanted = asked.startsWith('Sign') ? 'SignCertificate' : asked;
    const recent = sentAt !== undefined && sentAt >= call.receivedAt - triggeredWithinMs;
    return wanted === action && recent && (state === 'SENT' || state === 'ACCEPTED');
  });
}

/** The message that a command has its station send, by whichever name it is asked for. */
function triggeredBy(version: OcppVersion, request: CommandRequest): string | undefined {
  const call = callOf(version, request);
  if (!call || !/^(Extended)?TriggerMessage$/.test(call.action) || !isPayload(call.payload)) return undefined;
  return String(call.payload.requestedMessage);
}

/** What a station deletes after a few errors is taken from one that was accepted when it happened. */
function isOwed(version: OcppVersion, action: string, link: StationLink): boolean {
  return link.acceptedAt !== undefined && version.beforeAccepted.irreplaceable.includes(action);
}

/** It was accepted by another system, or it forgot to boot. */
async function refusalOfUnbooted(
  version: OcppVersion,
  action: string,
  call: InboundCall,
  link: StationLink | undefined,
): Promise<string | undefined> {
  const { services, stationId, connectionId, receivedAt } = call;
  const { neverBooted, takenUnbooted } = version.beforeAccepted;
  if (neverBooted === 'MAY_CALL') {
    if (await isKeptOut(call)) return 'this station is not accepted';
    services.acceptedConnections.add(connectionId);
    return undefined;
  }
  const connectedAt = link?.connectedAt ?? receivedAt;
  await askForBootOnce(services, { stationId, connectionId, connectedAt });
  if (takenUnbooted.includes(action) && !(await isKeptOut(call))) return undefined;
  return 'this station has not booted here';
}

async function isKeptOut({ services, stationId }: InboundCall): Promise<boolean> {
  const station = await services.stations.findStation(stationId);
  return station?.registration === 'HOLD' || station?.registration === 'REJECT';
}
