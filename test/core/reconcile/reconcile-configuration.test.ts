import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Command } from '#core/commands/command.ts';
import { followUp } from '#core/commands/follow-ups.ts';
import { requestCommand } from '#core/commands/request-command.ts';
import { settleCommand } from '#core/commands/settle-command.ts';
import { factsOf } from '#core/reconcile/configuration-facts.ts';
import { desireConfiguration } from '#core/reconcile/desire-configuration.ts';
import { settingState } from '#core/reconcile/plan-configuration.ts';
import { type ReconcilePorts, reconcileAfterBoot } from '#core/reconcile/reconcilers.ts';
import { newId } from '#platform/clock.ts';
import { callDesk } from '../../../functions/ocpp/call-desk.ts';
import { readAnswer } from '../../../functions/ocpp/calls.ts';
import { loadVersion } from '../../../functions/ocpp/versions.ts';
import { aStation } from '../../adapters/dynamodb/samples.ts';
import { startTestDatabase, type TestDatabase } from '../../support/engine.ts';
import { sealingOf } from '../../support/sealing.ts';
import { newScene, type Scene } from '../sessions/scene.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await startTestDatabase();
});
afterAll(() => db.close());

/** How a station takes new values of a setting. */
type Manner = 'takes' | 'after-reboot' | 'refuses' | 'has-not' | 'forgets' | 'pretends';

/** A 1.6 station with settings, which works its queue off. */
class SettingsStation {
  readonly stationId = 'CS-1';
  readonly ports: ReconcilePorts & Parameters<typeof followUp>[0];
  readonly scene: Scene;
  readonly values = new Map<string, string>();
  readonly manners = new Map<string, Manner>();
  /** Every call that reached it. */
  readonly heard: string[] = [];
  private readonly afterReboot = new Map<string, string>();
  private boots = 0;

  constructor(scene: Scene) {
    this.scene = scene;
    this.ports = { ...scene, calls: callDesk, newId };
  }

  async boot({ told = 1, firmwareVersion }: { told?: number; firmwareVersion?: string } = {}): Promise<void> {
    const { stationId, scene } = this;
    scene.now += 60_000;
    this.boots += 1;
    for (const [key, value] of this.afterReboot) this.values.set(key, value);
    this.afterReboot.clear();
    for (const [key, manner] of this.manners) if (manner === 'forgets') this.values.set(key, 'factory');
    const station = await scene.stations.findStation(stationId);
    if (station && firmwareVersion !== undefined) {
      await scene.stations.replaceStation({ ...station, firmwareVersion, revision: station.revision + 1 });
    }
    const connectionId = `c-${this.boots}`;
    const at = { connectedAt: scene.now, bootedAt: scene.now, callsFrom: scene.now };
    await scene.live.connect({ stationId, connectionId, protocol: 'ocpp1.6', ...at });
    await scene.live.recordBoot({ stationId, connectionId, registration: 'ACCEPTED', ...at });
    const bootedAt = scene.now;
    await Promise.all(
      Array.from({ length: told }, () => reconcileAfterBoot(this.ports, { stationId, bootedAt })),
    );
  }

  /** Answers what waits, one call after the other, and lets what follows happen. */
  async work(): Promise<void> {
    const { stationId, scene } = this;
    for (;;) {
      const [command] = await scene.commands.listQueued(stationId, 1);
      if (!command) return;
      scene.now += 1_000;
      await this.answer(command);
      await followUp(this.ports, { stationId, commandId: command.commandId });
      await followUp(this.ports, { stationId, commandId: command.commandId });
    }
  }

  private async answer(command: Command): Promise<void> {
    const { stationId, scene } = this;
    const { commandId, request } = command;
    const payload = this.say(request);
    const read = readAnswer(await loadVersion('ocpp1.6'), request, {
      kind: 'result',
      messageId: commandId,
      payload,
      quirks: [],
    });
    await read.learn?.({
      stationId,
      command,
      answeredAt: scene.now,
      // The actions at hand need no more of the room's services than a scene has.
      services: scene as never,
    });
    await settleCommand(scene, { stationId, commandId, outcome: read.outcome });
  }

  private say(request: Command['request']): unknown {
    if (request.kind === 'READ_SETTINGS') {
      this.heard.push(`read ${request.keys.join(' ')}`);
      const known = request.keys.filter((key) => this.manners.get(key) !== 'has-not');
      return {
        configurationKey: known.map((key) => ({ key, readonly: false, value: this.values.get(key) ?? '' })),
        unknownKey: request.keys.filter((key) => !known.includes(key)),
      };
    }
    if (request.kind !== 'CHANGE_SETTINGS') throw new Error(`nobody asked for ${request.kind}`);
    const [{ key, value } = { key: '', value: '' }] = request.settings;
    this.heard.push(`${key}=${value}`);
    const manner = this.manners.get(key) ?? 'takes';
    if (manner === 'takes' || manner === 'forgets') this.values.set(key, value);
    if (manner === 'after-reboot') this.afterReboot.set(key, value);
    const statuses = {
      takes: 'Accepted',
      forgets: 'Accepted',
      pretends: 'Accepted',
      'after-reboot': 'RebootRequired',
      refuses: 'Rejected',
      'has-not': 'NotSupported',
    };
    return { status: statuses[manner] };
  }

