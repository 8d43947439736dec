import type { LocalEndpoints } from '../../bin/local-endpoints.ts';
import { type LocalSystem, startLocalSystem } from '../../bin/local-system.ts';
import type { ChaosSettings } from '../../local/events/chaos.ts';

/** The whole system as a test uses it. */
export interface System {
  readonly endpoints: LocalEndpoints;
  readonly local: LocalSystem;
  /** Resolves when nothing is under way any more. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the synthesized app with the demo data, on free ports, in memory unless a folder is given. */
export async function startSystem(
  options: { dataDir?: string; chaos?: ChaosSettings; warm?: boolean } = {},
): Promise<System> {
  const local = await startLocalSystem({
    assemblyDir: '.local/assembly',
    port: 0,
    tlsPort: 0,
    seed: 'demo',
    times: { retryMs: 50 },
    ...options,
  });
  return { endpoints: local.endpoints, local, idle: () => local.cloud.idle(), close: () => local.close() };
}
