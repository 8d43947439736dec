import { describe, expect, test } from 'vitest';
import { redactFrame } from '../../functions/ocpp/redact-frame.ts';

const kept = (frame: unknown) => JSON.parse(redactFrame(JSON.stringify(frame)));

describe('a frame in the station log', () => {
  test('is what it was where nothing is secret', () => {
    const frame = [2, 'm-1', 'ChangeConfiguration', { key: 'HeartbeatInterval', value: '300' }];

    expect(kept(frame)).toEqual(frame);
  });

  test.each([
    ['1.6 setting a password', { key: 'AuthorizationKey', value: '6162' }],
    [
      '1.6 giving a password away',
      { configurationKey: [{ key: 'authorizationkey', readonly: false, value: '6162' }] },
    ],
    [
      '2.0.1 setting a password',
      {
        setVariableData: [
          {
            component: { name: 'SecurityCtrlr' },
            variable: { name: 'BasicAuthPassword' },
            attributeValue: '6162',
          },
        ],
      },
    ],
    [
      '2.0.1 setting a network',
      { connectionData: { vpn: { user: 'u-6162', password: '6162', key: '6162' } } },
    ],
    ['an address with a password', { location: 'ftp://me:6162@files.example/firmware.bin' }],
    ['an address that is signed', { location: 'https://files.example/f?X-Amz-Signature=6162' }],
  ])('hides what opens doors: %s', (_, payload) => {
    const text = redactFrame(JSON.stringify([2, 'm-1', 'Any', payload]));

    expect(text).not.toContain('6162');
    expect(text).toContain('***');
  });

  test('that is none is kept for its beginning alone', () => {
    expect(redactFrame('no json '.repeat(100))).toHaveLength(200);
  });

  test('that is very long ends early', () => {
    expect(redactFrame(JSON.stringify([2, 'm', 'X', { data: 'x'.repeat(100_000) }])).length).toBeLessThan(
      16_100,
    );
  });
});
