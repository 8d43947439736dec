import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Command } from '#core/commands/command.ts';
import { followProfile } from '#core/smart-charging/follow-profile.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());

const failed = (code: string, more: Partial<Command> = {}): Command => ({
  commandId: 'c-1',
  stationId: 'CS-1',
  name: 'SET_CHARGING_PROFILE',
  request: { kind: 'CALL', action: 'SetChargingProfile', payload: {} },
  state: 'FAILED',
  createdAt: 1,
  sentAt: 2,
  deadlineAt: 9,
  failure: { code, message: '' },
  ...more,
});

describe('a call for a profile that failed', () => {
  test.each([
    ['NotImplemented', {}, false],
    ['NotSupported', {}, false],
    ['InternalError', {}, undefined],
    ['NotSupported', { state: 'REJECTED' }, undefined],
  ] as const)('with %s %j leaves the station controllable: %s', async (code, more, expected) => {
    const { charging } = db.storesOf();

    await followProfile({ charging }, failed(code, more));

    expect((await charging.findCharging('CS-1')).controllable).toBe(expected);
  });

  test('without having been sent says nothing of the station', async () => {
    const { charging } = db.storesOf();
    const { sentAt: _, ...unsent } = failed('NotSupported');

    await followProfile({ charging }, unsent);

    expect((await charging.findCharging('CS-1')).controllable).toBeUndefined();
  });
});
