import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SocketClient } from '../local/appsync/socket-client.ts';
import { jwtOf } from '../support/given.ts';
import { askGraphql } from '../support/graphql-client.ts';
import { type GuideRequest, type GuideScript, Learned, stepsOf } from '../support/guide.ts';
import { type System, startSystem } from '../support/system.ts';

const page = readFileSync('docs/graphql.md', 'utf8');
const steps = stepsOf(page);
const learned = new Learned();
const running: ChildProcess[] = [];

let system: System;
let jwt: string;
let scripts: string;

beforeAll(async () => {
  system = await startSystem({ warm: true });
  jwt = jwtOf(system.endpoints, 'demo');
  await mkdir('.local', { recursive: true });
  scripts = await mkdtemp(resolve('.local/guide-'));
  const now = new Date();
  const firstOf = (month: number): string => new Date(Date.UTC(now.getUTCFullYear(), month, 1)).toISOString();
  learned.set('month', firstOf(now.getUTCMonth()).slice(0, 7));
  learned.set('monthStart', firstOf(now.getUTCMonth()));
  learned.set('monthEnd', firstOf(now.getUTCMonth() + 1));
});
afterAll(async () => {
  for (const child of running) child.kill();
  await rm(scripts, { recursive: true, force: true });
  await system.close();
});

/** The page names the port of `npm start`; tests run at another. */
const atThisPort = (text: string): string =>
  text.replaceAll('127.0.0.1:8080', new URL(system.endpoints.http).host);

/** What the page says about a script's command line: the words after its name. */
function commandLineOf(file: string): string[] {
  const [, words = ''] = page.match(new RegExp(`\`[^\`]*npx node ${file}([^\`]*)\``)) ?? [];
  return words
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => String(learned.fill(word)));
}

async function runCommands({ text }: GuideScript): Promise<void> {
  const shell = await promisify(execFile)('sh', ['-euc', atThisPort(text)], {
    env: { ...process.env, TOKEN: jwt },
  });

  expect(JSON.parse(shell.stdout)).not.toHaveProperty('errors');
}

/** Starts a script, as the page says, and waits for the first lines that it prints. */
async function runScript({ text }: GuideScript, lines: number): Promise<string[]> {
  const [, file = ''] = text.match(/^\/\/ (\S+)\n/) ?? [];
  await writeFile(join(scripts, file), atThisPort(text));
  const child = spawn(resolve('node_modules/.bin/node'), [join(scripts, file), ...commandLineOf(file)], {
    env: { ...process.env, TOKEN: jwt },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  const printed: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    printed.push(line);
    if (printed.length === lines) break;
  }
  return printed;
}

async function runSubscription({ query }: GuideRequest, variables: object): Promise<void> {
  const client = await SocketClient.connect(Number(new URL(system.endpoints.http).port), jwt);

  expect(await client.start('guide', query, variables)).toMatchObject({ type: 'start_ack' });
  if ('id' in variables) expect(await client.next()).toMatchObject({ type: 'data' });
  client.socket.close();
  await client.closed();
}

async function runRequest(request: GuideRequest): Promise<void> {
  const variables = learned.fill(request.variables) as Record<string, unknown>;
  if (request.query.startsWith('subscription')) return runSubscription(request, variables);
  const answer = await askGraphql({ graphql: system.endpoints.graphql, jwt }, request.query, variables);

  if (request.answer) expect(answer).toMatchObject(request.answer);
  else expect(answer).not.toHaveProperty('errors');
  learned.take(answer.data);
}

it.each(steps.map((step, index) => ({ ...step, number: index + 1 })))(
  'step $number of the guide works: $title',
  {
    timeout: 60_000,
  },
  async (step) => {
    if (step.kind === 'graphql') await runRequest(step);
    else if (step.kind === 'sh') await runCommands(step);
    else if (step.text.startsWith('// station.mjs')) expect(await runScript(step, 1)).toEqual(['connected']);
    else expect((await runScript(step, 2)).join('\n')).toMatch(/^start_ack.*\ndata .*currentPower/);

    await system.idle();
  },
);

it('the guide has led to a bill that is on a statement and in the revenue', () => {
  expect(steps.length).toBeGreaterThan(25);
  expect(learned.get('billing')).toBe('BILLABLE');
  expect(learned.get('statementId')).toBeTypeOf('string');
  expect(learned.get('cdrsCount')).toBe(1);
});
