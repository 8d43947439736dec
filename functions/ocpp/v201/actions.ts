import type { Direction } from '../define-action.ts';
import { authorize } from './authorize.ts';
import { bootNotification } from './boot-notification.ts';
import { cancelReservation } from './cancel-reservation.ts';
import { certificateSigned } from './certificate-signed.ts';
import { clearChargingProfile } from './clear-charging-profile.ts';
import { clearedChargingLimit } from './cleared-charging-limit.ts';
import { deleteCertificate } from './delete-certificate.ts';
import { get15118EvCertificate } from './get-15118-ev-certificate.ts';
import { getCertificateStatus } from './get-certificate-status.ts';
import { getChargingProfiles } from './get-charging-profiles.ts';
import { getCompositeSchedule } from './get-composite-schedule.ts';
import { getInstalledCertificateIds } from './get-installed-certificate-ids.ts';
import { heartbeat } from './heartbeat.ts';
import { installCertificate } from './install-certificate.ts';
import { meterValues } from './meter-values.ts';
import { notifyChargingLimit } from './notify-charging-limit.ts';
import { notifyEVChargingNeeds } from './notify-ev-charging-needs.ts';
import { notifyEVChargingSchedule } from './notify-ev-charging-schedule.ts';
import { reportChargingProfiles } from './report-charging-profiles.ts';
import { requestStartTransaction } from './request-start-transaction.ts';
import { requestStopTransaction } from './request-stop-transaction.ts';
import { reservationStatusUpdate } from './reservation-status-update.ts';
import { reserveNow } from './reserve-now.ts';
import { reset } from './reset.ts';
import type { Requests } from './schema/messages.ts';
import { securityEventNotification } from './security-event-notification.ts';
import { setChargingProfile } from './set-charging-profile.ts';
import { signCertificate } from './sign-certificate.ts';
import { statusNotification } from './status-notification.ts';
import { transactionEvent } from './transaction-event.ts';
import { triggerMessage } from './trigger-message.ts';
import { unlockConnector } from './unlock-connector.ts';

/** What stations may call. */
export const inboundActions = [
  authorize,
  bootNotification,
  clearedChargingLimit,
  heartbeat,
  meterValues,
  notifyChargingLimit,
  notifyEVChargingNeeds,
  notifyEVChargingSchedule,
  reportChargingProfiles,
  reservationStatusUpdate,
  statusNotification,
  transactionEvent,
  securityEventNotification,
  signCertificate,
  getCertificateStatus,
  get15118EvCertificate,
];

/** What the system calls, one action per kind of command. */
export const outboundActions = [
  cancelReservation,
  clearChargingProfile,
  getChargingProfiles,
  getCompositeSchedule,
  requestStartTransaction,
  requestStopTransaction,
  reserveNow,
  reset,
  setChargingProfile,
  triggerMessage,
  unlockConnector,
  certificateSigned,
  deleteCertificate,
  getInstalledCertificateIds,
  installCertificate,
];

type Built = (typeof inboundActions | typeof outboundActions)[number]['name'];

/**
 * Known and not built: stations get NotSupported. An action that is neither here nor above, or in both, does
 * not compile.
 */
export const notBuilt = {
  ChangeAvailability: 'to station',
  ClearCache: 'to station',
  ClearDisplayMessage: 'to station',
  ClearVariableMonitoring: 'to station',
  CostUpdated: 'to station',
  CustomerInformation: 'to station',
  DataTransfer: 'both',
  FirmwareStatusNotification: 'from station',
  GetBaseReport: 'to station',
  GetDisplayMessages: 'to station',
  GetLocalListVersion: 'to station',
  GetLog: 'to station',
  GetMonitoringReport: 'to station',
  GetReport: 'to station',
  GetTransactionStatus: 'to station',
  GetVariables: 'to station',
  LogStatusNotification: 'from station',
  NotifyCustomerInformation: 'from station',
  NotifyDisplayMessages: 'from station',
  NotifyEvent: 'from station',
  NotifyMonitoringReport: 'from station',
  NotifyReport: 'from station',
  PublishFirmware: 'to station',
  PublishFirmwareStatusNotification: 'from station',
  SendLocalList: 'to station',
  SetDisplayMessage: 'to station',
  SetMonitoringBase: 'to station',
  SetMonitoringLevel: 'to station',
  SetNetworkProfile: 'to station',
  SetVariableMonitoring: 'to station',
  SetVariables: 'to station',
  UnpublishFirmware: 'to station',
  UpdateFirmware: 'to station',
} as const satisfies Record<Exclude<keyof Requests, Built>, Direction>;
