import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ToldVariable, Variable } from '#core/device-model/device-model.ts';
import { mergeVariable } from '#core/device-model/merge-variable.ts';

const place = { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'HeartbeatInterval' } };
const told = (attributes: ToldVariable['attributes'], more: Partial<ToldVariable> = {}): ToldVariable => ({
  ...place,
  attributes,
  ...more,
});

test('what is told of a variable gives the same in any order and any number of times', () => {
  const value = fc.constantFrom('1', '2', '3');
  const telling = fc.oneof(
    fc.record({ type: fc.constantFrom('ACTUAL' as const, 'TARGET' as const), value }),
    fc.constant('unknown' as const),
  );
  const tellings = fc.array(telling, { minLength: 1, maxLength: 6 });
  const shuffled = tellings.chain((list) => {
    const numbered = list.map((one, index) => ({ one, at: index + 1 }));
    return fc.tuple(
      fc.constant(numbered),
      fc.shuffledSubarray([...numbered, ...numbered], {
        minLength: numbered.length * 2,
        maxLength: numbered.length * 2,
      }),
    );
  });
  const after = (
    list: readonly { one: 'unknown' | { type: 'ACTUAL' | 'TARGET'; value: string }; at: number }[],
  ) =>
    list.reduce<Variable | undefined>((known, { one, at }) => {
      const said = one === 'unknown' ? told([], { unknown: true }) : told([one]);
      return mergeVariable(known, said, at);
    }, undefined);

  fc.assert(
    fc.property(shuffled, ([inOrder, anyOrder]) => {
      const [expected, actual] = [after(inOrder), after(anyOrder)];
      const values = (variable: Variable | undefined) =>
        new Map(variable?.attributes.map(({ type, value: text }) => [type, text]));
      expect(values(actual)).toEqual(values(expected));
      expect(actual?.goneAt !== undefined).toBe(expected?.goneAt !== undefined);
      expect(actual?.reportedAt).toBe(expected?.reportedAt);
    }),
  );
});

test('a value that is told keeps what else is known of it', () => {
  const reported = mergeVariable(
    undefined,
    told([{ type: 'ACTUAL', value: '60', mutability: 'READ_WRITE', persistent: true }], {
      characteristics: { dataType: 'integer', unit: 's' },
    }),
    1,
  );

  expect(mergeVariable(reported, told([{ type: 'ACTUAL', value: '90' }]), 2)).toEqual({
    name: 'HeartbeatInterval',
    attributes: [{ type: 'ACTUAL', value: '90', mutability: 'READ_WRITE', persistent: true, reportedAt: 2 }],
    characteristics: { dataType: 'integer', unit: 's' },
    reportedAt: 2,
  });
});

test('what can only be written has no value, also when it was not known to be so', () => {
  const before = mergeVariable(undefined, told([{ type: 'ACTUAL', value: 'secret' }]), 1);
  const after = mergeVariable(before, told([{ type: 'ACTUAL', mutability: 'WRITE_ONLY' }]), 2);

  expect(JSON.stringify(after)).not.toContain('secret');
  expect(
    JSON.stringify(mergeVariable(after, told([{ type: 'ACTUAL', value: 'secret', pending: 'secret' }]), 3)),
  ).not.toContain('secret');
});

test('a promise for the next restart stands until it is the value, and does not make the old one fresh', () => {
  const before = mergeVariable(undefined, told([{ type: 'ACTUAL', value: '60' }]), 1);
  const promised = mergeVariable(before, told([{ type: 'ACTUAL', pending: '90' }]), 2);
  const again = mergeVariable(promised, told([{ type: 'ACTUAL', value: '60' }]), 3);
  const kept = mergeVariable(again, told([{ type: 'ACTUAL', value: '90' }]), 4);

  const pending = { value: '90', at: 2 };
  expect(promised.attributes).toEqual([{ type: 'ACTUAL', value: '60', pending, reportedAt: 1 }]);
  expect(again.attributes).toEqual([{ type: 'ACTUAL', value: '60', pending, reportedAt: 3 }]);
  expect(kept.attributes).toEqual([{ type: 'ACTUAL', value: '90', reportedAt: 4 }]);
});
