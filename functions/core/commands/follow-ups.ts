import type { AlertStore } from '../alerts/alert-store.ts';
import type { ConfigurationStore } from '../device-model/configuration-store.ts';
import type { DeviceModelStore } from '../device-model/device-model-store.ts';
import { afterJobCommand } from '../jobs/after-job-command.ts';
import type { JobStore } from '../jobs/job-store.ts';
import type { LocalListStore } from '../local-lists/local-list.ts';
import { followListAnswer, followListUpdate } from '../local-lists/reconcile-local-list.ts';
import type { Clock, Digest, NewId } from '../ports.ts';
import { reconcileAfterRead } from '../reconcile/reconcile-configuration.ts';
import { followCancellation, followReservation } from '../reservations/follow-reservation.ts';
import type { ReservationStore } from '../reservations/reservation-store.ts';
import { settlePassword } from '../security/settle-password.ts';
import { advanceUpgrade } from '../security/upgrade-profile.ts';
import { followCost } from '../sessions/follow-cost.ts';
import { balanceAfterLimits } from '../smart-charging/balance-after-limits.ts';
import type { ChargingStore } from '../smart-charging/charging-store.ts';
import { followProfile } from '../smart-charging/follow-profile.ts';
import type { SiteStore } from '../smart-charging/site.ts';
import { restartToRegister } from '../stations/restart-to-register.ts';
import type { StationLimitsStore } from '../stations/station-limits.ts';
import type { StationLiveStore, StationStore } from '../stations/station-store.ts';
import type { TenantPolicyStore } from '../tenants/tenant-policy.ts';
import type { TokenStore } from '../tokens/token-store.ts';
import type { CallDesk } from './call-desk.ts';
import { type Command, type CommandRequest, isFinal } from './command.ts';
import type { CommandStore } from './command-store.ts';

/** What follow-ups work with. An area that needs another store adds it, by the name it has among the stores. */
export interface FollowUpPorts {
  readonly stations: StationStore;
  readonly live: StationLiveStore;
  readonly commands: CommandStore;
  readonly limits: StationLimitsStore;
  readonly configuration: ConfigurationStore;
  readonly deviceModel: DeviceModelStore;
  readonly calls: CallDesk;
  readonly reservations: ReservationStore;
  readonly jobs: JobStore;
  readonly charging: ChargingStore;
  readonly sites: SiteStore;
  readonly localLists: LocalListStore;
  readonly tokens: TokenStore;
  readonly policies: TenantPolicyStore;
  readonly alerts: AlertStore;
  readonly clock: Clock;
  readonly digest: Digest;
  readonly newId: NewId;
}

/**
 * What is left to do once a command has ended, however it did: answered, refused, timed out, cancelled, never sent.
 * Runs at least once for each, in any order, so it is safe to repeat. What it throws brings it back.
 */
export type FollowUp = (ports: FollowUpPorts, command: Command) => Promise<void>;

/** By kind of request. Whoever adds one adds its name to `followedRequests` or `followedFailures`. */
export const followUps: Readonly<Partial<Record<CommandRequest['kind'], FollowUp>>> = {
  UPDATE_FIRMWARE: afterJobCommand,
  UPDATE_SIGNED_FIRMWARE: afterJobCommand,
  UPLOAD_DIAGNOSTICS: afterJobCommand,
  UPLOAD_LOG: afterJobCommand,
  UPLOAD_SECURITY_LOG: afterJobCommand,
  PUBLISH_FIRMWARE: afterJobCommand,
  ASK_FOR_BOOT: restartToRegister,
  READ_SETTINGS: reconcileAfterRead,
  READ_LIMITS: balanceAfterLimits,
  RESERVE: followReservation,
  CANCEL_RESERVATION: followCancellation,
  SET_PASSWORD: settlePassword,
  SET_SECURITY_PROFILE: advanceUpgrade,
  PREFER_NETWORK: advanceUpgrade,
  RESTART_FOR_NETWORK: advanceUpgrade,
  SET_CHARGING_PROFILE: followProfile,
  SEND_LOCAL_LIST: followListUpdate,
  TELL_COST: followCost,
  GET_LOCAL_LIST_VERSION: followListAnswer,
};

/** Of requests in a protocol's own words: by the call's name. */
export const callFollowUps: Readonly<Record<string, FollowUp>> = { SetChargingProfile: followProfile };

/** Runs what follows the end of a command. Nothing for one that is kept no longer; throws for one that has not ended. */
export async function followUp(
  ports: FollowUpPorts,
  { stationId, commandId }: { stationId: string; commandId: string },
): Promise<void> {
  const command = await ports.commands.findCommand(stationId, commandId, ({ state }) => isFinal(state));
  if (!command) return;
  if (!isFinal(command.state)) throw new Error(`command ${commandId} has not ended`);
  const { request } = command;
  await followUps[request.kind]?.(ports, command);
  if (request.kind === 'CALL' && Object.hasOwn(callFollowUps, request.action)) {
    await callFollowUps[request.action]?.(ports, command);
  }
}
