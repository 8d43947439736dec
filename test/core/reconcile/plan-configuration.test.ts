import { describe, expect, test } from 'vitest';
import { isSameValue, type SettingAttempt } from '#core/device-model/configuration.ts';
import type { Variable } from '#core/device-model/device-model.ts';
import { planSetting, type SettingFacts, settingState } from '#core/reconcile/plan-configuration.ts';

const boot = 1_000;
const desired = { key: 'HeartbeatInterval', value: '300', setAt: 0 };

const told = (value: string, reportedAt: number, more: Partial<Variable> = {}): Variable => ({
  name: 'HeartbeatInterval',
  attributes: [{ type: 'ACTUAL', value, reportedAt }],
  reportedAt,
  ...more,
});
const tried = (more: Partial<SettingAttempt> = {}): SettingAttempt => ({
  key: 'HeartbeatInterval',
  value: '300',
  commandId: 'c-1',
  at: boot + 1,
  tries: 1,
  firmwareVersion: '1.0',
  ...more,
});
const facts = (more: Partial<SettingFacts> = {}): SettingFacts => ({
  desired,
  bootedAt: boot,
  firmwareVersion: '1.0',
  now: boot + 10,
  ...more,
});

describe('what is done about a setting', () => {
  test.each<[string, Partial<SettingFacts>, string, string]>([
    ['was never told', {}, 'write', 'UNKNOWN'],
    ['is told as desired since the boot', { variable: told('300', boot) }, 'none', 'IN_SYNC'],
    ['was told as desired before the boot', { variable: told('300', boot - 1) }, 'read', 'IN_SYNC'],
    ['is told as something else', { variable: told('60', boot) }, 'write', 'DRIFT'],
    ['was something else before the boot', { variable: told('60', boot - 1) }, 'write', 'DRIFT'],
    ['is not known to the station', { variable: told('60', boot, { goneAt: boot }) }, 'none', 'UNKNOWN'],
    [
      'is on its way',
      { variable: told('60', boot), attempt: tried(), commandState: 'QUEUED' },
      'none',
      'DRIFT',
    ],
    [
      'is on its way with another value',
      { variable: told('60', boot), attempt: tried({ value: '5' }), commandState: 'QUEUED' },
      'write',
      'DRIFT',
    ],
    [
      'was sent without an answer',
      { variable: told('60', boot), attempt: tried(), commandState: 'TIMED_OUT' },
      'write',
      'DRIFT',
    ],
    ['is being put into the queue', { variable: told('60', boot), attempt: tried() }, 'none', 'DRIFT'],
    [
      'was to be sent a while ago and never was',
      { variable: told('60', boot), attempt: tried({ at: boot - 120_000 }) },
      'write',
      'DRIFT',
    ],
    [
      'was refused',
      { variable: told('60', boot), attempt: tried({ answer: 'REJECTED' }) },
      'none',
      'REJECTED',
    ],
    [
      'was refused by another firmware',
      {
        variable: told('60', boot),
        attempt: tried({ answer: 'REJECTED', firmwareVersion: '0.9' }),
      },
      'write',
      'DRIFT',
    ],
    [
      'was refused with another value',
      { variable: told('60', boot), attempt: tried({ answer: 'REJECTED', value: '5' }) },
      'write',
      'DRIFT',
    ],
    [
      'waits for a restart',
      { variable: told('60', boot), attempt: tried({ answer: 'REBOOT_REQUIRED' }) },
      'none',
      'PENDING_REBOOT',
    ],
    [
      'waited for the restart that was',
      { variable: told('60', boot - 2), attempt: tried({ answer: 'REBOOT_REQUIRED', at: boot - 1 }) },
      'read',
      'DRIFT',
    ],
    [
      'did not come with the restart',
      { variable: told('60', boot), attempt: tried({ answer: 'REBOOT_REQUIRED', at: boot - 1 }) },
      'write',
      'DRIFT',
    ],
    [
      'was taken three times a day ago and is not there',
      {
        variable: told('60', boot),
        attempt: tried({ answer: 'ACCEPTED', tries: 3 }),
        now: boot + 1 + 86_400_000,
      },
      'write',
      'DRIFT',
    ],
    [
      'was taken three times of late and is not there',
      { variable: told('60', boot), attempt: tried({ answer: 'ACCEPTED', tries: 3 }) },
      'none',
      'DRIFT',
    ],
  ])('that %s', (_, more, step, state) => {
    expect(planSetting(facts(more), false)).toBe(step);
    expect(settingState(facts(more))).toBe(state);
  });

  test('that the station was asked for and did not tell is sent once, and taken for granted then', () => {
    expect(planSetting(facts({ variable: told('300', boot - 1) }), true)).toBe('write');
    expect(planSetting(facts({ attempt: tried({ answer: 'ACCEPTED' }) }), true)).toBe('none');
  });
});

test.each([
  ['true', 'True', true],
  ['60', '60.0', true],
  ['060', '60', true],
  ['A,B', 'A, B', true],
  ['A,B', 'B,A', false],
  ['12345678901234567', '12345678901234568', false],
  ['', '0', false],
])('%j and %j are the same value: %s', (one, other, same) => {
  expect(isSameValue(one, other)).toBe(same);
});
