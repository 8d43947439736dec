import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { passwordFor } from '../../../functions/ocpp/security/basic-credentials.ts';
import { readSubject } from '../../../functions/ocpp/security/certificate-subject.ts';
import { isOriginSecret } from '../../../functions/ocpp/security/origin-secret.ts';
import { passwordForms } from '../../../functions/ocpp/security/password-forms.ts';

const basic = (credentials: string | Buffer) => `Basic ${Buffer.from(credentials).toString('base64')}`;

describe('Basic credentials', () => {
  test('any password, of any bytes, comes out as it went in', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9*+=:|@._-]{1,48}$/), fc.uint8Array(), (id, bytes) => {
        const header = basic(Buffer.concat([Buffer.from(`${id}:`), bytes]));

        expect(passwordFor(id, header)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  test.each([
    ['row 33: another case of the user name', basic('cp001:secret')],
    ['another user name', basic('CP0011:secret')],
    ['no colon', basic('CP001')],
    ['another scheme', 'Bearer Q1AwMDE6c2VjcmV0'],
    ['no header', undefined],
  ])('%s gives no password', (_, header) => {
    expect(passwordFor('CP001', header)).toBeUndefined();
  });
});

describe('certificate subjects', () => {
  const demo = { commonName: 'CP001', organization: 'demo' };

  test.each(['CN=CP001,O=demo', 'O=demo, CN=CP001', 'C=DE,O=demo,OU=x,CN=CP001', 'cn=CP001+o=demo'])(
    '%s names CP001 of demo',
    (subject) => {
      expect(readSubject(subject)).toEqual(demo);
    },
  );

  test('escaped and quoted values are what they stand for, no more', () => {
    expect(readSubject('CN=CP001\\,O\\=demo,O=evil')).toEqual({
      commonName: 'CP001,O=demo',
      organization: 'evil',
    });
    expect(readSubject('CN="CP001,O=demo",O=evil')).toEqual({
      commonName: 'CP001,O=demo',
      organization: 'evil',
    });
  });

  test.each([
    '',
    'CN=CP001',
    'O=demo',
    'CN=CP001,O=demo,O=evil',
    'CN=CP001,CN=CP002,O=demo',
    'CN=CP001",O=demo',
  ])('%j names nobody', (subject) => {
    expect(readSubject(subject)).toBeUndefined();
  });
});

test('a password is also tried as the bytes its text stands for, and the other way round', () => {
  const forms = (password: string | Buffer) => passwordForms(Buffer.from(password)).map(String);

  expect(forms('48616C6C6F')).toContain('Hallo');
  expect(forms('Hallo')).toEqual(expect.arrayContaining(['Hallo', '48616c6c6f', '48616C6C6F']));
});

test('during a rotation both secrets of the edge count, and nothing else does', () => {
  const secrets = ['new', 'old'];

  expect(['new', 'old'].every((secret) => isOriginSecret(secret, secrets))).toBe(true);
  expect(['', 'neW', 'newold', undefined].some((secret) => isOriginSecret(secret, secrets))).toBe(false);
  expect(isOriginSecret('', ['', undefined])).toBe(false);
});
