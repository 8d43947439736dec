import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { AlertStore } from '#core/alerts/alert-store.ts';
import type { CounterStore } from '#core/analytics/counter-store.ts';
import type { ApiKeyStore } from '#core/api-keys/api-key.ts';
import type { AuditStore } from '#core/audit/audit-store.ts';
import type { CampaignStore } from '#core/campaigns/campaign-store.ts';
import type { CdrStore } from '#core/cdrs/cdr-store.ts';
import type { CertificateStore, RevocationList } from '#core/certificates/certificate-store.ts';
import type { PlugAndChargeStore } from '#core/certificates/ev-certificates.ts';
import type { TrustAnchorStore } from '#core/certificates/trust-anchor.ts';
import type { CommandStore } from '#core/commands/command-store.ts';
import type { CustomerInformationStore } from '#core/customers/customer-information.ts';
import type { DataTransferStore } from '#core/data-transfer/data-transfer.ts';
import type { StationWordStore } from '#core/device-model/availability.ts';
import type { ConfigurationStore } from '#core/device-model/configuration-store.ts';
import type { DeviceModelStore } from '#core/device-model/device-model-store.ts';
import type { MonitorStore } from '#core/device-model/monitor-store.ts';
import type { ReportStore } from '#core/device-model/report-store.ts';
import type { DisplayStore } from '#core/display/display-message.ts';
import type { PerformedStore } from '#core/idempotency/performed-store.ts';
import type { FirmwareStore } from '#core/jobs/firmware-store.ts';
import type { JobStore } from '#core/jobs/job-store.ts';
import type { LocalListStore } from '#core/local-lists/local-list.ts';
import type { LocationStore } from '#core/locations/location-store.ts';
import type { MaintenanceStore } from '#core/maintenance/maintenance.ts';
import type { PartnerStore } from '#core/partners/partner-store.ts';
import type { Clock } from '#core/ports.ts';
import type { ReservationStore } from '#core/reservations/reservation-store.ts';
import type { FailedAttemptStore } from '#core/security/failed-attempts.ts';
import type { SecurityEventStore } from '#core/security/security-event.ts';
import type { SessionStore } from '#core/sessions/session-store.ts';
import type { UnfitMessageStore } from '#core/sessions/unfit-message.ts';
import type { StatementStore } from '#core/settlement/statement-store.ts';
import type { ChargingSettingsStore, ChargingStore } from '#core/smart-charging/charging-store.ts';
import type { SiteStore } from '#core/smart-charging/site.ts';
import type { OnboardingStore } from '#core/stations/onboarding.ts';
import type { StationLimitsStore } from '#core/stations/station-limits.ts';
import type { StationLiveStore, StationStore } from '#core/stations/station-store.ts';
import type { PriceAgreementStore } from '#core/tariffs/agree-price.ts';
import type { TariffAssignmentStore } from '#core/tariffs/tariff-assignment.ts';
import type { TariffStore } from '#core/tariffs/tariff-store.ts';
import type { TenantPolicyStore } from '#core/tenants/tenant-policy.ts';
import type { TokenStore } from '#core/tokens/token-store.ts';
import type { TokenUseStore } from '#core/tokens/token-use.ts';
import type { UserStore } from '#core/users/user-store.ts';
import { systemClock } from '#platform/clock.ts';
import { alertStore } from './alert-store.ts';
import { counterStore } from './analytics-store.ts';
import { apiKeyStore } from './api-key-store.ts';
import { auditStore } from './audit-store.ts';
import { campaignStore } from './campaign-store.ts';
import { cdrStore } from './cdr-store.ts';
import { certificateStore } from './certificate-store.ts';
import { chargingSettingsStore } from './charging-settings-store.ts';
import { chargingStore } from './charging-store.ts';
import { commandStore } from './command-store.ts';
import { configurationStore } from './configuration-store.ts';
import { customerInformationStore } from './customer-information-store.ts';
import { dataTransferStore } from './data-transfer-store.ts';
import { deviceModelStore } from './device-model-store.ts';
import { displayStore } from './display-store.ts';
import { failedAttemptStore } from './failed-attempt-store.ts';
import { firmwareStore } from './firmware-store.ts';
import { jobStore } from './job-store.ts';
import { tenantKeys } from './keys.ts';
import { localListStore } from './local-list-store.ts';
import { locationStore } from './location-store.ts';
import { maintenanceStore } from './maintenance-store.ts';
import { monitorStore } from './monitor-store.ts';
import { onboardingStore } from './onboarding-store.ts';
import { partnerStore } from './partner-store.ts';
import { performedStore } from './performed-store.ts';
import { plugAndChargeStore } from './plug-and-charge-store.ts';
import { priceAgreementStore } from './price-agreement-store.ts';
import { reportStore } from './report-store.ts';
import { reservationStore } from './reservation-store.ts';
import { revocationList } from './revocation-list.ts';
import { securityEventStore } from './security-event-store.ts';
import { sessionStore } from './session-store.ts';
import { siteStore } from './site-store.ts';
import { statementStore } from './statement-store.ts';
import { stationLimitsStore } from './station-limits-store.ts';
import { stationLiveStore } from './station-live-store.ts';
import { stationStore } from './station-store.ts';
import { stationWordStore } from './station-word-store.ts';
import type { StoreContext, TableNames } from './store-context.ts';
import { tariffAssignmentStore } from './tariff-assignment-store.ts';
import { tariffStore } from './tariff-store.ts';
import { tenantPolicyStore } from './tenant-policy-store.ts';
import { tokenStore } from './token-store.ts';
import { tokenUseStore } from './token-use-store.ts';
import { trustAnchorStore } from './trust-anchor-store.ts';
import { unfitMessageStore } from './unfit-message-store.ts';
import { userStore } from './user-store.ts';

