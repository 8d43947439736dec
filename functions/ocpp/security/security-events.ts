import type { AlertSeverity } from '#core/alerts/alert.ts';
import { recordSecurityEvent } from '#core/security/record-security-event.ts';
import type { InboundCall } from '../services.ts';
import { stationTime } from '../station-time.ts';

/**
 * What the events of both versions mean to an operator (OCPP 2.0.1 part 2 appendix 1, 1.6 security whitepaper section 4).
 * The list there calls critical what stations must report; here it is what somebody must look at. `undefined`: nothing.
 */
const severities: Readonly<Record<string, AlertSeverity | undefined>> = {
  FirmwareUpdated: undefined,
  SettingSystemTime: undefined,
  StartupOfTheDevice: undefined,
  ResetOrReboot: undefined,
  ReconfigurationOfSecurityParameters: 'LOW',
  MaintenanceLoginAccepted: 'LOW',
  MaintenanceLoginFailed: 'MEDIUM',
  InvalidMessages: 'MEDIUM',
  MemoryExhaustion: 'MEDIUM',
  InvalidTLSVersion: 'HIGH',
  InvalidTLSCipherSuite: 'HIGH',
  SecurityLogWasCleared: 'HIGH',
  FailedToAuthenticateAtCsms: 'CRITICAL',
  FailedToAuthenticateAtCentralSystem: 'CRITICAL',
  CsmsFailedToAuthenticate: 'CRITICAL',
  CentralSystemFailedToAuthenticate: 'CRITICAL',
  AttemptedReplayAttacks: 'CRITICAL',
  TamperDetectionActivated: 'CRITICAL',
  InvalidFirmwareSignature: 'CRITICAL',
  InvalidFirmwareSigningCertificate: 'CRITICAL',
  InvalidCsmsCertificate: 'CRITICAL',
  InvalidCentralSystemCertificate: 'CRITICAL',
  InvalidChargingStationCertificate: 'CRITICAL',
  InvalidChargePointCertificate: 'CRITICAL',
};

/** Keeps a SecurityEventNotification, which both versions write alike. An event of a vendor's own may mean anything. */
export async function keepSecurityEvent(
  { type, timestamp, techInfo }: { type: string; timestamp: string; techInfo?: string },
  { services, stationId, receivedAt, note }: InboundCall,
): Promise<void> {
  const severity = Object.hasOwn(severities, type) ? severities[type] : 'MEDIUM';
  await recordSecurityEvent(services, {
    ...{ stationId, type, receivedAt, at: stationTime(timestamp, receivedAt, note) },
    ...(techInfo === undefined ? {} : { techInfo }),
    ...(severity === undefined ? {} : { severity }),
  });
}
