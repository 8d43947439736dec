import { settleCommand } from '#core/commands/settle-command.ts';
import { endSession } from '#core/sessions/end-session.ts';
import { startSession } from '#core/sessions/start-session.ts';
import type { BalancePorts } from '#core/smart-charging/balance-site.ts';
import { followCharging } from '#core/smart-charging/follow-charging.ts';
import { forgetClearedProfiles, keepAcceptedProfile } from '#core/smart-charging/keep-profiles.ts';
import type { SiteAllocation } from '#core/smart-charging/site.ts';
import { newId } from '#platform/clock.ts';
import { aStation } from '../../adapters/dynamodb/samples.ts';
import type { TestDatabase } from '../../support/engine.ts';
import { goodUid, newScene, type Scene } from '../sessions/scene.ts';

export const siteId = 'car-park';

/** A site whose stations agree to what they are asked when the test says so. */
export interface SiteScene {
  readonly scene: Scene;
  readonly ports: BalancePorts;
  /** Unless told otherwise, it was asked for its limits before. */
  givenStation(stationId: string, more?: Parameters<typeof aStation>[0]): Promise<void>;
  connect(stationId: string): Promise<void>;
  leave(stationId: string): Promise<void>;
  start(stationId: string, evseId?: number): Promise<string>;
  end(stationId: string, sessionId: string): Promise<void>;
  /** What waits to be sent to a station, as `TRANSACTION 16` or `CLEAR`. */
  asked(stationId: string): Promise<readonly string[]>;
  /** Has stations take what waits for them, and the site follow; until nothing waits. */
  settle(stationIds: readonly string[], answer?: 'ACCEPTED' | 'REJECTED'): Promise<void>;
  follow(cause: Parameters<typeof followCharging>[1]): Promise<void>;
  allocation(): Promise<SiteAllocation | undefined>;
  /** Shares in tenths, in the order in which sessions began. */
  shares(): Promise<readonly number[]>;
}

export async function newSiteScene(db: TestDatabase): Promise<SiteScene> {
  const scene = await newScene(db);
  // Commands are kept for a month of real time.
  scene.now = Date.now();
  const ports: BalancePorts = { ...scene, newId };
  const follow: SiteScene['follow'] = (cause) => followCharging(ports, cause);
  const answerOne = async (stationId: string, answer: 'ACCEPTED' | 'REJECTED') => {
    const [command] = await scene.commands.listQueued(stationId, 1);
    if (!command) return false;
    const { request, commandId } = command;
    scene.now += 1;
    if (answer === 'ACCEPTED' && request.kind === 'SET_CHARGING_PROFILE') {
      await keepAcceptedProfile(scene, { stationId, ...request, at: scene.now });
    }
    if (
      answer === 'ACCEPTED' &&
      request.kind === 'CLEAR_CHARGING_PROFILE' &&
      request.profileId !== undefined
    ) {
      const criteria = { profileIds: [request.profileId] };
      await forgetClearedProfiles(scene, { stationId, criteria, at: scene.now });
    }
    await settleCommand(scene, { stationId, commandId, outcome: { state: answer, answer: {} } });
    await follow({ stationId });
    return true;
  };
  return {
    scene,
    ports,
    follow,
    givenStation: async (stationId, more = {}) => {
      await scene.stations.createStation(
        aStation({
          stationId,
          protocol: 'ocpp1.6',
          locationId: siteId,
          connectors: [{ evseId: 1, connectorId: 1, connectorType: 'TYPE_2', maxCurrentA: 32 }],
          ...more,
        }),
      );
      const { firmwareVersion } = aStation({ stationId, ...more });
      const asked = { commandId: 'asked', ...(firmwareVersion === undefined ? {} : { firmwareVersion }) };
      await scene.limits.noteLimits(stationId, { inquiry: asked });
    },
    connect: async (stationId) => {
      const connectionId = `${stationId}-${scene.now}`;
      await scene.live.connect({ stationId, connectionId, protocol: 'ocpp1.6', connectedAt: scene.now });
    },
    leave: async (stationId) => {
      const link = await scene.live.findLink(stationId);
      await scene.live.disconnect(stationId, link?.connectionId ?? '', scene.now);
    },
    start: async (stationId, evseId = 1) => {
      scene.now += 1000;
      const started = await startSession(scene, {
        stationId,
        connector: { evseId, connectorId: 1 },
        token: { uid: goodUid, tokenType: 'RFID' },
        startedAt: scene.now,
        meterStartWh: 0,
      });
      return started.sessionId;
    },
    end: async (stationId, sessionId) => {
      scene.now += 1000;
      const session = await scene.sessions.findSession(sessionId);
      await endSession(scene, {
        stationId,
        transactionNumber: Number(session?.transactionRef),
        endedAt: scene.now,
        meterStopWh: 1,
        stopReason: 'LOCAL',
        readings: [],
      });
    },
    asked: async (stationId) =>
      (await scene.commands.listQueued(stationId, 20)).map(({ request }) =>
        request.kind === 'SET_CHARGING_PROFILE'
          ? `${request.profile.purpose} ${request.profile.schedules[0]?.periods[0]?.limit}`
          : request.kind === 'CLEAR_CHARGING_PROFILE'
            ? 'CLEAR'
            : request.kind,
      ),
    settle: async (stationIds, answer = 'ACCEPTED') => {
      for (let round = 0; round < 20; round += 1) {
        const answered: boolean[] = [];
        for (const stationId of stationIds) answered.push(await answerOne(stationId, answer));
        if (!answered.includes(true)) return;
      }
      throw new Error('stations are asked again and again');
    },
    allocation: () => scene.sites.findAllocation({ siteId }),
    shares: async () =>
      (await scene.sites.findAllocation({ siteId }))?.shares.map(({ boundTenths }) => boundTenths) ?? [],
  };
}
