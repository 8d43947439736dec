import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { Amplify } from 'aws-amplify';
import { generateClient } from 'aws-amplify/api';
import { decodeJWT } from 'aws-amplify/auth';
import { Hub } from 'aws-amplify/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AppSyncHost, createAppSyncHost } from '../../../local/appsync/host.ts';
import { ensureLocalCa } from '../../../local/tls/certificates.ts';
import { type Issuer, PUBLISHER_KEY, serve, startIssuer, stationApi } from './api-under-test.ts';

let directory: string;
let issuer: Issuer;
let host: AppSyncHost;
let stop: () => Promise<void>;
const client = generateClient();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'appsync-tls-'));
  const { ca, cert, key } = await ensureLocalCa(directory);
  setDefaultCACertificates([...getCACertificates('default'), ca]);
  issuer = await startIssuer();
  host = createAppSyncHost(stationApi(issuer.issuer));
  const { port, close } = await serve(host, { cert, key });
  stop = close;
  const accessToken = decodeJWT(await issuer.mint({ tenantId: 't1' }));
  Amplify.configure(
    {
      API: {
        GraphQL: {
          endpoint: `https://localhost:${port}/graphql`,
          region: 'eu-west-1',
          defaultAuthMode: 'userPool',
        },
      },
    },
    { Auth: { tokenProvider: { getTokens: async () => ({ accessToken }) } } },
  );
});
afterAll(async () => {
  await stop();
  await issuer.close();
  await rm(directory, { recursive: true });
});

interface Event {
  readonly stationId: string;
}

/** Subscribes and gives the first event, or the refusal; `ready` is the acknowledgement. */
function subscribe(variables: Record<string, unknown>) {
  const first = Promise.withResolvers<Event>();
  const operation = client.graphql({
    query: `subscription Events($tenantId: ID!, $stationIds: [ID!]) {
      onStationEvent(tenantId: $tenantId, stationIds: $stationIds) { stationId }
    }`,
    variables,
  });
  if (!('subscribe' in operation)) throw new Error('This is no subscription');
  const subscription = operation.subscribe({
    next: ({ data }: { data: { onStationEvent: Event } }) => first.resolve(data.onStationEvent),
    error: first.reject,
  });
  return { first: first.promise, unsubscribe: () => subscription.unsubscribe() };
}

/** Settles when the library has seen the next `start_ack`. */
function subscriptionAcknowledged(): Promise<void> {
  return new Promise((resolve) => {
    const stopListening = Hub.listen('api', ({ payload }) => {
      if (payload.event !== 'Subscription ack') return;
      stopListening();
      resolve();
    });
  });
}

const publish = (stationId: string, tenantId = 't1') =>
  host.executeAsIam({
    accessKeyId: PUBLISHER_KEY,
    query: `mutation P($event: StationEventInput!) {
      publishStationEvent(event: $event) { tenantId stationId status }
    }`,
    variables: { event: { tenantId, stationId, status: 'Available' } },
  });

describe('an aws-amplify client', () => {
  it('queries and mutates', async () => {
    const query = await client.graphql({ query: '{ stations(count: 2) { id connectors { status } } }' });
    const mutation = await client.graphql({
      query: 'mutation Rename($name: String!) { renameStation(id: "S1", name: $name) { name } }',
      variables: { name: 'Harbour' },
    });

    expect(query).toEqual({
      data: {
        stations: [
          { id: 'S0', connectors: [{ status: 'Available' }] },
          { id: 'S1', connectors: [{ status: 'Available' }] },
        ],
      },
      extensions: undefined,
    });
    expect(mutation).toMatchObject({ data: { renameStation: { name: 'Harbour' } } });
  });

  it('gets the errors of a field as the library reports them', async () => {
    const failing = client.graphql({ query: '{ failing(how: "offline") }' });

    await expect(failing).rejects.toMatchObject({
      data: { failing: null },
      errors: [{ errorType: 'Lambda:Unhandled', message: 'The station is offline', path: ['failing'] }],
    });
  });

  it('subscribes over wss and gets what passes its filter', async () => {
    const acknowledged = subscriptionAcknowledged();
    const { first, unsubscribe } = subscribe({ tenantId: 't1', stationIds: ['S2'] });
    await acknowledged;

    await publish('S1');
    await publish('S2', 't2');
    await publish('S2');

    expect(await first).toEqual({ stationId: 'S2' });
    unsubscribe();
  });

  it('learns that too many ids were asked for', async () => {
    const { first } = subscribe({ tenantId: 't1', stationIds: ['1', '2', '3', '4', '5', '6'] });

    await expect(first).rejects.toMatchObject({
      errors: [{ message: expect.stringContaining('in takes a list of 1 to 5 scalars') }],
    });
  });

  it('learns that another tenant is out of reach', async () => {
    const { first } = subscribe({ tenantId: 't2' });

    await expect(first).rejects.toMatchObject({
      errors: [{ message: expect.stringContaining('Not Authorized to access onStationEvent') }],
    });
  });
});
