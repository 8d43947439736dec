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

  const certificateArn = 'arn:aws:acm:eu-west-1:111111111111:certificate/1';
  it.each([
    [
      'certificates asked for where TLS is not',
      { plainStations: true, stationTrustStoreId: 'ts-1' },
      'without TLS',
    ],
    [
      'a certificate of another region',
      { domains: { public: { name: 'csms.example.com', certificateArn } } },
      'us-east-1',
    ],
    [
      'a web ACL of a region',
      { webAclArn: 'arn:aws:wafv2:eu-west-1:111111111111:regional/webacl/x/1' },
      'global web ACLs',
    ],
    ['people sent back without TLS', { callbackUrls: ['http://csms.example.com/'] }, 'by http'],
    ['a share of nothing', { reservedConcurrency: { stationLink: 0 } }, 'stationLink'],
  ])('refuses %s', (_, change, reason) => {
    expect(() => parseStage({ ...dev, ...change } as Parameters<typeof parseStage>[0])).toThrow(reason);
  });

  it('sends people back to this machine without TLS', () => {
    const callbackUrls = ['http://localhost:5173/', 'http://127.0.0.1:8080/'];

    expect(parseStage({ ...dev, callbackUrls } as Parameters<typeof parseStage>[0]).callbackUrls).toEqual(
      callbackUrls,
    );
  });

  it('refuses a field it does not know', () => {
    expect(() => parseStage({ ...dev, retention: 3 } as never)).toThrow('retention');
  });
});
