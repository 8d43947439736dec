import { describe, expect, test } from 'vitest';
import { compileFilterPattern } from '../../../local/logs/filter-pattern.ts';

describe('a filter pattern', () => {
  test.each([
    ['', 'anything at all', true],
    ['{ $.kind = "audit" }', '{"level":"INFO","kind":"audit"}', true],
    ['{$.kind="audit"}', '{"kind":"audit"}', true],
    ['{ $.kind = "audit" }', '{"kind":"auditing"}', false],
    ['{ $.kind = "audit" }', '{"other":"audit"}', false],
    ['{ $.kind = "audit" }', '{"inner":{"kind":"audit"}}', false],
    ['{ $.kind = "audit" }', 'no JSON, "kind": "audit"', false],
    ['{ $.kind = "say \\"x\\"" }', '{"kind":"say \\"x\\""}', true],
    ['{ $.frame.action = "Heartbeat" }', '{"frame":{"action":"Heartbeat"}}', true],
    ['{ $.frame.action = "Heartbeat" }', '{"frame":["action","Heartbeat"]}', false],
    ['{ $.frame = * }', '{"frame":"x"}', true],
    ['{ $.frame = "*" }', '{"frame":3}', true],
    ['{ $.frame = * }', '{"frame":false}', true],
    ['{ $.frame = * }', '{"frame":null}', false],
    ['{ $.frame = * }', '{"frame":{"a":1}}', false],
    ['{ $.frame = * }', '{"a":"frame"}', false],
  ])('%s of %s: %s', (pattern, line, expected) => {
    expect(compileFilterPattern(pattern)(line)).toBe(expected);
  });

  test.each([
    'ERROR',
    '[a, b]',
    '%a+%',
    '{ $.a = 1 }',
    '{ $.a != "b" }',
    '{ $.a = "b*" }',
    '{ $.a = %b% }',
    '{ $.a IS TRUE }',
    '{ $.a[0] = "b" }',
    '{ ($.a = "b") && ($.c = "d") }',
  ])('of a kind not known here is refused: %s', (pattern) => {
    expect(() => compileFilterPattern(pattern)).toThrow('not known here');
  });
});
