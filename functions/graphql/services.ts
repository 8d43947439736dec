import type { AlertStore } from '#core/alerts/alert-store.ts';
import type { CounterStore } from '#core/analytics/counter-store.ts';
import type { ApiKeyStore } from '#core/api-keys/api-key.ts';
import type { AuditStore } from '#core/audit/audit-store.ts';
import type { CdrStore } from '#core/cdrs/cdr-store.ts';
import type { CallDesk } from '#core/commands/call-desk.ts';
import type { CommandStore } from '#core/commands/command-store.ts';
import type { ConfigurationStore } from '#core/device-model/configuration-store.ts';
import type { DeviceModelStore } from '#core/device-model/device-model-store.ts';
import type { FirmwareStore } from '#core/jobs/firmware-store.ts';
import type { JobStore } from '#core/jobs/job-store.ts';
import type { LocationStore } from '#core/locations/location-store.ts';
import type { MaintenanceStep, MaintenanceStore } from '#core/maintenance/maintenance.ts';
import type { VerifySignedValue } from '#core/metering/signed-values.ts';
import type { PartnerStore } from '#core/partners/partner-store.ts';
import type { Clock, Digest, NewId } from '#core/ports.ts';
import type { ReservationStore } from '#core/reservations/reservation-store.ts';
import type { SessionStore } from '#core/sessions/session-store.ts';
import type { StatementStore } from '#core/settlement/statement-store.ts';
import type { ChargingStore } from '#core/smart-charging/charging-store.ts';
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
import type { PublicationMemory } from './publications.ts';

/** What the fields of one tenant are resolved with. */
export interface GraphqlServices {
  readonly tenantId: string;
  readonly stations: StationStore;
  readonly live: StationLiveStore;
  readonly locations: LocationStore;
  readonly maintenance: MaintenanceStore;
  /** Hands a step of maintenance on to whoever does it. */
  readonly handOn: (step: MaintenanceStep) => Promise<void>;
  readonly sessions: SessionStore;
  readonly users: UserStore;
  readonly partners: PartnerStore;
  readonly tokens: TokenStore;
  readonly tokenUses: TokenUseStore;
  readonly policies: TenantPolicyStore;
  readonly tariffs: TariffStore;
  readonly quoteReaders: QuoteReaders;
  readonly assignments: TariffAssignmentStore;
  readonly agreements: PriceAgreementStore;
  readonly limits: StationLimitsStore;
  readonly configuration: ConfigurationStore;
  readonly deviceModel: DeviceModelStore;
  readonly alerts: AlertStore;
  readonly commands: CommandStore;
  readonly jobs: JobStore;
  readonly firmware: FirmwareStore;
  readonly reservations: ReservationStore;
  readonly charging: ChargingStore;
  readonly calls: CallDesk;
  readonly cdrs: CdrStore;
  readonly verifySigned: VerifySignedValue;
  readonly statements: StatementStore;
  readonly audit: AuditStore;
  readonly apiKeys: ApiKeyStore;
  readonly newSecret: () => string;
  readonly counters: CounterStore;
  readonly passwords: PasswordPort;
  /** Makes a text unreadable for all but whoever sends it to this very station. */
  readonly sealSecret: (stationId: string, text: string) => Promise<string>;
  readonly allowedProfiles: ReadonlySet<SecurityProfile>;
  /** Ends the station's connection, so that what was changed holds from the next one on. */
  readonly closeConnection: (connectionId: string) => Promise<void>;
  readonly setTimer: SetTimer;
  readonly memory: PublicationMemory;
  readonly findTenant: () => Promise<Tenant>;
  /** All tenants of the system: for what its own people ask. */
  readonly tenants: TenantDirectory;
  readonly clock: Clock;
  readonly newId: NewId;
  /** The field is resolved once more, with the ids of a former attempt, which may have done some of it. */
  readonly isRepeat?: boolean;
  readonly digest: Digest;
}
