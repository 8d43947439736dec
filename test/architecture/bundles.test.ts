import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleDoors, doorNames } from '../../infra/bundling.ts';

const kB = 1000;

/**
 * What each door may weigh: a little more than it does. Half of most is the AWS SDK's client for DynamoDB; the doors
 * of stations carry the validators of both OCPP versions, of which a station's own are loaded. Who needs more raises
 * the number here and says why in the commit.
 */
const ceilings: Readonly<Record<string, number>> = {
  'admin/admin-api': 1650 * kB,
  'graphql/resolve-field': 1120 * kB,
  'identity/pre-token': 520 * kB,
  'ocpp/authorize-station': 610 * kB,
  'ocpp/command-timeouts': 580 * kB,
  'ocpp/outbound-calls': 1300 * kB,
  'ocpp/station-link': 1380 * kB,
  'workers/after-command': 1110 * kB,
  'workers/count-events': 640 * kB,
  'workers/balance-sites': 620 * kB,
  'workers/issue-certificates': 850 * kB,
  'workers/renew-certificates': 620 * kB,
  'workers/job-changed': 700 * kB,
  'workers/book-cdr': 560 * kB,
  'workers/close-periods': 560 * kB,
  'workers/follow-sessions': 680 * kB,
  'workers/rate-session': 620 * kB,
  'workers/station-booted': 1060 * kB,
  'workers/station-log': 560 * kB,
  'workers/relay': 490 * kB,
  'workers/tell-cost': 680 * kB,
  'workers/update-local-lists': 600 * kB,
  'workers/timers': 640 * kB,
};

const bundles = bundleDoors(mkdtempSync(join(tmpdir(), 'csms-bundles-')));

function inputsOf(door: string): string[] {
  return Object.keys(bundles.get(door)?.metafile.inputs ?? {});
}

describe('bundles', () => {
  it('have a ceiling each', () => {
    expect(Object.keys(ceilings).sort()).toEqual(doorNames());
  });

  it.each(Object.entries(ceilings))(
    '%s stays below its ceiling, and the ceiling near it',
    (door, ceiling) => {
      const bytes = bundles.get(door)?.bytes ?? Number.NaN;

      expect(bytes).toBeLessThan(ceiling);
      expect(ceiling - bytes, 'the ceiling is far too high').toBeLessThan(150 * kB);
    },
  );

  /** They ask the call desk what a station may be asked. */
  const desksCustomers = ['admin', 'graphql', 'workers'];

  it.each(doorNames())('%s holds its own room and no other, the call desk aside', (door) => {
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
            ...(desksCustomers.includes(room) ? ['ocpp'] : []),
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
      const code = readFileSync(join(directory, 'index.mjs'), 'utf8');

      expect(code.includes('Dynamic require of'), `${door} calls require, which ES modules lack`).toBe(false);
      expect(code, door).toMatch(/export\s*\{[^}]*handler/);
    }
  });
});
