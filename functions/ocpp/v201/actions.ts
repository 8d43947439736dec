import type { Direction } from '../define-action.ts';
import { authorize } from './authorize.ts';
import { bootNotification } from './boot-notification.ts';
import { cancelReservation } from './cancel-reservation.ts';
import { certificateSigned } from './certificate-signed.ts';
import { changeAvailability } from './change-availability.ts';
import { clearCache } from './clear-cache.ts';
import { clearChargingProfile } from './clear-charging-profile.ts';
import { clearDisplayMessage } from './clear-display-message.ts';
import { clearVariableMonitoring } from './clear-variable-monitoring.ts';
import { clearedChargingLimit } from './cleared-charging-limit.ts';
import { costUpdated } from './cost-updated.ts';
import { customerInformation } from './customer-information.ts';
import { dataTransferFromStation, dataTransferToStation } from './data-transfer.ts';
import { deleteCertificate } from './delete-certificate.ts';
import { firmwareStatusNotification } from './firmware-status-notification.ts';
import { get15118EvCertificate } from './get-15118-ev-certificate.ts';
import { getBaseReport } from './get-base-report.ts';
import { getCertificateStatus } from './get-certificate-status.ts';
import { getChargingProfiles } from './get-charging-profiles.ts';
import { getCompositeSchedule } from './get-composite-schedule.ts';
import { getDisplayMessages } from './get-display-messages.ts';
import { getInstalledCertificateIds } from './get-installed-certificate-ids.ts';
import { getLocalListVersion } from './get-local-list-version.ts';
import { getLog } from './get-log.ts';
import { getMonitoringReport } from './get-monitoring-report.ts';
import { getReport } from './get-report.ts';
import { getTransactionStatus } from './get-transaction-status.ts';
import { getVariables } from './get-variables.ts';
import { heartbeat } from './heartbeat.ts';
import { installCertificate } from './install-certificate.ts';
import { logStatusNotification } from './log-status-notification.ts';
import { meterValues } from './meter-values.ts';
import { notifyChargingLimit } from './notify-charging-limit.ts';
import { notifyCustomerInformation } from './notify-customer-information.ts';
import { notifyDisplayMessages } from './notify-display-messages.ts';
import { notifyEVChargingNeeds } from './notify-ev-charging-needs.ts';
import { notifyEVChargingSchedule } from './notify-ev-charging-schedule.ts';
import { notifyEvent } from './notify-event.ts';
import { notifyMonitoringReport } from './notify-monitoring-report.ts';
import { notifyReport } from './notify-report.ts';
import { publishFirmware } from './publish-firmware.ts';
import { publishFirmwareStatusNotification } from './publish-firmware-status-notification.ts';
import { reportChargingProfiles } from './report-charging-profiles.ts';
import { requestStartTransaction } from './request-start-transaction.ts';
import { requestStopTransaction } from './request-stop-transaction.ts';
import { reservationStatusUpdate } from './reservation-status-update.ts';
import { reserveNow } from './reserve-now.ts';
import { reset } from './reset.ts';
import type { Requests } from './schema/messages.ts';
import { securityEventNotification } from './security-event-notification.ts';
import { sendLocalList } from './send-local-list.ts';
import { setChargingProfile } from './set-charging-profile.ts';
import { setDisplayMessage } from './set-display-message.ts';
import { setMonitoringBase } from './set-monitoring-base.ts';
import { setMonitoringLevel } from './set-monitoring-level.ts';
import { setNetworkProfile } from './set-network-profile.ts';
import { setVariableMonitoring } from './set-variable-monitoring.ts';
import { setVariables } from './set-variables.ts';
import { signCertificate } from './sign-certificate.ts';
import { statusNotification } from './status-notification.ts';
import { transactionEvent } from './transaction-event.ts';
import { triggerMessage } from './trigger-message.ts';
import { unlockConnector } from './unlock-connector.ts';
import { unpublishFirmware } from './unpublish-firmware.ts';
import { updateFirmware } from './update-firmware.ts';

/** What stations may call. */
export const inboundActions = [
  authorize,
  bootNotification,
  clearedChargingLimit,
  dataTransferFromStation,
  firmwareStatusNotification,
  get15118EvCertificate,
  getCertificateStatus,
  heartbeat,
  logStatusNotification,
  meterValues,
  notifyChargingLimit,
  notifyCustomerInformation,
  notifyDisplayMessages,
  notifyEVChargingNeeds,
  notifyEVChargingSchedule,
  notifyEvent,
  notifyMonitoringReport,
  notifyReport,
  publishFirmwareStatusNotification,
  reportChargingProfiles,
  reservationStatusUpdate,
  securityEventNotification,
  signCertificate,
  statusNotification,
  transactionEvent,
];

/** What the system calls, one action per kind of command. */
export const outboundActions = [
  cancelReservation,
  certificateSigned,
  changeAvailability,
  clearCache,
  clearChargingProfile,
  clearDisplayMessage,
  clearVariableMonitoring,
  costUpdated,
  customerInformation,
  dataTransferToStation,
  deleteCertificate,
  getBaseReport,
  getChargingProfiles,
  getCompositeSchedule,
  getDisplayMessages,
  getInstalledCertificateIds,
  getLocalListVersion,
  getLog,
  getMonitoringReport,
  getReport,
  getTransactionStatus,
  getVariables,
  installCertificate,
  publishFirmware,
  requestStartTransaction,
  requestStopTransaction,
  reserveNow,
  reset,
  sendLocalList,
  setChargingProfile,
  setDisplayMessage,
  setMonitoringBase,
  setMonitoringLevel,
  setNetworkProfile,
  setVariableMonitoring,
  setVariables,
  triggerMessage,
  unlockConnector,
  unpublishFirmware,
  updateFirmware,
];

type Built = (typeof inboundActions | typeof outboundActions)[number]['name'];

/**
 * Every action of the version is built. One that is in no list above, or here as well as there, does not compile.
 */
export const notBuilt = {} as const satisfies Record<Exclude<keyof Requests, Built>, Direction>;
