import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { authorityRecord } from '#adapters/dynamodb/authority-record.ts';
import { engineFromEnvironment } from '../local/dynamodb/engine-from-environment.ts';
import type { ChaosSettings } from '../local/events/chaos.ts';
import { createExplorer, explorerPath } from '../local/explorer/explorer.ts';
import { type Cloud, type CloudTimes, startCloud } from '../local/start-cloud.ts';
import { synthIfChanged } from '../local/synth.ts';
import { issueStationCertificate } from '../local/tls/certificates.ts';
import { demoClients, demoTenants } from './demo/demo-data.ts';
import { seedDemo } from './demo/seed.ts';
import { type LocalEndpoints, readLocalEndpoints } from './local-endpoints.ts';

const dayS = 24 * 60 * 60;

export interface LocalSystemOptions {
  /** Where the synthesized app is kept. */
  readonly assemblyDir: string;
  /** Keeps everything across restarts; absent: everything ends with the process. */
  readonly dataDir?: string;
  readonly tlsDir?: string;
  readonly logsDir?: string;
  /** 0 takes a free one. */
  readonly port?: number;
  readonly tlsPort?: number;
  readonly seed: 'demo' | 'none';
  /** Loads every function before anybody asks, so that no first request waits for it. */
  readonly warm?: boolean;
  readonly chaos?: ChaosSettings;
  readonly times?: CloudTimes;
  readonly logger?: (line: string) => void;
}

/** The whole system on this machine. */
export interface LocalSystem {
  readonly cloud: Cloud;
  readonly endpoints: LocalEndpoints;
  /** A client of its tables that may do everything. */
  readonly dynamo: DynamoDBClient;
  readonly tables: { readonly registry: string; readonly operations: string; readonly ledger: string };
  /**
   * Lets stations in with the certificates that the system gives them. Done at the start of a warm system; in one that
   * is not it takes as long as the REST API's first answer.
   */
  trustStationAuthority(): Promise<void>;
  close(): Promise<void>;
}

/** Synthesizes the app if anything changed, runs it, and puts the demo data into it. Resolves when it answers. */
export async function startLocalSystem(options: LocalSystemOptions): Promise<LocalSystem> {
  const { logger = () => {}, dataDir } = options;
  const assemblyDir = await synthIfChanged({ stage: 'local', outDir: options.assemblyDir, logger });
  const chosen = await engineFromEnvironment(
    dataDir === undefined ? {} : { dataDir: join(dataDir, 'dynamodb') },
  );
  logger('Starting the local cloud …');
  const { seed, assemblyDir: _, warm: __, ...rest } = options;
  const cloud = await startCloud({ ...rest, assemblyDir, dynamo: chosen.engine }).catch(
    async (error: unknown) => {
      await chosen.close();
      throw error;
    },
  );
  const dynamo = new DynamoDBClient(cloud.clientConfig('dynamodb'));
  const tables = {
    registry: cloud.table('registry'),
    operations: cloud.table('operations'),
    ledger: cloud.table('ledger'),
  };
  const close = async (): Promise<void> => {
    dynamo.destroy();
    await cloud.close();
    await chosen.close();
  };
  try {
    if (seed === 'demo') await seedEverything(cloud, dynamo, tables);
    if (options.warm) await cloud.warmUp();
    const endpoints = await endpointsOf(cloud, seed);
    cloud.serveFirst(explorerOf(cloud, endpoints));
    const trustStationAuthority = async (): Promise<void> => {
      const pem = (await authorityRecord(dynamo, tables).find()) ?? (await makeStationAuthority(endpoints));
      if (pem !== undefined) cloud.trustStationAuthority(pem);
    };
    if (options.warm) {
      await trustStationAuthority().catch((error: unknown) =>
        logger(`The certificates that stations get will not let them in: ${error}`),
      );
    }
    return { cloud, endpoints, dynamo, tables, trustStationAuthority, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function seedEverything(
  cloud: Cloud,
  client: DynamoDBClient,
  tables: LocalSystem['tables'],
): Promise<void> {
  const { ref } = cloud.resource('AWS::SecretsManager::Secret', 'pepper');
  await seedDemo({ client, tables, pepper: cloud.secret(ref) });
  for (const { clientId, clientSecret } of demoClients) {
    cloud.issuer.addClient({ clientId, clientSecret, scopes: ['csms/access'] });
  }
  for (const { tenant, stations } of demoTenants) {
    for (const { station } of stations) {
      await issueStationCertificate(cloud.tlsDir, { tenant: tenant.slug, stationId: station.stationId });
    }
  }
}

async function endpointsOf(cloud: Cloud, seed: 'demo' | 'none'): Promise<LocalEndpoints> {
  const clients = seed === 'demo' ? demoClients : [];
  const users = await Promise.all(
    clients.map(async ({ tenantSlug, role, clientId, clientSecret }) => ({
      ...(tenantSlug === undefined ? {} : { tenant: tenantSlug }),
      role,
      clientId,
      clientSecret,
      jwt: await cloud.issuer.mintToken({ clientId, ttlSeconds: dayS }),
    })),
  );
  const tenants =
    seed === 'demo' ? demoTenants.map(({ tenant }) => ({ id: tenant.tenantId, slug: tenant.slug })) : [];
  return {
    stage: 'local',
    ...cloud.urls,
    caFile: relative(process.cwd(), cloud.caFile),
    explorer: `${cloud.urls.http}${explorerPath}`,
    tenants,
    users,
  };
}

/** The page asks as the users who may sign in; without them whoever uses it brings a token. */
function explorerOf(cloud: Cloud, { graphql, graphqlRealtime, users }: LocalEndpoints) {
  const region = cloud.clientConfig().region;
  return createExplorer({
    graphql,
    graphqlRealtime,
    region,
    users: users.map(({ tenant, role, clientId }) => ({
      name: `${tenant ?? 'platform'} ${role}`,
      token: () => cloud.issuer.mintToken({ clientId, ttlSeconds: dayS }),
    })),
  });
}

/** The REST API makes the authority's certificate for the first who asks. Without users there is nobody to ask. */
async function makeStationAuthority({ admin, users }: LocalEndpoints): Promise<string | undefined> {
  const member = users.find(({ tenant, role }) => tenant !== undefined && role === 'TENANT_ADMIN');
  if (!member) return undefined;
  const url = `${admin}/certificates/ca`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${member.jwt}` } });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`GET ${url} answers ${answer.status}: ${text}`);
  return text;
}

/** Says where everything is to whoever looks for the file; its appearance means that everything answers. */
export async function writeEndpoints(file: string, endpoints: LocalEndpoints): Promise<void> {
  await mkdir(dirname(resolve(file)), { recursive: true });
  await writeFile(file, `${JSON.stringify(endpoints, null, 2)}\n`, { mode: 0o600 });
}

export async function removeEndpoints(file: string): Promise<void> {
  await rm(file, { force: true });
}

/** Removes what a system left behind that was killed; the file of one that runs stays. */
export async function removeStaleEndpoints(file: string): Promise<void> {
  const endpoints = await readLocalEndpoints(file).catch(() => undefined);
  const answer = endpoints && (await fetch(`${endpoints.admin}/health`).catch(() => undefined));
  if (!answer?.ok) await removeEndpoints(file);
}
