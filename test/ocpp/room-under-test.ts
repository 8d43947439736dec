import { createHash } from 'node:crypto';
import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { stationPki } from '../../functions/adapters/certificates/station-pki.ts';
import { newDynamoClient } from '../../functions/adapters/dynamodb/client.ts';
import {
  openStores,
  type TableNames,
  tenantDirectory,
} from '../../functions/adapters/dynamodb/open-stores.ts';
import { tables } from '../../functions/adapters/dynamodb/tables.ts';
import { forwardData } from '../../functions/adapters/http/forward-data.ts';
import { SessionHints } from '../../functions/core/sessions/session-hints.ts';
import { AcceptedConnections } from '../../functions/core/stations/accepted-connections.ts';
import { usualPolicy } from '../../functions/core/tenants/tenant-policy.ts';
import type { Timer } from '../../functions/core/timers.ts';
import { type Received, receiveFrame } from '../../functions/ocpp/receive-frame.ts';
import type { OcppServices } from '../../functions/ocpp/services.ts';
import type { Subprotocol } from '../../functions/ocpp/subprotocols.ts';
import { loadVersion } from '../../functions/ocpp/versions.ts';
import { newId } from '../../functions/platform/clock.ts';
import { startDynamoEndpoint } from '../../local/dynamodb/endpoint.ts';

export const names: TableNames = { registry: 'registry', operations: 'operations', ledger: 'ledger' };
/** When the tests play, unless they say otherwise. */
export const noon = Date.parse('2030-03-01T12:00:00Z');
export const goodTag = '04A1B2C3D4E5F6';

const region = 'eu-west-1';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** A tenant with its stores on a real engine, a clock to set, and stations that speak to the room. */
export interface Room {
  readonly url: string;
  readonly client: DynamoDBClient;
  readonly services: OcppServices;
  /** What was set to happen later. */
  readonly timers: { readonly timer: Timer; readonly at: number }[];
  now: number;
  /** Makes a station of the tenant, connects it and, unless told otherwise, lets it have booted: it is accepted. */
  givenStation(stationId: string, protocol: Subprotocol, options?: { booted: boolean }): Promise<TestStation>;
  close(): Promise<void>;
}

export interface TestStation {
  readonly stationId: string;
  readonly connectionId: string;
  /** Sends a text as it is. */
  sends(text: string): Promise<Received>;
  /** Sends a call under a fresh message id and gives the payload of its CALLRESULT. */
  calls(action: string, payload: unknown): Promise<Record<string, unknown>>;
}

export async function openRoom(tenantId = 'tenant-1'): Promise<Room> {
  const endpoint = await startDynamoEndpoint({ engine: { kind: 'embedded' } });
  const client = newDynamoClient({ endpoint: endpoint.url, region, credentials });
  await makeTables(client);
  const room: Room = {
    url: endpoint.url,
    client,
    now: noon,
    timers: [],
    services: {
      ...openStores({ client, tables: names, tenantId }),
      ...stationPki({ clock: () => room.now, insideHosts: ['127.0.0.1'] }),
      tenantId,
      tenantSlug: 'demo',
      clock: () => room.now,
      digest: (text) => createHash('sha256').update(text).digest('hex'),
      newId,
      sessionHints: new SessionHints(),
      acceptedConnections: new AcceptedConnections(),
      policy: usualPolicy,
      findTenant: () => tenantDirectory(client, names).findTenant(tenantId),
      forwardData: forwardData(tenantId, { insideHosts: [] }),
      setTimer: async (timer, at) => void room.timers.push({ timer, at }),
    },
    givenStation: (stationId, protocol, options) => givenStation(room, stationId, protocol, options),
    close: async () => {
      client.destroy();
      await endpoint.close();
    },
  };
  await givenTenant(room, tenantId);
  return room;
}

