import type { AlertStore } from '#core/alerts/alert-store.ts';
import type { CampaignStore } from '#core/campaigns/campaign-store.ts';
import type { ReadCertificate } from '#core/certificates/certificate-authority.ts';
import type { CertificateStore, RevocationList } from '#core/certificates/certificate-store.ts';
import type { PlugAndChargeStore } from '#core/certificates/ev-certificates.ts';
import type { TrustAnchorStore } from '#core/certificates/trust-anchor.ts';
import type { CallDesk } from '#core/commands/call-desk.ts';
import type { CommandStore } from '#core/commands/command-store.ts';
import type { CustomerInformationStore } from '#core/customers/customer-information.ts';
import type { DataTransferStore } from '#core/data-transfer/data-transfer.ts';
import type { StationWordStore } from '#core/device-model/availability.ts';
import type { ConfigurationStore } from '#core/device-model/configuration-store.ts';
import type { DeviceModelStore } from '#core/device-model/device-model-store.ts';
import type { MonitorStore } from '#core/device-model/monitor-store.ts';
import type { ReportStore } from '#core/device-model/report-store.ts';
import type { DisplayStore } from '#core/display/display-message.ts';
import type { FirmwareStore } from '#core/jobs/firmware-store.ts';
import type { JobStore } from '#core/jobs/job-store.ts';
import type { StationFiles } from '#core/jobs/station-files.ts';
import type { Clock, Digest, NewId } from '#core/ports.ts';
import type { ReservationStore } from '#core/reservations/reservation-store.ts';
import type { SecurityEventStore } from '#core/security/security-event.ts';
import type { SessionStore } from '#core/sessions/session-store.ts';
import type { ChargingSettingsStore, ChargingStore } from '#core/smart-charging/charging-store.ts';
import type { SiteStore } from '#core/smart-charging/site.ts';
import type { StationLog } from '#core/station-log/station-log.ts';
import type { PasswordPort } from '#core/stations/provision-station.ts';
import type { SecurityProfile } from '#core/stations/station.ts';
import type { StationLimitsStore } from '#core/stations/station-limits.ts';
import type { StationLiveStore, StationStore } from '#core/stations/station-store.ts';
import type { SetTimer } from '#core/timers.ts';
import type { TokenStore } from '#core/tokens/token-store.ts';

/** What routes are answered with, for one tenant. */
export interface AdminServices {
  readonly tenantId: string;
  readonly stations: StationStore;
  readonly live: StationLiveStore;
  readonly limits: StationLimitsStore;
  readonly deviceModel: DeviceModelStore;
  readonly reports: ReportStore;
  readonly monitors: MonitorStore;
  readonly configuration: ConfigurationStore;
  readonly words: StationWordStore;
  readonly sessions: SessionStore;
  readonly tokens: TokenStore;
  readonly commands: CommandStore;
  readonly jobs: JobStore;
  readonly firmware: FirmwareStore;
  readonly campaigns: CampaignStore;
  readonly files: StationFiles;
  readonly reservations: ReservationStore;
  readonly transfers: DataTransferStore;
  readonly displays: DisplayStore;
  readonly customers: CustomerInformationStore;
  /** Whether an address of the web leads out of this system. */
  readonly isPublicUrl: (url: string) => boolean;
  readonly newSecret: () => string;
  readonly alerts: AlertStore;
  readonly stationLog: StationLog;
  readonly charging: ChargingStore;
  readonly chargingSettings: ChargingSettingsStore;
  readonly sites: SiteStore;
  readonly certificates: CertificateStore;
  readonly revocations: RevocationList;
  readonly anchors: TrustAnchorStore;
  readonly plugAndCharge: PlugAndChargeStore;
  readonly securityEvents: SecurityEventStore;
  readonly readCertificate: ReadCertificate;
  /** The certificate of the authority that certifies stations, PEM. */
  readonly stationAuthority: () => Promise<string>;
  readonly passwords: PasswordPort;
  readonly sealPassword: (stationId: string, password: string) => Promise<string>;
  readonly allowedProfiles: ReadonlySet<SecurityProfile>;
  /** Ends the station's connection, so that what was changed holds from the next one on. */
  readonly closeConnection: (connectionId: string) => Promise<void>;
  readonly calls: CallDesk;
  /** Whether a text is a key that signatures of meters can be checked with. */
  readonly isMeterKey: (text: string) => boolean;
  readonly setTimer: SetTimer;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly digest: Digest;
}
