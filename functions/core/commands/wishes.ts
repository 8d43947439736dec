import { readChangeConfiguration, readGetConfiguration } from '../device-model/configuration-wishes.ts';
import { DomainError } from '../errors.ts';
import type { FirmwareStore } from '../jobs/firmware-store.ts';
import type { JobRequest } from '../jobs/job-request.ts';
import type { JobStore } from '../jobs/job-store.ts';
import { type JobWish, readGetLog, readPublishFirmware, readUpdateFirmware } from '../jobs/job-wishes.ts';
import { readLogOfType, readSignedUpdate, withoutProtocolWords } from '../jobs/protocol-words.ts';
import type { Clock, Digest } from '../ports.ts';
import type { ReservationStore } from '../reservations/reservation-store.ts';
import { readCancellation, readReservation } from '../reservations/reservation-wishes.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import { readStartProfile } from '../smart-charging/read-start-profile.ts';
import type { Station } from '../stations/station.ts';
import type { StationLimitsStore } from '../stations/station-limits.ts';
import { findStartingToken } from '../tokens/starting-token.ts';
import type { TokenStore } from '../tokens/token-store.ts';
import type { CallDesk } from './call-desk.ts';
import type { CommandRequest } from './command.ts';
import { connectorParameter } from './connector-parameter.ts';
import {
  invalidParameter,
  type Parameters,
  textParameter,
  wholeParameter,
  wordParameter,
} from './parameters.ts';

/** What wishes are read with. */
export interface WishPorts {
  readonly limits: StationLimitsStore;
  readonly sessions: SessionStore;
  readonly tokens: TokenStore;
  readonly reservations: ReservationStore;
  readonly jobs: JobStore;
  readonly firmware: FirmwareStore;
  readonly calls: CallDesk;
  readonly clock: Clock;
  readonly digest: Digest;
}

/** A wish for a station, its parameters unread. */
export interface Wish {
  readonly station: Station;
  readonly commandId: string;
  readonly parameters: Parameters;
}

/** Reads a wish's parameters. Throws `Validation` naming the parameter at fault, `NotFound` for what is not there. */
export type WishReader = (ports: WishPorts, wish: Wish) => Promise<CommandRequest>;

/** The wishes whose parameters mean the same whatever protocol a station speaks. */
export const wishReaders: Readonly<Record<string, WishReader>> = {
  START_TRANSACTION: readStart,
  STOP_TRANSACTION: readStop,
  RESET: readReset,
  UNLOCK_CONNECTOR: readUnlock,
  GET_CONFIGURATION: readGetConfiguration,
  CHANGE_CONFIGURATION: readChangeConfiguration,
  UPDATE_FIRMWARE: jobOf(readUpdateFirmware),
  SIGNED_UPDATE_FIRMWARE: jobOf(readSignedUpdate),
  PUBLISH_FIRMWARE: jobOf(readPublishFirmware),
  GET_DIAGNOSTICS: jobOf(readGetLog),
  GET_LOG: jobOf(readLogOfType),
  RESERVE_NOW: readReservation,
  CANCEL_RESERVATION: readCancellation,
};

/** A job has the id of the command that begins it. */
function jobOf(read: (ports: WishPorts, wish: JobWish) => Promise<JobRequest>): WishReader {
  return (ports, { station, commandId, parameters }) =>
    read(ports, { station, jobId: commandId, parameters: withoutProtocolWords(parameters) });
}

async function readStart(
  ports: WishPorts,
  { station, parameters, commandId }: Wish,
): Promise<CommandRequest> {
  const uid =
    textParameter(parameters, 'idToken') ??
    textParameter(parameters, 'authTokenId') ??
    textParameter(parameters, 'idTag');
  if (uid === undefined) throw invalidParameter('idToken', 'is required: the token to charge with');
  const found = await findStartingToken(ports, uid);
  if ('objection' in found) throw invalidParameter('idToken', found.objection);
  const { token } = found;
  const connector = connectorParameter(station, parameters);
  const chargingProfile = await readStartProfile(ports, { station, parameters }, connector.evseId);
  return {
    kind: 'START_SESSION',
    connector,
    token: {
      uid: token.uid,
      tokenType: token.tokenType,
      ...(token.form === undefined ? {} : { form: token.form }),
      ...(token.groupId === undefined ? {} : { groupId: token.groupId }),
    },
    remoteStartId: (Number.parseInt(ports.digest(commandId).slice(0, 8), 16) % 0x7fff_ffff) + 1,
    ...(chargingProfile === undefined ? {} : { chargingProfile }),
  };
}

async function readStop(ports: WishPorts, { station, parameters }: Wish): Promise<CommandRequest> {
  const { stationId } = station;
  const sessionId = textParameter(parameters, 'sessionId');
  const transactionRef = textParameter(parameters, 'transactionId');
  if (sessionId !== undefined) {
    const session = await ports.sessions.findSession(sessionId);
    if (session?.stationId !== stationId) {
      throw new DomainError('NotFound', `no session ${sessionId} at this station`, 'parameters.sessionId');
    }
    return { kind: 'STOP_SESSION', sessionId, transactionRef: session.transactionRef };
  }
  if (transactionRef === undefined) throw invalidParameter('transactionId', 'or sessionId is required');
  const open = await ports.sessions.listOpenSessions({ stationId }, { limit: 100 });
  const session = open.items.find((candidate) => candidate.transactionRef === transactionRef);
  if (!session) {
    const message = `no open transaction ${transactionRef} at this station`;
    throw new DomainError('NotFound', message, 'parameters.transactionId');
  }
  return { kind: 'STOP_SESSION', sessionId: session.sessionId, transactionRef };
}

/** In the words of either protocol: hard or immediate, soft or when idle. */
const resetTypes = { HARD: 'NOW', IMMEDIATE: 'NOW', SOFT: 'WHEN_IDLE', ONIDLE: 'WHEN_IDLE' } as const;

async function readReset(_ports: WishPorts, { parameters }: Wish): Promise<CommandRequest> {
  const type = wordParameter(parameters, 'type', ['HARD', 'IMMEDIATE', 'SOFT', 'ONIDLE'] as const) ?? 'SOFT';
  const evseId = wholeParameter(parameters, 'evseId');
  return { kind: 'RESET', when: resetTypes[type], ...(evseId === undefined ? {} : { evseId }) };
}

async function readUnlock(_ports: WishPorts, { station, parameters }: Wish): Promise<CommandRequest> {
  return { kind: 'UNLOCK', connector: connectorParameter(station, parameters) };
}