async function givenTenant(room: Room, tenantId: string): Promise<void> {
  const at = { createdAt: noon, updatedAt: noon };
  await tenantDirectory(room.client, names).createTenant({
    tenantId,
    slug: 'demo',
    name: 'Demo',
    status: 'ACTIVE',
    tenantType: 'CPO',
    countryCode: 'DE',
    partyId: 'DMO',
    currency: 'EUR',
    timeZone: 'Europe/Berlin',
    ...at,
  });
  const card = { tokenType: 'RFID', active: true, blocked: false, revision: 1, ...at } as const;
  const expiresAt = noon - 1_000;
  for (const token of [
    { ...card, uid: goodTag, visualId: goodTag, groupId: 'GROUP-1', userId: 'user-1' },
    { ...card, uid: '04A1B2C3D4E5F7', visualId: '04A1B2C3D4E5F7', groupId: 'GROUP-1' },
    { ...card, uid: 'DEADBEEF01', visualId: 'DEADBEEF01', blocked: true },
    { ...card, uid: 'DEADBEEF02', visualId: 'DEADBEEF02', expiresAt },
    { ...card, uid: 'LONGGROUP', visualId: 'LONGGROUP', groupId: 'G'.repeat(37) },
  ]) {
    await room.services.tokens.createToken(token);
  }
}

async function givenStation(
  room: Room,
  stationId: string,
  protocol: Subprotocol,
  { booted } = { booted: true },
): Promise<TestStation> {
  const { services } = room;
  await services.stations.createStation({
    stationId,
    name: stationId,
    protocol,
    securityProfile: 1,
    lifecycle: 'ACTIVE',
    timeZone: 'Europe/Berlin',
    heartbeatIntervalS: 300,
    connectors: [
      { evseId: 1, connectorId: 1, connectorType: 'TYPE_2' },
      { evseId: 2, connectorId: 1, connectorType: 'TYPE_2' },
    ],
    createdAt: noon,
    updatedAt: noon,
    revision: 1,
  });
  const connectionId = `connection-of-${stationId}`;
  await services.live.connect({ stationId, connectionId, protocol, connectedAt: room.now });
  const boot = { stationId, connectionId, bootedAt: room.now, callsFrom: room.now };
  if (booted) await services.live.recordBoot({ ...boot, registration: 'ACCEPTED' });
  const version = await loadVersion(protocol);
  let messages = 0;
  const sends = (text: string) =>
    receiveFrame(version, text, { stationId, connectionId, receivedAt: room.now, services });
  return {
    stationId,
    connectionId,
    sends,
    async calls(action, payload) {
      messages += 1;
      const messageId = `m-${messages}`;
      const { answer, error } = await sends(JSON.stringify([2, messageId, action, payload]));
      const [type, id, result] = JSON.parse(answer ?? '[]');
      if (type !== 3 || id !== messageId) throw new Error(`${action} got ${answer}`, { cause: error });
      return result;
    },
  };
}

async function makeTables(client: DynamoDBClient): Promise<void> {
  for (const role of ['registry', 'operations', 'ledger'] as const) {
    const { partitionKey, sortKey, indexes } = tables[role];
    const keys = [partitionKey, sortKey, ...indexes.flatMap((index) => [index.partitionKey, index.sortKey])];
    await client.send(
      new CreateTableCommand({
        TableName: names[role],
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [...new Set(keys)].map((name) => ({ AttributeName: name, AttributeType: 'S' })),
        KeySchema: keySchema(partitionKey, sortKey),
        GlobalSecondaryIndexes: indexes.map((index) => ({
          IndexName: index.name,
          KeySchema: keySchema(index.partitionKey, index.sortKey),
          Projection: { ProjectionType: index.projection },
        })),
      }),
    );
  }
}

function keySchema(partitionKey: string, sortKey: string) {
  return [
    { AttributeName: partitionKey, KeyType: 'HASH' as const },
    { AttributeName: sortKey, KeyType: 'RANGE' as const },
  ];
}
