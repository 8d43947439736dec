import { build } from 'esbuild';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadVersion } from '../../functions/ocpp/versions.ts';
import {
  editions,
  type Fixture,
  officialSchemas,
  readFixtures,
  referee,
  type Schema,
} from './fixture-files.ts';

/** Puts anything anywhere into a payload, or takes something out. */
function mutate(node: unknown, path: readonly number[], value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined || typeof node !== 'object' || node === null) return value;
  const keys = Object.keys(node);
  const key = keys[step % (keys.length + 1)];
  if (Array.isArray(node)) {
    if (key === undefined) return [...node, value];
    return node.map((item, index) => (String(index) === key ? mutate(item, rest, value) : item));
  }
  if (key === undefined) return { ...node, added: value };
  const { [key]: member, ...others } = node as Record<string, unknown>;
  return value === undefined ? others : { ...others, [key]: mutate(member, rest, value) };
}

const anyValue = fc.oneof(
  fc.constant(undefined),
  fc.constantFrom(null, '', 'Accepted', '2026-03-01T10:00:00Z', 0, -1, 1.5, 0.1, [], {}, true),
  fc.jsonValue(),
);
/** Payloads that fit a schema, or nearly: official limits on numbers and list lengths are left to chance. */
function payloadOf(schema: Schema, definitions: Schema['definitions']): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) {
    return payloadOf(definitions?.[schema.$ref.replace('#/definitions/', '')] ?? {}, definitions);
  }
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.format === 'date-time') return fc.constant('2026-03-01T10:00:00Z');
  if (schema.format === 'uri') return fc.constant('https://example.org/file');
  switch (schema.type) {
    case 'object': {
      const members = Object.entries(schema.properties ?? {});
      const model = Object.fromEntries(
        members.map(([name, member]) => [name, payloadOf(member, definitions)]),
      );
      return fc.record(model, { requiredKeys: [...(schema.required ?? [])], noNullPrototype: true });
    }
    case 'array':
      return fc.array(payloadOf(schema.items ?? {}, definitions), { minLength: 1, maxLength: 3 });
    case 'integer':
      return fc.integer({ min: 0, max: 5 });
    case 'number':
      return fc.constantFrom(0, 1, 0.1, 16.3);
    case 'boolean':
      return fc.boolean();
    default:
      return fc.string({ unit: 'grapheme', maxLength: Math.min(40, schema.maxLength ?? 40) });
  }
}

const anyPath = fc.array(fc.nat({ max: 12 }), { maxLength: 6 });

describe.each(editions)('validators of $subprotocol', ({ subprotocol, folder, source }) => {
  const official = referee(source);
  const fixtures = readFixtures(folder).filter(({ answers }) => answers === undefined);

  test('they agree with the official schemas on any mutation of any example', async () => {
    const version = await loadVersion(subprotocol);
    fc.assert(
      fc.property(fc.constantFrom(...fixtures), anyPath, anyValue, (fixture: Fixture, path, value) => {
        const payload = JSON.parse(JSON.stringify(mutate(fixture.payload, path, value) ?? null));
        // Where times may stand in more forms than the official format, the two are to differ.
        fc.pre(!JSON.stringify(payload).match(/T\d{2}:\d{2}:\d{2}"/));

        const violation = version.requestChecks[fixture.action]?.(payload, '');

        expect(violation === undefined).toBe(official(`${fixture.action}.req`)(payload));
      }),
      { numRuns: 2_000 },
    );
  });

  test('they agree with the official schemas on any payload of any message', async () => {
    const version = await loadVersion(subprotocol);
    for (const schema of officialSchemas(source)) {
      const id = schema.$id.replace('urn:', '');
      const [action = '', kind] = id.split('.');
      const check = (kind === 'req' ? version.requestChecks : version.responseChecks)[action];
      const payloads = payloadOf(schema, schema.definitions);
      const mutations = fc.option(fc.tuple(anyPath, anyValue));
      fc.assert(
        fc.property(payloads, mutations, (whole, mutation) => {
          const mutated = mutation === null ? whole : mutate(whole, ...mutation);
          const payload = JSON.parse(JSON.stringify(mutated ?? null));

          expect([id, check?.(payload, '') === undefined]).toEqual([id, official(id)(payload)]);
        }),
        { numRuns: 50 },
      );
    }
  });

  test('there is one for every message', async () => {
    const version = await loadVersion(subprotocol);

    expect(Object.keys(version.requestChecks)).toEqual(Object.keys(version.responseChecks));
    expect(Object.keys(version.requestChecks)).toHaveLength(subprotocol === 'ocpp1.6' ? 39 : 64);
  });

  test('they stay small, because every start of the function reads them', async () => {
    const folderOf = subprotocol === 'ocpp1.6' ? 'v16' : 'v201';
    const result = await build({
      entryPoints: [`functions/ocpp/${folderOf}/schema/validators.js`],
      bundle: true,
      minify: true,
      format: 'esm',
      write: false,
    });

    const bytes = result.outputFiles[0]?.contents.byteLength ?? 0;

    expect(bytes).toBeLessThan((subprotocol === 'ocpp1.6' ? 80 : 240) * 1024);
  });
});

test.each([0.1, 0.3, 0.7, 8.1, 16.3, 32.7, 1_000_000.1])(
  'row 50: %d is a multiple of a tenth',
  async (limit) => {
    const { requestChecks } = await loadVersion('ocpp1.6');

    expect(requestChecks.SetChargingProfile?.(chargingProfile(limit), '')).toBeUndefined();
  },
);

test('row 50: a hundredth is not', async () => {
  const { requestChecks } = await loadVersion('ocpp1.6');

  expect(requestChecks.SetChargingProfile?.(chargingProfile(8.15), '')).toMatchObject({
    keyword: 'multipleOf',
  });
});

function chargingProfile(limit: number) {
  return {
    connectorId: 1,
    csChargingProfiles: {
      chargingProfileId: 1,
      stackLevel: 0,
      chargingProfilePurpose: 'TxProfile',
      chargingProfileKind: 'Absolute',
      chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit }] },
    },
  };
}
