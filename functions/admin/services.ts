import type { AlertStore } from '#core/alerts/alert-store.ts';
import type { CounterStore } from '#core/analytics/counter-store.ts';
import type { AuditStore } from '#core/audit/audit-store.ts';
import type { CampaignStore } from '#core/campaigns/campaign-store.ts';
import type { Cdr } from '#core/cdrs/cdr.ts';
import type { CdrStore } from '#core/cdrs/cdr-store.ts';
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
import type { LocalListStore } from '#core/local-lists/local-list.ts';
import type { LocationStore } from '#core/locations/location-store.ts';
import type { VerifySignedValue } from '#core/metering/signed-values.ts';
import type { PartnerStore } from '#core/partners/partner-store.ts';
import type { Clock, Digest, NewId } from '#core/ports.ts';
import type { ReservationStore } from '#core/reservations/reservation-store.ts';
import type { SecurityEventStore } from '#core/security/security-event.ts';
import type { SessionStore } from '#core/sessions/session-store.ts';
import type { UnfitMessageStore } from '#core/sessions/unfit-message.ts';
import type { StatementStore } from '#core/settlement/statement-store.ts';
import type { ChargingSettingsStore, ChargingStore } from '#core/smart-charging/charging-store.ts';
import type { SiteStore } from '#core/smart-charging/site.ts';
import type { StationLog } from '#core/station-log/station-log.ts';
import type { OnboardingStore } from '#core/stations/onboarding.ts';
import type { PasswordPort } from '#core/stations/provision-station.ts';
import type { SecurityProfile } from '#core/stations/station.ts';
import type { StationLimitsStore } from '#core/stations/station-limits.ts';
import type { StationLiveStore, StationStore } from '#core/stations/station-store.ts';
import type { PriceAgreementStore } from '#core/tariffs/agree-price.ts';
import type { QuoteReaders } from '#core/tariffs/quote-session.ts';
import type { TariffAssignmentStore } from '#core/tariffs/tariff-assignment.ts';
import type { TariffStore } from '#core/tariffs/tariff-store.ts';
import type { Tenant } from '#core/tenants/tenant.ts';
import type { TenantPolicyStore } from '#core/tenants/tenant-policy.ts';
import type { TenantDirectory } from '#core/tenants/tenant-store.ts';
import type { SetTimer } from '#core/timers.ts';
import type { TokenStore } from '#core/tokens/token-store.ts';
import type { TokenUseStore } from '#core/tokens/token-use.ts';
import type { UserStore } from '#core/users/user-store.ts';

/** What routes are answered with, for one tenant. */
export interface AdminServices {
  readonly tenantId: string;
  readonly stations: StationStore;
  readonly locations: LocationStore;
  readonly live: StationLiveStore;
  readonly limits: StationLimitsStore;
  readonly deviceModel: DeviceModelStore;
  readonly reports: ReportStore;
  readonly monitors: MonitorStore;
  readonly configuration: ConfigurationStore;
  readonly words: StationWordStore;
  readonly sessions: SessionStore;
  readonly unfitMessages: UnfitMessageStore;
  readonly users: UserStore;
  readonly partners: PartnerStore;
  readonly tokens: TokenStore;
  readonly tariffs: TariffStore;
  readonly cdrs: CdrStore;
  /** A CDR as an OCPI 2.2.1 CDR object of an operator. Throws `Conflict` for one that does not say enough. */
  readonly toOcpiCdr: (
    cdr: Cdr,
    facts: { readonly owner: Pick<Tenant, 'countryCode' | 'partyId'> },
  ) => Readonly<Record<string, unknown>>;
  readonly verifySigned: VerifySignedValue;
  readonly quoteReaders: QuoteReaders;
  readonly assignments: TariffAssignmentStore;
  readonly agreements: PriceAgreementStore;
  readonly tokenUses: TokenUseStore;
  readonly localLists: LocalListStore;
  readonly onboarding: OnboardingStore;
  readonly policies: TenantPolicyStore;
  readonly findTenant: () => Promise<Tenant>;
  /** All tenants of the system: for what its own people ask. */
  readonly tenants: TenantDirectory;
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
  readonly audit: AuditStore;
  readonly counters: CounterStore;
  readonly stationLog: StationLog;
  readonly statements: StatementStore;
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
  readonly sealSecret: (stationId: string, text: string) => Promise<string>;
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
