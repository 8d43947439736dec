import type { Direction } from '../define-action.ts';
import { authorize } from './authorize.ts';
import { bootNotification } from './boot-notification.ts';
import { cancelReservation } from './cancel-reservation.ts';
import { certificateSigned } from './certificate-signed.ts';
import { changeAvailability } from './change-availability.ts';
import { changeConfiguration } from './change-configuration.ts';
import { clearCache } from './clear-cache.ts';
import { clearChargingProfile } from './clear-charging-profile.ts';
import { dataTransferFromStation, dataTransferToStation } from './data-transfer.ts';
import { deleteCertificate } from './delete-certificate.ts';
import { diagnosticsStatusNotification } from './diagnostics-status-notification.ts';
import { extendedTriggerMessage } from './extended-trigger-message.ts';
import { firmwareStatusNotification } from './firmware-status-notification.ts';
import { getCompositeSchedule } from './get-composite-schedule.ts';
import { getConfiguration } from './get-configuration.ts';
import { getDiagnostics } from './get-diagnostics.ts';
import { getInstalledCertificateIds } from './get-installed-certificate-ids.ts';
import { getLocalListVersion } from './get-local-list-version.ts';
import { getLog } from './get-log.ts';
import { heartbeat } from './heartbeat.ts';
import { installCertificate } from './install-certificate.ts';
import { logStatusNotification } from './log-status-notification.ts';
import { meterValues } from './meter-values.ts';
import { remoteStartTransaction } from './remote-start-transaction.ts';
import { remoteStopTransaction } from './remote-stop-transaction.ts';
import { reserveNow } from './reserve-now.ts';
import { reset } from './reset.ts';
import type { Requests } from './schema/messages.ts';
import { securityEventNotification } from './security-event-notification.ts';
import { sendLocalList } from './send-local-list.ts';
import { setChargingProfile } from './set-charging-profile.ts';
import { signCertificate } from './sign-certificate.ts';
import { signedFirmwareStatusNotification } from './signed-firmware-status-notification.ts';
import { signedUpdateFirmware } from './signed-update-firmware.ts';
import { startTransaction } from './start-transaction.ts';
import { statusNotification } from './status-notification.ts';
import { stopTransaction } from './stop-transaction.ts';
import { triggerMessage } from './trigger-message.ts';
import { unlockConnector } from './unlock-connector.ts';
import { updateFirmware } from './update-firmware.ts';

/** What stations may call. */
export const inboundActions = [
  authorize,
  bootNotification,
  dataTransferFromStation,
  diagnosticsStatusNotification,
  firmwareStatusNotification,
  heartbeat,
  logStatusNotification,
  meterValues,
  securityEventNotification,
  signCertificate,
  signedFirmwareStatusNotification,
  startTransaction,
  statusNotification,
  stopTransaction,
];

/** What the system calls, one action per kind of command. */
export const outboundActions = [
  cancelReservation,
  certificateSigned,
  changeAvailability,
  changeConfiguration,
  clearCache,
  clearChargingProfile,
  dataTransferToStation,
  deleteCertificate,
  extendedTriggerMessage,
  getCompositeSchedule,
  getConfiguration,
  getDiagnostics,
  getInstalledCertificateIds,
  getLocalListVersion,
  getLog,
  installCertificate,
  remoteStartTransaction,
  remoteStopTransaction,
  reserveNow,
  reset,
  sendLocalList,
  setChargingProfile,
  signedUpdateFirmware,
  triggerMessage,
  unlockConnector,
  updateFirmware,
];

type Built = (typeof inboundActions | typeof outboundActions)[number]['name'];

/**
 * Every action of the version is built. One that is in no list above, or here as well as there, does not compile.
 */
export const notBuilt = {} as const satisfies Record<Exclude<keyof Requests, Built>, Direction>;
