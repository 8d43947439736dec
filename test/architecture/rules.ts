import { readdirSync } from 'node:fs';
import type { IForbiddenRuleType } from 'dependency-cruiser';

/** What every room may lean on, and what leans on none. */
const noRooms = ['adapters', 'contracts', 'core', 'platform'];
export const rooms = readdirSync('functions', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !noRooms.includes(entry.name))
  .map(({ name }) => name);
const door = '[.]handler[.]ts$';

/** A package of npm, as dependency-cruiser sees its path. */
const npm = (name: string) => `^node_modules/(@types/)?${name}/`;

/** `folder` may import what is listed, and nothing else: a new package or room is refused until somebody allows it. */
function mayImport(
  name: string,
  comment: string,
  from: IForbiddenRuleType['from'],
  allowed: readonly string[],
): IForbiddenRuleType {
  return { name, comment, severity: 'error', from, to: { pathNot: [...allowed] } };
}

const roomRules = rooms.map((room) =>
  mayImport(
    `room-${room}`,
    `Files of the room ${room} import the core, their own room, zod, the logger, the clock, what a warm function remembers, and Node's hashes and timers; never an adapter, never another room.`,
    { path: `^functions/${room}/`, pathNot: door },
    [
      '^functions/core/',
      `^functions/${room}/`,
      '^functions/platform/(logger|clock|remembered)[.]ts$',
      npm('zod'),
      npm('aws-lambda'),
      npm('@aws-lambda-powertools/(logger|metrics)'),
      '^(crypto|timers/promises)$',
      // Statements leave as tables.
      ...(room === 'admin' ? [npm('csv-stringify')] : []),
    ],
  ),
);

const doorRules = rooms.map((room) =>
  mayImport(
    `doors-of-${room}`,
    `Doors of the room ${room} compose it with adapters and platform; of other rooms they know the call desk and the readers and writers of OCPI's tariffs, sessions and CDRs.`,
    { path: `^functions/${room}/.*${door}` },
    [
      '^functions/(core|contracts|adapters|platform)/',
      `^functions/${room}/`,
      // The front desk of the room that speaks with stations: whoever asks for calls to them comes here.
      '^functions/ocpp/call-desk[.]ts$',
      // What partners say of prices and sessions: whoever is told of them in OCPI's words hands these to its room.
      '^functions/ocpi/(tariff|charging-period|cdr)[.]ts$',
      npm('zod'),
      npm('aws-lambda'),
      npm('@aws-lambda-powertools/metrics'),
      '^(crypto|timers/promises|zlib)$',
    ],
  ),
);

/** Who may import whom, one sentence for each wall. Checked by `imports.test.ts`; silencing a lint does not help here. */
export const rules: readonly IForbiddenRuleType[] = [
  mayImport(
    'core-alone',
    'The core imports nothing but itself: no package, no Node, no protocol, no AWS.',
    { path: '^functions/core/', pathNot: '^functions/core/tariffs/decimal[.]ts$' },
    ['^functions/core/'],
  ),
  mayImport(
    'core-decimal',
    'Exact arithmetic comes into the core through one file.',
    { path: '^functions/core/tariffs/decimal[.]ts$' },
    ['^functions/core/', npm('big[.]js')],
  ),
  mayImport(
    'contracts-plain',
    'Contracts import zod and the words of the core.',
    { path: '^functions/contracts/' },
    ['^functions/(core|contracts)/', npm('zod')],
  ),
  ...roomRules,
  ...doorRules,
  {
    name: 'versions-apart',
    comment: 'OCPP versions never import each other.',
    severity: 'error',
    from: { path: '^functions/ocpp/(v[0-9]+)/' },
    to: { path: '^functions/ocpp/v[0-9]+/', pathNot: '^functions/ocpp/$1/' },
  },
  mayImport(
    'adapters-behind-ports',
    'Adapters import the core whose ports they implement, what the bus carries, the AWS SDK and the parts of X.509; never a room.',
    { path: '^functions/adapters/' },
    [
      '^functions/(core|contracts|adapters)/',
      '^functions/platform/(logger|config|clock)[.]ts$',
      npm('@aws-sdk/[^/]+'),
      npm('@smithy/[^/]+'),
      npm('zod'),
      npm('uuid'),
      npm('aws-lambda'),
      npm('@peculiar/[^/]+'),
      '^(crypto|dns|https?|net|timers/promises)$',
    ],
  ),
  {
    name: 'adapters-apart',
    comment:
      'Adapters of one kind know no other kind; whichever calls an address that came from outside does so by the one guarded post.',
    severity: 'error',
    from: { path: '^functions/adapters/([^/]+)/' },
    to: { path: '^functions/adapters/', pathNot: '^functions/adapters/($1/|http/post-to-public[.]ts$)' },
  },
  mayImport(
    'platform-below',
    'The platform knows no room, no adapter and no rule of charging.',
    { path: '^functions/platform/' },
    [
      '^functions/platform/',
      '^functions/core/ports[.]ts$',
      npm('@aws-lambda-powertools/[^/]+'),
      npm('@middy/core'),
      npm('aws-lambda'),
      npm('uuid'),
    ],
  ),
  mayImport(
    'infra-by-path',
    'Infrastructure names doors by path; of our code it imports the table declaration, the contracts, the list of fields not built, and the line that tells of a change the audit trail misses.',
    { path: '^(infra/|bin/csms[.]ts$)' },
    [
      '^infra/',
      '^functions/adapters/dynamodb/tables[.]ts$',
      '^functions/contracts/',
      '^functions/core/audit/record-change[.]ts$',
      '^graphql/not-built[.]ts$',
      npm('(aws-cdk-lib|cdk-nag|constructs|esbuild|graphql|zod)'),
      '^(node:)?(fs|path)$',
    ],
  ),
  mayImport(
    'resolvers-small',
    'AppSync resolvers import AppSync’s own module and what they share.',
    { path: '^graphql/(resolvers|shared)/' },
    ['^graphql/shared/', npm('@aws-appsync/utils')],
  ),
  {
    name: 'local-runs-artefacts',
    comment: 'The local cloud runs what was built; it imports nothing of the product.',
    severity: 'error',
    from: { path: '^local/' },
    to: { path: '^(functions|infra|graphql)/' },
  },
  {
    name: 'product-without-tools',
    comment: 'Nothing that is deployed imports tests, scripts or the local cloud.',
    severity: 'error',
    from: { path: '^(functions|infra|graphql)/' },
    to: { path: '^(test|scripts|local|bin)/' },
  },
  {
    name: 'stations-outside',
    comment: 'Virtual stations know what stations know: the wire, and where the system answers.',
    severity: 'error',
    from: { path: '^bin/simulator/' },
    to: { path: '^(functions|infra|graphql|local)/' },
  },
  {
    name: 'tools-without-tests',
    comment: 'Commands and generators run without the tests.',
    severity: 'error',
    from: { path: '^(bin|scripts|local)/' },
    to: { path: '^test/' },
  },
  {
    name: 'no-circles',
    comment: 'No file imports itself by way of others, types aside.',
    severity: 'error',
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
  },
  {
    name: 'resolvable',
    comment: 'Every import leads somewhere.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
];
