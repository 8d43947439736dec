import type { CommandRequest } from '../commands/command-request.ts';
import { invalidParameter, textParameter, textsParameter } from '../commands/parameters.ts';
import type { WishPorts, WishReader } from '../commands/wishes.ts';
import { refuseCredential } from './refuse-credential.ts';

/** GET_CONFIGURATION: settings by name (`keys`, or one `key`), or everything that can be set. */
export const readGetConfiguration: WishReader = async (ports, { parameters, commandId, station }) => {
  const keys = textsParameter(parameters, 'keys') ?? textsParameter(parameters, 'key') ?? [];
  if (keys.length === 0) return { kind: 'READ_ALL_SETTINGS', requestId: numberOf(ports, commandId) };
  for (const key of keys) await refuseUnknown(ports, station.protocol, key);
  return { kind: 'READ_SETTINGS', keys };
};

/** CHANGE_CONFIGURATION: one setting (`key`) to a `value`. */
export const readChangeConfiguration: WishReader = async (ports, { parameters, station }) => {
  const key = textParameter(parameters, 'key');
  if (key === undefined) throw invalidParameter('key', 'is required: the name of the setting');
  refuseCredential(ports.calls, key, 'parameters.key');
  await refuseUnknown(ports, station.protocol, key);
  return {
    kind: 'CHANGE_SETTINGS',
    settings: [{ key, value: settingText(parameters.value) }],
  } satisfies CommandRequest;
};

async function refuseUnknown({ calls }: WishPorts, protocol: string, key: string): Promise<void> {
  const place = await calls.placeOf(protocol, key);
  if (!place) throw invalidParameter('key', 'names no setting that can be read or changed by its name');
}

/** Settings are texts on the wire, and an empty one is a value. */
function settingText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw invalidParameter('value', 'is required: a text, a number, true or false');
}

/** Reports of a station are told apart by a number, which must not come twice. */
function numberOf({ digest }: WishPorts, commandId: string): number {
  return (Number.parseInt(digest(commandId).slice(0, 8), 16) % 0x7fff_ffff) + 1;
}
