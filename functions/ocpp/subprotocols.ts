/** The subprotocol names of the versions spoken here, the preferred one first. */
export const subprotocols = ['ocpp2.0.1', 'ocpp1.6'] as const;

export type Subprotocol = (typeof subprotocols)[number];

export function isSubprotocol(name: string): name is Subprotocol {
  return subprotocols.some((known) => known === name);
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