export type { TableNames } from './store-context.ts';
export { tenantDirectory } from './tenant-directory.ts';

/** All stores of one tenant. */
export interface Stores {
  readonly stations: StationStore;
  readonly live: StationLiveStore;
  readonly locations: LocationStore;
  readonly maintenance: MaintenanceStore;
  readonly limits: StationLimitsStore;
  readonly deviceModel: DeviceModelStore;
  readonly reports: ReportStore;
  readonly monitors: MonitorStore;
  readonly configuration: ConfigurationStore;
  readonly words: StationWordStore;
  readonly onboarding: OnboardingStore;
  readonly localLists: LocalListStore;
  readonly policies: TenantPolicyStore;
  readonly users: UserStore;
  readonly partners: PartnerStore;
  readonly tokens: TokenStore;
  readonly tokenUses: TokenUseStore;
  readonly tariffs: TariffStore;
  readonly assignments: TariffAssignmentStore;
  readonly agreements: PriceAgreementStore;
  readonly sessions: SessionStore;
  readonly unfitMessages: UnfitMessageStore;
  readonly reservations: ReservationStore;
  readonly transfers: DataTransferStore;
  readonly displays: DisplayStore;
  readonly customers: CustomerInformationStore;
  readonly commands: CommandStore;
  readonly jobs: JobStore;
  readonly firmware: FirmwareStore;
  readonly campaigns: CampaignStore;
  readonly alerts: AlertStore;
  readonly apiKeys: ApiKeyStore;
  readonly audit: AuditStore;
  readonly performed: PerformedStore;
  readonly charging: ChargingStore;
  readonly chargingSettings: ChargingSettingsStore;
  readonly sites: SiteStore;
  readonly certificates: CertificateStore;
  readonly revocations: RevocationList;
  readonly anchors: TrustAnchorStore;
  readonly plugAndCharge: PlugAndChargeStore;
  readonly securityEvents: SecurityEventStore;
  readonly attempts: FailedAttemptStore;
  readonly cdrs: CdrStore;
  readonly counters: CounterStore;
  readonly statements: StatementStore;
}

/** Binds the stores to one tenant, for one invocation: nothing is read or connected here. Time is the system's when no clock is given. */
export function openStores({
  client,
  tables,
  tenantId,
  clock = systemClock,
}: {
  client: DynamoDBClient;
  tables: TableNames;
  tenantId: string;
  clock?: Clock;
}): Stores {
  const context: StoreContext = { client, tables, tenantId, keys: tenantKeys(tenantId), clock };
  return {
    stations: stationStore(context),
    live: stationLiveStore(context),
    locations: locationStore(context),
    maintenance: maintenanceStore(context),
    limits: stationLimitsStore(context),
    deviceModel: deviceModelStore(context),
    reports: reportStore(context),
    monitors: monitorStore(context),
    configuration: configurationStore(context),
    words: stationWordStore(context),
    onboarding: onboardingStore(context),
    localLists: localListStore(context),
    policies: tenantPolicyStore(context),
    users: userStore(context),
    partners: partnerStore(context),
    tokens: tokenStore(context),
    tokenUses: tokenUseStore(context),
    tariffs: tariffStore(context),
    assignments: tariffAssignmentStore(context),
    agreements: priceAgreementStore(context),
    sessions: sessionStore(context),
    unfitMessages: unfitMessageStore(context),
    reservations: reservationStore(context),
    transfers: dataTransferStore(context),
    displays: displayStore(context),
    customers: customerInformationStore(context),
    commands: commandStore(context),
    jobs: jobStore(context),
    firmware: firmwareStore(context),
    campaigns: campaignStore(context),
    alerts: alertStore(context),
    apiKeys: apiKeyStore(context),
    audit: auditStore(context),
    performed: performedStore(context),
    charging: chargingStore(context),
    chargingSettings: chargingSettingsStore(context),
    sites: siteStore(context),
    certificates: certificateStore(context),
    revocations: revocationList(context),
    anchors: trustAnchorStore(context),
    plugAndCharge: plugAndChargeStore(context),
    securityEvents: securityEventStore(context),
    attempts: failedAttemptStore(context),
    cdrs: cdrStore(context),
    counters: counterStore(context),
    statements: statementStore(context),
  };
}
