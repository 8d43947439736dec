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
    [
      'a link to a file of ours',
      { location: 'https://csms.example/api/v1/files/tenant-1/job-1/open-6162', retries: 3 },
    ],
    ['a question about a customer', { requestId: 1, report: true, clear: false, customerIdentifier: '6162' }],
  ])('hides what opens doors, and who customers are: %s', (_, payload) => {
    const text = redactFrame(JSON.stringify([2, 'm-1', 'Any', payload]));

    expect(text).not.toContain('6162');
    expect(text).toContain('***');
  });

  test('hides what a station tells of a customer, not what it tells of itself [N09]', () => {
    const part = { requestId: 1, data: 'name: Ada Example', seqNo: 0, generatedAt: '2030-03-01T12:00:00Z' };
    const data = { vendorId: 'org.example', data: 'fan at 40 %' };

    expect(kept([2, 'm-1', 'NotifyCustomerInformation', part])).toEqual([
      ...[2, 'm-1', 'NotifyCustomerInformation', { ...part, data: '***' }],
    ]);
    expect(kept([2, 'm-1', 'DataTransfer', data])).toEqual([2, 'm-1', 'DataTransfer', data]);
  });

  test('hides the same behind a trailing NUL (row 49)', () => {
    const frame = [2, 'm-1', 'Any', { key: 'AuthorizationKey', value: '6162' }];

    expect(redactFrame(`${JSON.stringify(frame)}\0`)).not.toContain('6162');
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