  async desire(settings: Readonly<Record<string, string>>): Promise<void> {
    const list = Object.entries(settings).map(([key, value]) => ({ key, value }));
    const scope = { of: 'STATION', stationId: this.stationId } as const;
    await desireConfiguration(this.ports, { scope, settings: list, protocol: 'ocpp1.6', setBy: 'alice' });
  }

  async states(): Promise<Readonly<Record<string, string>>> {
    const station = await this.scene.stations.findStation(this.stationId);
    if (!station) throw new Error('no station');
    const { facts } = await factsOf(this.ports, station);
    return Object.fromEntries(facts.map((one) => [one.desired.key, settingState(one)]));
  }

  /** What it heard since it was last asked. */
  news(): readonly string[] {
    return this.heard.splice(0);
  }
}

async function givenStation(): Promise<SettingsStation> {
  const scene = await newScene(db);
  scene.now = Date.now();
  await scene.stations.createStation(
    aStation({ stationId: 'CS-1', protocol: 'ocpp1.6', model: 'Duo 22', firmwareVersion: '1.0' }),
  );
  return new SettingsStation(scene);
}

let station: SettingsStation;
beforeEach(async () => {
  station = await givenStation();
});

describe('the configuration of a station', () => {
  test('is brought about after a boot, and left alone while it stays', async () => {
    await station.desire({ HeartbeatInterval: '300', MeterValueSampleInterval: '60' });
    await station.boot();
    await station.work();
    const first = station.news();
    await station.boot();
    await station.work();

    expect(first).toEqual(['HeartbeatInterval=300', 'MeterValueSampleInterval=60']);
    expect(station.news()).toEqual(['read HeartbeatInterval MeterValueSampleInterval']);
    expect(await station.states()).toEqual({
      HeartbeatInterval: 'IN_SYNC',
      MeterValueSampleInterval: 'IN_SYNC',
    });
  });

  test('that a reset lost is found by reading it, and brought back', async () => {
    await station.desire({ HeartbeatInterval: '300' });
    station.manners.set('HeartbeatInterval', 'forgets');
    await station.boot();
    await station.work();
    station.news();
    await station.boot();
    await station.work();

    expect(station.news()).toEqual(['read HeartbeatInterval', 'HeartbeatInterval=300']);
    expect(station.values.get('HeartbeatInterval')).toBe('300');
  });

  test('that takes a restart waits for it, and is read then', async () => {
    station.manners.set('HeartbeatInterval', 'after-reboot');
    await station.desire({ HeartbeatInterval: '300' });
    await station.boot();
    await station.work();
    const waiting = await station.states();
    const first = station.news();
    await station.boot();
    await station.work();

    expect([first, waiting]).toEqual([['HeartbeatInterval=300'], { HeartbeatInterval: 'PENDING_REBOOT' }]);
    expect(station.news()).toEqual(['read HeartbeatInterval']);
    expect(await station.states()).toEqual({ HeartbeatInterval: 'IN_SYNC' });
  });

  test('that is refused is not sent again until it, or the firmware, is another', async () => {
    station.manners.set('HeartbeatInterval', 'refuses');
    await station.desire({ HeartbeatInterval: '300' });
    for (let boots = 0; boots < 3; boots += 1) {
      await station.boot();
      await station.work();
    }
    const once = station.news();
    await station.desire({ HeartbeatInterval: '600' });
    await station.boot();
    await station.work();
    const another = station.news();
    await station.boot({ firmwareVersion: '2.0' });
    await station.work();

    expect([once, another]).toEqual([['HeartbeatInterval=300'], ['HeartbeatInterval=600']]);
    expect(station.news()).toEqual(['HeartbeatInterval=600']);
    expect(await station.states()).toEqual({ HeartbeatInterval: 'REJECTED' });
  });

  test('that is refused stays refused when somebody sends another value by hand', async () => {
    const { ports, scene, stationId } = station;
    station.manners.set('HeartbeatInterval', 'refuses');
    await station.desire({ HeartbeatInterval: '300' });
    await station.boot();
    await station.work();
    const parameters = { key: 'HeartbeatInterval', value: '30' };
    const terms = { timeoutMs: 60_000, whenOffline: 'WAIT', requestedBy: 'alice' } as const;
    await requestCommand(
      { ...scene, ...ports, sealSecret: sealingOf(scene.tenantId).sealSecret },
      { stationId, name: 'CHANGE_CONFIGURATION', parameters, ...terms },
    );
    await station.work();
    station.news();
    await station.boot();
    await station.work();

    expect(station.news()).toEqual([]);
    expect(await station.states()).toEqual({ HeartbeatInterval: 'REJECTED' });
  });

  test('that a station takes and never has is sent three times in a row, however often it restarts', async () => {
    station.manners.set('HeartbeatInterval', 'pretends');
    station.values.set('HeartbeatInterval', '10');
    await station.desire({ HeartbeatInterval: '300' });
    for (let boots = 0; boots < 8; boots += 1) {
      await station.boot();
      await station.work();
    }

    const sent = station.news();
    const states = await station.states();
    station.scene.now += 24 * 3_600_000;
    await station.boot();
    await station.work();

    expect(sent.filter((call) => call === 'HeartbeatInterval=300')).toHaveLength(3);
    expect(states).toEqual({ HeartbeatInterval: 'DRIFT' });
    expect(station.news()).toEqual(['read HeartbeatInterval', 'HeartbeatInterval=300']);
  });

  test('is sent once however often a boot is told, and for two boots in a row', async () => {
    await station.desire({ HeartbeatInterval: '300', MeterValueSampleInterval: '60' });

    await station.boot({ told: 6 });
    await station.boot({ told: 3 });
    await station.work();

    expect(station.news().toSorted()).toEqual(['HeartbeatInterval=300', 'MeterValueSampleInterval=60']);
  });

  test('is not sent by whoever comes between keeping it and sending it', async () => {
    await station.desire({ HeartbeatInterval: '300' });
    const { ports, scene, stationId } = station;
    await station.boot({ told: 0 });
    const boot = { stationId, bootedAt: scene.now };
    const overtaken = {
      ...ports,
      commands: {
        ...scene.commands,
        addCommand: async (command: Command) => {
          await reconcileAfterBoot(ports, boot);
          await scene.commands.addCommand(command);
        },
      },
    };

    await reconcileAfterBoot(overtaken, boot);
    await station.work();

    expect(station.news()).toEqual(['HeartbeatInterval=300']);
  });

  test('is read once however often a boot is told', async () => {
    await station.desire({ HeartbeatInterval: '300' });
    await station.boot();
    await station.work();
    station.news();

    await station.boot({ told: 6 });
    await station.work();

    expect(station.news()).toEqual(['read HeartbeatInterval']);
  });

  test('is not looked at for a boot that another has followed', async () => {
    await station.desire({ HeartbeatInterval: '300' });
    const { stationId, ports, scene } = station;
    const before = scene.now;
    await station.boot({ told: 0 });

    await reconcileAfterBoot(ports, { stationId, bootedAt: before });

    expect(await scene.commands.listQueued(stationId, 5)).toEqual([]);
  });

  test('is made good when a process died between keeping what it sends and sending it', async () => {
    await station.desire({ HeartbeatInterval: '300' });
    const { stationId, ports, scene } = station;
    const dying = {
      ...ports,
      commands: { ...scene.commands, addCommand: () => Promise.reject(new Error('the process died')) },
    };
    await station.boot({ told: 0 });
    const bootedAt = scene.now;

    await expect(reconcileAfterBoot(dying, { stationId, bootedAt })).rejects.toThrow('died');
    scene.now += 180_000;
    await reconcileAfterBoot(ports, { stationId, bootedAt });
    await station.work();

    expect(station.news()).toEqual(['HeartbeatInterval=300']);
  });

  test('comes from its model where nothing is said of the station itself', async () => {
    const scope = { of: 'MODEL', model: 'Duo 22' } as const;
    const settings = [
      { key: 'HeartbeatInterval', value: '300' },
      { key: 'ConnectionTimeOut', value: '90' },
    ];
    await desireConfiguration(station.ports, { scope, settings, setBy: 'alice' });
    await station.desire({ ConnectionTimeOut: '45' });
    await station.boot();
    await station.work();

    expect(station.news()).toEqual(['ConnectionTimeOut=45', 'HeartbeatInterval=300']);
  });
});

