import type { Direction } from '../define-action.ts';
import { authorize } from './authorize.ts';
import { bootNotification } from './boot-notification.ts';
import { heartbeat } from './heartbeat.ts';
import { meterValues } from './meter-values.ts';
import { requestStartTransaction } from './request-start-transaction.ts';
import { requestStopTransaction } from './request-stop-transaction.ts';
import { reset } from './reset.ts';
import type { Requests } from './schema/messages.ts';
import { statusNotification } from './status-notification.ts';
import { transactionEvent } from './transaction-event.ts';
import { triggerMessage } from './trigger-message.ts';
import { unlockConnector } from './unlock-connector.ts';

/** What stations may call. */
export const inboundActions = [
  authorize,
  bootNotification,
  heartbeat,
  meterValues,
  statusNotification,
  transactionEvent,
];

/** What the system calls, one action per kind of command. */
export const outboundActions = [
  requestStartTransaction,
  requestStopTransaction,
  reset,
  triggerMessage,
  unlockConnector,
];

type Built = (typeof inboundActions | typeof outboundActions)[number]['name'];

/**
 * Known and not built: stations get NotSupported. An action that is neither here nor above, or in both, does
 * not compile.
 */
export const notBuilt = {
  CancelReservation: 'to station',
  CertificateSigned: 'to station',
  ChangeAvailability: 'to station',
  ClearCache: 'to station',
  ClearChargingProfile: 'to station',
  ClearDisplayMessage: 'to station',
  ClearVariableMonitoring: 'to station',
  ClearedChargingLimit: 'from station',
  CostUpdated: 'to station',
  CustomerInformation: 'to station',
  DataTransfer: 'both',
  DeleteCertificate: 'to station',
  FirmwareStatusNotification: 'from station',
  Get15118EVCertificate: 'from station',
  GetBaseReport: 'to station',
  GetCertificateStatus: 'from station',
  GetChargingProfiles: 'to station',
  GetCompositeSchedule: 'to station',
  GetDisplayMessages: 'to station',
  GetInstalledCertificateIds: 'to station',
  GetLocalListVersion: 'to station',
  GetLog: 'to station',
  GetMonitoringReport: 'to station',
  GetReport: 'to station',
  GetTransactionStatus: 'to station',
  GetVariables: 'to station',
  InstallCertificate: 'to station',
  LogStatusNotification: 'from station',
  NotifyChargingLimit: 'from station',
  NotifyCustomerInformation: 'from station',
  NotifyDisplayMessages: 'from station',
  NotifyEVChargingNeeds: 'from station',
  NotifyEVChargingSchedule: 'from station',
  NotifyEvent: 'from station',
  NotifyMonitoringReport: 'from station',
  NotifyReport: 'from station',
  PublishFirmware: 'to station',
  PublishFirmwareStatusNotification: 'from station',
  ReportChargingProfiles: 'from station',
  ReservationStatusUpdate: 'from station',
  ReserveNow: 'to station',
  SecurityEventNotification: 'from station',
  SendLocalList: 'to station',
  SetChargingProfile: 'to station',
  SetDisplayMessage: 'to station',
  SetMonitoringBase: 'to station',
  SetMonitoringLevel: 'to station',
  SetNetworkProfile: 'to station',
  SetVariableMonitoring: 'to station',
  SetVariables: 'to station',
  SignCertificate: 'from station',
  UnpublishFirmware: 'to station',
  UpdateFirmware: 'to station',
} as const satisfies Record<Exclude<keyof Requests, Built>, Direction>;
