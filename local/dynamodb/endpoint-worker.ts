import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { Authorization } from './authorization.ts';
import { Consumption } from './consumption.ts';
import { EmbeddedEngine } from './embedded-engine.ts';
import type { WorkerOptions, WorkerRequest } from './endpoint.ts';
import { createFront } from './front.ts';
import { RemoteEngine } from './remote-engine.ts';

/** The thread behind `startDynamoEndpoint`: the HTTP server and the engine, next to each other. */
if (parentPort !== null) {
  const port = parentPort;
  const options = workerData as WorkerOptions;
  const location = { region: options.region, account: options.account };
  const engine =
    options.engine.kind === 'remote'
      ? new RemoteEngine({ database: 'opencsms', ...options.engine, region: options.region })
      : await EmbeddedEngine.start({
          ...location,
          ttlSweepMs: options.ttlSweepMs,
          ...(options.engine.dataDir === undefined ? {} : { dataDir: options.engine.dataDir }),
        });
  const authorization = new Authorization(engine, location, options.principals);
  const consumption = new Consumption();
  const server = createFront({ engine, authorization, consumption });

  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
    await engine.close();
  };

  port.on('message', async ({ id, ...request }: WorkerRequest & { id: number }) => {
    let value: unknown;
    if (request.kind === 'setPrincipals') authorization.replace(request.principals);
    if (request.kind === 'consumed') value = consumption.read(request.reset);
    if (request.kind === 'close') await close();
    port.postMessage({ id, value });
    if (request.kind === 'close') port.close();
  });
  server.listen(options.port, '127.0.0.1', () => {
    port.postMessage({ id: 0, value: (server.address() as AddressInfo).port });
  });
  server.once('error', (error) => {
    throw error;
  });
}
