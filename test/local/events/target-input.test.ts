import { describe, expect, test } from 'vitest';
import { compileInput, type InputSettings } from '../../../local/events/target-input.ts';

const rule = { arn: 'arn:aws:events:eu-west-1:000000000000:rule/bus/r', name: 'r' };
const event = {
  id: 'e1',
  source: 's',
  detail: { name: 'A "quoted" name', count: 2, list: [{ id: 'x' }, { id: 'y' }], none: null },
};

function input(settings: InputSettings): string {
  return compileInput(settings, rule)(event, '2026-01-01T00:00:00Z');
}

function transformed(InputPathsMap: Record<string, string>, InputTemplate: string): string {
  return input({ InputTransformer: { InputPathsMap, InputTemplate } });
}

describe('a target’s input', () => {
  test('is the event, a constant, or a part of the event', () => {
    expect(JSON.parse(input({}))).toEqual(event);
    expect(input({ Input: '{"a":1}' })).toBe('{"a":1}');
    expect(input({ InputPath: '$.detail.list[1].id' })).toBe('"y"');
    expect(input({ InputPath: "$.detail['count']" })).toBe('2');
  });

  test('bare variables become JSON, variables in texts become text', () => {
    const paths = { name: '$.detail.name', count: '$.detail.count', list: '$.detail.list' };

    const made = transformed(paths, '{"name": <name>, "text": "<name> x <count>", "list": <list>}');

    expect(JSON.parse(made)).toEqual({
      name: 'A "quoted" name',
      text: 'A "quoted" name x 2',
      list: [{ id: 'x' }, { id: 'y' }],
    });
  });

  test('a path that leads nowhere gives null, and nothing inside a text', () => {
    expect(JSON.parse(transformed({ x: '$.detail.absent.deep' }, '{"a": <x>, "b": "<x>"}'))).toEqual({
      a: null,
      b: '',
    });
  });

  test('the predefined variables tell of rule and event', () => {
    const made = transformed(
      {},
      '[<aws.events.rule-name>, <aws.events.rule-arn>, <aws.events.event.json>, <aws.events.event>]',
    );

    const { detail: _, ...withoutDetail } = event;
    expect(JSON.parse(made)).toEqual(['r', rule.arn, event, withoutDetail]);
  });

  test('an undefined variable and a path out of the ordinary are refused when the rule is read', () => {
    expect(() => transformed({}, '<nobody>')).toThrow(/nobody/);
    expect(() => transformed({ x: '$.a[?(@.b)]' }, '<x>')).toThrow(/JSON path/);
  });
});
