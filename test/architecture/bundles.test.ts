import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Metafile } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { bundleDoors, doorNames } from '../../infra/bundling.ts';

const kB = 1000;

/**
 * What each door may read before it opens: a little more than it does. Half of most is the AWS SDK's client for DynamoDB.
 * Who needs more raises the number here and says why in the commit; what few events need is better imported on demand.
 */
const ceilings: Readonly<Record<string, number>> = {
  'admin/admin-api': 840 * kB,
  'graphql/resolve-field': 790 * kB,
  'identity/issue-token': 410 * kB,
  'identity/pre-token': 400 * kB,
  'ocpp/authorize-station': 560 * kB,
  'ocpp/command-timeouts': 550 * kB,
  'ocpp/outbound-calls': 610 * kB,
  'ocpp/station-link': 590 * kB,
  'workers/after-command': 550 * kB,
  'workers/balance-sites': 530 * kB,
  'workers/book-cdr': 520 * kB,
  'workers/close-periods': 520 * kB,
  'workers/count-events': 520 * kB,
  'workers/follow-sessions': 560 * kB,
  'workers/issue-certificates': 770 * kB,
  'workers/job-changed': 550 * kB,
  'workers/maintain': 600 * kB,
  'workers/rate-session': 590 * kB,
  'workers/relay': 380 * kB,
  'workers/end-silent-connections': 520 * kB,
  'workers/renew-certificates': 520 * kB,
  'workers/station-booted': 540 * kB,
  'workers/station-log': 390 * kB,
  'workers/tell-cost': 550 * kB,
  'workers/timers': 570 * kB,
  'workers/update-local-lists': 530 * kB,
};

/** What a door may load on demand: the SDK's other ways to credentials. */
const usualOnDemand = 160 * kB;
/** Of doors that load a version of OCPP with the first station that speaks it, what reads certificates, or S3's client. */
const onDemand: Readonly<Record<string, number>> = {
  'admin/admin-api': 990 * kB,
  'graphql/resolve-field': 630 * kB,
  'ocpp/outbound-calls': 760 * kB,
  'ocpp/station-link': 870 * kB,
  'workers/after-command': 630 * kB,
  'workers/maintain': 630 * kB,
  'workers/station-booted': 630 * kB,
};

const bundles = bundleDoors(mkdtempSync(join(tmpdir(), 'csms-bundles-')));

function inputsOf(door: string): string[] {
  return Object.keys(bundles.get(door)?.metafile.inputs ?? {});
}

/** `index.mjs` and what it imports outright, which is read with it. */
function startOf(outputs: Metafile['outputs'], directory: string): readonly string[] {
  const index = Object.keys(outputs).find((path) => resolve(path) === join(directory, 'index.mjs'));
  const found = new Set(index === undefined ? [] : [index]);
  for (const path of found) {
    for (const { path: next, kind, external } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && !external) found.add(next);
    }
  }
  return [...found];
}

describe('bundles', () => {
  it('have a ceiling each', () => {
    expect(Object.keys(ceilings).sort()).toEqual(doorNames());
  });

  it.each(Object.entries(ceilings))(
    '%s stays below its ceiling, and the ceiling near it',
    (door, ceiling) => {
      const { startBytes = Number.NaN, bytes = Number.NaN } = bundles.get(door) ?? {};

      expect(startBytes).toBeLessThan(ceiling);
      expect(ceiling - startBytes, 'the ceiling is far too high').toBeLessThan(100 * kB);
      expect(bytes - startBytes, 'loaded on demand').toBeLessThan(onDemand[door] ?? usualOnDemand);
    },
  );

  it('read nothing of certificates and neither version of OCPP before a frame wants it', () => {
    const { directory = '', metafile } = bundles.get('ocpp/station-link') ?? {};
    const started = new Set(startOf(metafile?.outputs ?? {}, directory));
    const early = [...started].flatMap((path) => Object.keys(metafile?.outputs[path]?.inputs ?? {}));

    expect(early).toContain('functions/ocpp/receive-frame.ts');
    expect(early.filter((path) => /@peculiar|asn1|ocpp\/v(16|201)\//.test(path))).toEqual([]);
  });

  /** They ask the call desk what a station may be asked, and read what partners say in OCPI's words. */
  const desksCustomers = ['admin', 'graphql', 'workers'];

  it.each(doorNames())('%s holds its own room and no other, call desk and OCPI aside', (door) => {
    const [room = ''] = door.split('/');
    const rooms = inputsOf(door)
      .filter((path) => path.startsWith('functions/'))
      .map((path) => path.split('/')[1] ?? '');

    expect(
      [...new Set(rooms)].filter(
        (name) =>
          ![
            'core',
            'contracts',
            'adapters',
            'platform',
            room,
            ...(desksCustomers.includes(room) ? ['ocpp', 'ocpi'] : []),
          ].includes(name),
      ),
    ).toEqual([]);
  });

  it('hold the client of the bus in one door', () => {
    const publishers = doorNames().filter((door) =>
      inputsOf(door).some((path) => path.includes('client-eventbridge/')),
    );

    expect(publishers).toEqual(['workers/relay']);
  });

  it('hold one language of zod and no tool', () => {
    for (const door of doorNames()) {
      const locales = inputsOf(door).filter((path) => /zod\/.*\/locales\/(?!en\.|index\.)/.test(path));
      const tools = inputsOf(door).filter((path) =>
        /node_modules\/(ajv|typescript|aws-cdk-lib|esbuild|vitest)\//.test(path),
      );

      expect(locales, door).toEqual([]);
      expect(
        tools.filter((path) => !path.includes('ajv/dist/runtime/')),
        door,
      ).toEqual([]);
    }
  });

  it('are ES modules that require nothing when they run', () => {
    for (const { door, directory } of bundles.values()) {
      const pieces = readdirSync(directory).map((name) => readFileSync(join(directory, name), 'utf8'));
      const start = readFileSync(join(directory, 'index.mjs'), 'utf8');

      const requiring = pieces.filter((code) => code.includes('Dynamic require of'));
      expect(requiring.length, `${door} calls require, which ES modules lack`).toBe(0);
      expect(start, door).toMatch(/export\s*\{[^}]*handler/);
    }
  });
});