test('converges whatever stations do with settings, and sends no value more than three times', async () => {
  const manner = fc.constantFrom<Manner>(
    'takes',
    'after-reboot',
    'refuses',
    'has-not',
    'forgets',
    'pretends',
  );
  const script = fc.record({
    manners: fc.tuple(manner, manner),
    values: fc.array(fc.constantFrom('60', '300'), { minLength: 1, maxLength: 3 }),
    told: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(script, async ({ manners, values, told }) => {
      const one = await givenStation();
      for (const [index, key] of ['A', 'B'].entries()) one.manners.set(key, manners[index] ?? 'takes');
      for (const value of values) {
        await one.desire({ A: value, B: value });
        for (const times of told) {
          await one.boot({ told: times });
          await one.work();
        }
      }
      await one.boot();
      await one.work();
      const states = await one.states();
      const expected = {
        takes: ['IN_SYNC'],
        'after-reboot': ['IN_SYNC'],
        refuses: ['REJECTED', 'IN_SYNC'],
        'has-not': ['REJECTED', 'UNKNOWN'],
        forgets: ['IN_SYNC', 'DRIFT'],
        pretends: ['IN_SYNC', 'DRIFT'],
      } as const;
      for (const [index, key] of ['A', 'B'].entries()) {
        expect(expected[manners[index] ?? 'takes']).toContain(states[key]);
      }
      one.news();
      await one.boot();
      const waiting = await one.scene.commands.listQueued(one.stationId, 10);
      expect(waiting.length).toBeLessThanOrEqual(2);
    }),
    { numRuns: 15 },
  );
});
