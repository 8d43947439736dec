import { describe, expect, it } from 'vitest';
import { parseStage, stageConfig, stageNames } from '../../infra/stages.ts';

const { dev } = { dev: stageConfig('dev') };

describe('stages', () => {
  it('reads every stage there is', () => {
    expect(stageNames).toEqual(['local', 'dev', 'prod']);
    for (const name of stageNames) expect(stageConfig(name).name).toBe(name);
  });

  it('names the stages there are when asked for another', () => {
    expect(() => stageConfig('staging')).toThrow('No stage "staging"; there are local, dev, prod');
  });

  it('keeps data and lets no station in without TLS wherever the internet can reach', () => {
    for (const name of ['dev', 'prod']) {
      const stage = stageConfig(name);

      expect(stage.protectData).toBe(true);
      expect(stage.plainStations).toBe(false);
      expect(Math.min(...stage.securityProfiles)).toBeGreaterThanOrEqual(2);
    }
  });

  it('refuses security profiles without TLS on a stage that takes TLS alone', () => {
    expect(() => parseStage({ ...dev, securityProfiles: [1, 2] })).toThrow('come without TLS');
  });

  it('refuses certificates of stations where nobody would check them', () => {
    expect(() => parseStage({ ...dev, securityProfiles: [2, 3] })).toThrow('nobody checks certificates');

    const trusting = parseStage({ ...dev, securityProfiles: [2, 3], stationTrustStoreId: 'ts-1' });

    expect(trusting.securityProfiles).toEqual([2, 3]);
  });

  it('refuses to keep data where nobody hears of alarms', () => {
    const { alarmEmail: _, ...unheard } = dev;

    expect(() => parseStage(unheard)).toThrow('somebody must hear of alarms');
  });

  it('refuses a field it does not know', () => {
    expect(() => parseStage({ ...dev, retention: 3 } as never)).toThrow('retention');
  });
});
