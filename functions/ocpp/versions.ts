import type { Subprotocol } from './subprotocols.ts';
import type { OcppVersion } from './version.ts';

/** A version costs nothing until a station speaks it. */
const loaders: Readonly<Record<Subprotocol, () => Promise<OcppVersion>>> = {
  'ocpp2.0.1': async () => (await import('./v201/version.ts')).ocpp201,
  'ocpp1.6': async () => (await import('./v16/version.ts')).ocpp16,
};

export async function loadVersion(subprotocol: Subprotocol): Promise<OcppVersion> {
  return loaders[subprotocol]();
}
