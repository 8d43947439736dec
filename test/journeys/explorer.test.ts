import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SocketClient } from '../local/appsync/socket-client.ts';
import { askGraphql } from '../support/graphql-client.ts';
import { type System, startSystem } from '../support/system.ts';

/** What the page starts Altair with, as far as it matters here. */
interface Tab {
  readonly endpointURL: string;
  readonly initialName: string;
  readonly initialQuery: string;
  readonly initialVariables: string;
  readonly initialHeaders: Readonly<Record<string, string>>;
  readonly initialSubscriptionRequestHandlerId: string;
  readonly initialSubscriptionsPayload: Readonly<Record<string, string>>;
}
interface Options {
  readonly initialWindows: readonly Tab[];
  readonly initialEnvironments: {
    readonly activeSubEnvironment: string;
    readonly subEnvironments: readonly {
      readonly title: string;
      readonly variables: { readonly jwt: string };
    }[];
  };
}

let system: System;
let page: string;
beforeAll(async () => {
  system = await startSystem();
  page = system.endpoints.explorer ?? '';
});
afterAll(async () => {
  await system.close();
});

async function textOf(url: string): Promise<string> {
  const response = await fetch(url);
  expect(`${url}: ${response.status}`).toBe(`${url}: 200`);
  return response.text();
}

/** Runs the script that starts Altair, with something in Altair's place that keeps what it is given. */
async function optionsOfPage(): Promise<Options> {
  const started: Options[] = [];
  const AltairGraphQL = { init: (options: Options) => started.push(options) };
  runInNewContext(await textOf(`${page}options.js`), { AltairGraphQL });
  const [options] = started;
  if (!options) throw new Error('nothing was started');
  return options;
}

it('gives the page, and every file that the page and its scripts name', async () => {
  const html = await textOf(page);
  const named = [...html.matchAll(/(?:src|href)="([^"/][^"]*)"/g)].map(([, file = '']) => file);
  const main = await textOf(`${page}main.js`);
  const chunks = [...main.matchAll(/\.\/(chunk-\w+\.js)/g)].map(([, file = '']) => file);

  const files = new Set([...named, ...chunks]);
  for (const file of files) expect((await textOf(page + file)).length).toBeGreaterThan(0);
  expect(files).toContain('options.js');
  expect(files.size).toBeGreaterThan(20);
});

it('keeps the page from asking anybody but this machine', async () => {
  const policy = (await fetch(page)).headers.get('content-security-policy') ?? '';
  const addresses = policy.match(/\b(https?|wss?):\/\/[^/ ;]+/g) ?? [];

  expect(policy).toContain("default-src 'self'");
  expect(policy).not.toContain('*');
  expect(new Set(addresses.map((address) => new URL(address).host))).toEqual(new Set([new URL(page).host]));
});

it('is only where it is: what is beside it belongs to the app, and no other file can be had', async () => {
  const { http } = system.endpoints;
  const shortened = await fetch(`${http}/explorer`, { redirect: 'manual' });
  const beside = await fetch(`${http}/explorers/`);
  const outside = await Promise.all(
    ['..%2f..%2fpackage.json', '%2e%2e/index.js', 'nothing.js', 'assets'].map((file) => fetch(page + file)),
  );

  expect([shortened.status, shortened.headers.get('location')]).toEqual([302, '/explorer/']);
  expect(beside.status).not.toBe(200);
  expect(outside.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
});

it('asks as every user of the demo, whose tokens are fresh, and begins as the administrator', async () => {
  const { initialEnvironments, initialWindows } = await optionsOfPage();
  const { subEnvironments, activeSubEnvironment } = initialEnvironments;

  const answers = await Promise.all(
    subEnvironments.map(({ title, variables }) =>
      askGraphql({ graphql: system.endpoints.graphql, jwt: variables.jwt }, '{ __typename }').then(
        ({ data }) => [title, data],
      ),
    ),
  );

  expect(answers).toEqual(
    system.endpoints.users.map(({ tenant, role }) => [
      `${tenant ?? 'platform'} ${role}`,
      { __typename: 'Query' },
    ]),
  );
  expect(activeSubEnvironment).toBe('demo TENANT_ADMIN');
  for (const tab of initialWindows) expect(tab.initialHeaders).toEqual({ Authorization: '{{jwt}}' });
});

it('begins with requests that work, and with a subscription that AppSync’s protocol takes', async () => {
  const { initialEnvironments, initialWindows } = await optionsOfPage();
  const [{ variables } = { variables: { jwt: '' } }] = initialEnvironments.subEnvironments;

  for (const tab of initialWindows.filter(({ initialQuery }) => initialQuery.startsWith('query'))) {
    const endpoint = { graphql: tab.endpointURL, jwt: variables.jwt };
    const answer = await askGraphql(endpoint, tab.initialQuery, JSON.parse(tab.initialVariables));
    expect(answer).not.toHaveProperty('errors');
  }
  const live = initialWindows.filter(({ initialQuery }) => initialQuery.startsWith('subscription'));
  expect(live).toHaveLength(1);
  for (const tab of live) {
    expect(tab.initialSubscriptionRequestHandlerId).toBe('app-sync');
    expect(tab.initialSubscriptionsPayload.aws_appsync_graphqlEndpoint).toBe(system.endpoints.graphql);
    const client = await SocketClient.connect(Number(new URL(tab.endpointURL).port), variables.jwt);
    expect(await client.start('1', tab.initialQuery)).toMatchObject({ type: 'start_ack' });
    client.socket.close();
    await client.closed();
  }
});
