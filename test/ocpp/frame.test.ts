import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeFrame,
  encodeCall,
  encodeError,
  encodeResult,
  largestFrameBytes,
} from '../../functions/ocpp/frame.ts';

const payload = fc.dictionary(fc.string(), fc.jsonValue());
const messageId = fc.string({ minLength: 1, maxLength: 36 });

describe('reading frames', () => {
  test('any text gives a frame or our own outcome, never an error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(['call', 'result', 'error', 'blank', 'broken']).toContain(decodeFrame(text).kind);
      }),
    );
  });

  test('any JSON gives a frame or our own outcome, never an error', () => {
    const frameLike = fc.array(fc.oneof(fc.constantFrom(2, 3, 4, 5, 'id', null), fc.jsonValue()), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), frameLike), (value) => {
        const frame = decodeFrame(JSON.stringify(value));

        expect(['call', 'result', 'error', 'broken']).toContain(frame.kind);
        if (frame.kind !== 'broken' && frame.kind !== 'blank') expect(frame.messageId).not.toBe('');
      }),
    );
  });

  test('what is written is read back', () => {
    fc.assert(
      fc.property(messageId, fc.string(), payload, (id, word, content) => {
        const sent = JSON.parse(JSON.stringify(content));

        expect(decodeFrame(encodeCall(id, word, content))).toMatchObject({
          kind: 'call',
          messageId: id,
          action: word,
          payload: sent,
        });
        expect(decodeFrame(encodeResult(id, content))).toMatchObject({
          kind: 'result',
          messageId: id,
          payload: sent,
        });
        expect(decodeFrame(encodeError(id, word, 'why'))).toMatchObject({
          kind: 'error',
          messageId: id,
          code: word,
        });
      }),
    );
  });

  test.each([
    ['row 49: a null payload counts as empty', '[2,"1","Heartbeat",null]', {}, ['null-payload']],
    ['row 49: a missing payload counts as empty', '[2,"1","Heartbeat"]', {}, ['missing-payload']],
    ['row 49: a trailing NUL is dropped', '[2,"1","Heartbeat",{}]\0\0', {}, ['trailing-nul']],
    ['blanks around a frame are no quirk', ' [2,"1","Heartbeat",{}]\r\n', {}, []],
    ['a payload of another kind is left to the schema', '[2,"1","Heartbeat",[]]', [], []],
  ])('%s', (_, text, expected, quirks) => {
    const frame = decodeFrame(text);

    expect(frame).toEqual({ kind: 'call', messageId: '1', action: 'Heartbeat', payload: expected, quirks });
  });

  test.each(['', '  \r\n', '\0'])('row 49: %j is a blank frame', (text) => {
    expect(decodeFrame(text)).toMatchObject({ kind: 'blank' });
    expect(decodeFrame(text).quirks).toContain('blank-frame');
  });

  test.each([
    ['{"a":1}', 'not-a-frame', undefined, true],
    ['[2,"1"', 'not-json', undefined, true],
    ['[2,17,"Heartbeat",{}]', 'not-a-frame', undefined, true],
    ['[2,"1",7,{}]', 'not-a-frame', '1', true],
    ['[9,"1",{}]', 'unknown-message-type', '1', true],
    ['[3]', 'not-a-frame', undefined, false],
    ['[4,null,"InternalError","",{}]', 'not-a-frame', undefined, false],
  ])('row 47: %s is broken', (text, fault, id, answerable) => {
    expect(decodeFrame(text)).toMatchObject({ kind: 'broken', fault, answerable });
    expect(decodeFrame(text)).toHaveProperty(
      ...((id === undefined ? ['kind'] : ['messageId', id]) as [string]),
    );
  });

  test('a payload nested beyond any message is not looked into, however deep it goes', () => {
    const deep = (levels: number) => `${'{"customData":'.repeat(levels)}{}${'}'.repeat(levels)}`;

    expect(decodeFrame(`[2,"1","Heartbeat",${deep(20)}]`)).toMatchObject({ payload: { customData: {} } });
    for (const levels of [64, 6_000]) {
      expect(decodeFrame(`[2,"1","Heartbeat",${deep(levels)}]`)).toMatchObject({
        kind: 'call',
        payload: undefined,
      });
      expect(decodeFrame(`[3,"1",${deep(levels)}]`)).toMatchObject({ kind: 'result', payload: undefined });
      expect(decodeFrame(`[4,"1","GenericError","",${deep(levels)}]`)).toMatchObject({
        kind: 'error',
        details: {},
      });
    }
  });

  test('an answer under an id that no call of ours has is no answer', () => {
    const id = 'x'.repeat(37);

    expect(decodeFrame(`[3,"${id}",{}]`)).toMatchObject({ kind: 'broken', answerable: false });
    expect(decodeFrame(`[4,"${id}","GenericError","",{}]`)).toMatchObject({
      kind: 'broken',
      answerable: false,
    });
    expect(decodeFrame(`[2,"${id}","Heartbeat",{}]`)).toMatchObject({ kind: 'call', messageId: id });
  });

  test('a frame above what the transport carries is not looked into', () => {
    const text = JSON.stringify([2, '1', 'DataTransfer', { data: 'ä'.repeat(largestFrameBytes / 2) }]);

    expect(decodeFrame(text)).toMatchObject({ kind: 'broken', fault: 'too-large' });
  });

  test('a description is cut to what both versions allow', () => {
    const [, , , description] = JSON.parse(encodeError('1', 'InternalError', 'x'.repeat(300)));

    expect(description).toHaveLength(255);
  });
});
