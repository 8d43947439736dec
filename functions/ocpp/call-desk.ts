import { randomInt } from 'node:crypto';
import type { CallDesk } from '#core/commands/call-desk.ts';
import type { CommandRequest } from '#core/commands/command.ts';
import { DomainError } from '#core/errors.ts';
import type { StationLimits } from '#core/stations/station-limits.ts';
import { actionFor, type Call, callOf, largestCallBytes } from './calls.ts';
import type { AnyOutboundAction } from './define-action.ts';
import { isPayload } from './quirks.ts';
import { sealSecrets } from './sealed-secrets.ts';
import { isSecret, isSecurityProfile } from './secrets.ts';
import { isSubprotocol } from './subprotocols.ts';
import { checkOf, type OcppVersion } from './version.ts';
import { loadVersion } from './versions.ts';

/** What a frame adds to its payload: type, id, action, commas and brackets. */
const frameOverheadBytes = 128;

/**
 * The room's front desk: other rooms ask here for calls to stations, in OCPP's words or the core's. A call has its
 * action's name in upper snake case (`GET_BASE_REPORT`), its parameters are the OCPP request itself.
 */
export const callDesk: CallDesk = {
  async prepareCall(protocol, { name, parameters }, station) {
    const { limits, seal } = station;
    const version = await versionOf(protocol);
    const action = version.outbound.find((candidate) => commandName(candidate.name) === name);
    if (!action) {
      throw new DomainError('NotSupported', `${version.subprotocol} has no command ${name}`, 'command');
    }
    const request = withOwnNumber(action, parameters);
    checkCall(version, { action: action.name, payload: request });
    await action.check?.(request, limits, station);
    const payloads = piecesOf(action, request, limits);
    for (const payload of payloads) checkSize({ action: action.name, payload });
    const sealed = await Promise.all(payloads.map((payload) => sealSecrets(action, payload, seal)));
    return sealed.map((payload) => ({ kind: 'CALL', action: action.name, payload }));
  },

  async checkRequest(protocol, request) {
    checkWhole(await versionOf(protocol), request);
  },

  async prepareRequest(protocol, request, findLimits) {
    const version = await versionOf(protocol);
    const action = request.kind === 'CALL' ? undefined : actionFor(version, request);
    const pieces = action?.cut ? action.cut(request, await findLimits()) : [request];
    for (const piece of pieces) checkWhole(version, piece);
    return pieces;
  },

  async placeOf(protocol, key) {
    return (await versionOf(protocol)).placeOf(key);
  },

  async capabilityComponents(protocol) {
    return (await versionOf(protocol)).capabilityComponents;
  },

  async capabilitiesIn(protocol, components) {
    return (await versionOf(protocol)).capabilitiesIn(components);
  },

  isSecret,
  isSecurityProfile,
};

function checkWhole(version: OcppVersion, request: CommandRequest): void {
  const call = callOf(version, request);
  if (!call) {
    throw new DomainError('NotSupported', `${version.subprotocol} has no such command`, 'command');
  }
  const unsaid = actionFor(version, request)?.unsaid?.(request);
  if (unsaid !== undefined) {
    const message = `${version.subprotocol} has no words for ${unsaid} in ${call.action}`;
    throw new DomainError('Validation', message, `parameters.${unsaid}`);
  }
  checkCall(version, call);
  checkSize(call);
}

/** `GetBaseReport` as `GET_BASE_REPORT`. */
function commandName(action: string): string {
  return action.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase();
}

async function versionOf(protocol: string): Promise<OcppVersion> {
  if (!isSubprotocol(protocol)) {
    throw new DomainError('NotSupported', `nothing is spoken here called "${protocol}"`, 'stationId');
  }
  return loadVersion(protocol);
}

function checkCall(version: OcppVersion, { action, payload }: Call): void {
  const violation = checkOf(version.requestChecks, action)?.(payload, '');
  if (!violation) return;
  const path = violation.path.replaceAll('/', '.');
  throw new DomainError(
    'Validation',
    `${action}${path} violates "${violation.keyword}"`,
    `parameters${path}`,
  );
}

type Payload = Extract<CommandRequest, { kind: 'CALL' }>['payload'];

function piecesOf(action: AnyOutboundAction, payload: Payload, limits: StationLimits): readonly Payload[] {
  const pieces = action.split?.(payload, limits) ?? [payload];
  return pieces.filter(isPayload).map((piece, index) => {
    const { ownNumber } = action;
    return index === 0 || ownNumber === undefined ? piece : { ...piece, [ownNumber]: freshNumber() };
  });
}

function withOwnNumber({ ownNumber }: AnyOutboundAction, payload: Payload): Payload {
  if (ownNumber === undefined || payload[ownNumber] !== undefined) return payload;
  return { ...payload, [ownNumber]: freshNumber() };
}

/** Positive and of 31 bits: as large as any station's counter. */
function freshNumber(): number {
  return randomInt(1, 0x7fff_ffff);
}

function checkSize({ action, payload }: Call): void {
  const bytes = Buffer.byteLength(JSON.stringify(payload)) + frameOverheadBytes;
  if (bytes <= largestCallBytes) return;
  const message = `${action} of ${bytes} bytes is larger than the ${largestCallBytes} that one message holds`;
  throw new DomainError('TooLarge', message, 'parameters');
}
