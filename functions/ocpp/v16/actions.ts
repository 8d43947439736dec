import type { Direction } from '../define-action.ts';
import { authorize } from './authorize.ts';
import { bootNotification } from './boot-notification.ts';
import { extendedTriggerMessage } from './extended-trigger-message.ts';
import { heartbeat } from './heartbeat.ts';
import { meterValues } from './meter-values.ts';
import { remoteStartTransaction } from './remote-start-transaction.ts';
import { remoteStopTransaction } from './remote-stop-transaction.ts';
import { reset } from './reset.ts';
import type { Requests } from './schema/messages.ts';
import { startTransaction } from './start-transaction.ts';
import { statusNotification } from './status-notification.ts';
import { stopTransaction } from './stop-transaction.ts';
import { triggerMessage } from './trigger-message.ts';
import { unlockConnector } from './unlock-connector.ts';

/** What stations may call. */
export const inboundActions = [
  authorize,
  bootNotification,
  heartbeat,
  meterValues,
  startTransaction,
  statusNotification,
  stopTransaction,
];

/** What the system calls, one action per kind of command. */
export const outboundActions = [
  extendedTriggerMessage,
  remoteStartTransaction,
  remoteStopTransaction,
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
  ChangeConfiguration: 'to station',
  ClearCache: 'to station',
  ClearChargingProfile: 'to station',
  DataTransfer: 'both',
  DeleteCertificate: 'to station',
  DiagnosticsStatusNotification: 'from station',
  FirmwareStatusNotification: 'from station',
  GetCompositeSchedule: 'to station',
  GetConfiguration: 'to station',
  GetDiagnostics: 'to station',
  GetInstalledCertificateIds: 'to station',
  GetLocalListVersion: 'to station',
  GetLog: 'to station',
  InstallCertificate: 'to station',
  LogStatusNotification: 'from station',
  ReserveNow: 'to station',
  SecurityEventNotification: 'from station',
  SendLocalList: 'to station',
  SetChargingProfile: 'to station',
  SignCertificate: 'from station',
  SignedFirmwareStatusNotification: 'from station',
  SignedUpdateFirmware: 'to station',
  UpdateFirmware: 'to station',
} as const satisfies Record<Exclude<keyof Requests, Built>, Direction>;
