import { type OcppVersion, type Subprotocol, subprotocols } from './version.ts';

/** A version costs nothing until a station speaks it. */
const loaders: Readonly<Record<Subprotocol, () => Promise<OcppVersion>>> = {
  'ocpp2.0.1': async () => (await import('./v201/version.ts')).ocpp201,
  'ocpp1.6': async () => (await import('./v16/version.ts')).ocpp16,
};

export function isSubprotocol(name: string): name is Subprotocol {
  return Object.hasOwn(loaders, name);
}

export async function loadVersion(subprotocol: Subprotocol): Promise<OcppVersion> {
  return loaders[subprotocol]();
}

/**
 * Reads the header `Sec-WebSocket-Protocol`, folding what stations get wrong: leading commas, blanks, upper
 * case. `untidy` says that there was something to fold.
 */
export function readSubprotocolList(header: string): { names: readonly string[]; untidy: boolean } {
  const parts = header.split(',').map((part) => part.trim());
  const names = parts.filter((part) => part !== '').map((part) => part.toLowerCase());
  const untidy = names.length !== parts.length || names.some((name) => !header.includes(name));
  return { names, untidy: untidy && header !== '' };
}

/** The version to speak: the one the station is set up for, if it is offered and spoken here. */
export function chooseSubprotocol(offered: readonly string[], setUpFor: string): Subprotocol | undefined {
  return subprotocols.find((name) => name === setUpFor && offered.includes(name));
}
