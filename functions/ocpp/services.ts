import type { AlertStore } from '#core/alerts/alert-store.ts';
import type { CertificateAuthority, ReadCertificate } from '#core/certificates/certificate-authority.ts';
import type { CertificateStore } from '#core/certificates/certificate-store.ts';
import type { EvCertificateService, PlugAndChargeStore } from '#core/certificates/ev-certificates.ts';
import type { CheckChain } from '#core/certificates/judge-contract.ts';
import type { OcspClient } from '#core/certificates/ocsp.ts';
import type { TrustAnchorStore } from '#core/certificates/trust-anchor.ts';
import type { Command } from '#core/commands/command.ts';
import type { CommandStore } from '#core/commands/command-store.ts';
import type { CustomerInformationStore } from '#core/customers/customer-information.ts';
import type { DataTransferHandler, DataTransferStore } from '#core/data-transfer/data-transfer.ts';
import type { StationWordStore } from '#core/device-model/availability.ts';
import type { ConfigurationStore } from '#core/device-model/configuration-store.ts';
import type { DeviceModelStore } from '#core/device-model/device-model-store.ts';
import type { MonitorStore } from '#core/device-model/monitor-store.ts';
import type { ReportStore } from '#core/device-model/report-store.ts';
import type { DisplayStore } from '#core/display/display-message.ts';
import type { JobStore } from '#core/jobs/job-store.ts';
import type { LocalListStore } from '#core/local-lists/local-list.ts';
import type { Clock, Digest, NewId } from '#core/ports.ts';
import type { ReservationStore } from '#core/reservations/reservation-store.ts';
import type { SecurityEventStore } from '#core/security/security-event.ts';
import type { SessionHints } from '#core/sessions/session-hints.ts';
import type { SessionStore } from '#core/sessions/session-store.ts';
import type { UnfitMessageStore } from '#core/sessions/unfit-message.ts';
import type { ChargingSettingsStore, ChargingStore } from '#core/smart-charging/charging-store.ts';
import type { AcceptedConnections } from '#core/stations/accepted-connections.ts';
import type { Newcomer, OnboardingStore } from '#core/stations/onboarding.ts';
import type { StationLimitsStore } from '#core/stations/station-limits.ts';
import type { StationLiveStore, StationStore } from '#core/stations/station-store.ts';
import type { PriceAgreementStore } from '#core/tariffs/agree-price.ts';
import type { TariffAssignmentStore } from '#core/tariffs/tariff-assignment.ts';
import type { TariffStore } from '#core/tariffs/tariff-store.ts';
import type { Tenant } from '#core/tenants/tenant.ts';
import type { TenantPolicy } from '#core/tenants/tenant-policy.ts';
import type { SetTimer } from '#core/timers.ts';
import type { TokenStore } from '#core/tokens/token-store.ts';
import type { TokenUseStore } from '#core/tokens/token-use.ts';
import type { NoteQuirk } from './quirks.ts';

/** What this room needs of the rest of the system, for one tenant. */
export interface OcppServices {
  readonly tenantId: string;
  /** Its name in station URLs, and the organization in certificates. */
  readonly tenantSlug: string;
  readonly stations: StationStore;
  readonly live: StationLiveStore;
  readonly limits: StationLimitsStore;
  readonly deviceModel: DeviceModelStore;
  readonly reports: ReportStore;
  readonly monitors: MonitorStore;
  readonly configuration: ConfigurationStore;
  readonly words: StationWordStore;
  readonly sessions: SessionStore;
  readonly unfitMessages: UnfitMessageStore;
  readonly tokens: TokenStore;
  readonly tokenUses: TokenUseStore;
  readonly commands: CommandStore;
  readonly jobs: JobStore;
  readonly reservations: ReservationStore;
  readonly transfers: DataTransferStore;
  /** Hands data of stations on to where the tenant wants it. */
  readonly forwardData: DataTransferHandler;
  readonly displays: DisplayStore;
  readonly customers: CustomerInformationStore;
  readonly alerts: AlertStore;
  readonly charging: ChargingStore;
  readonly chargingSettings: ChargingSettingsStore;
  readonly certificates: CertificateStore;
  readonly authority: Pick<CertificateAuthority, 'readRequest'>;
  readonly readCertificate: ReadCertificate;
  readonly checkChain: CheckChain;
  readonly ocsp: OcspClient;
  readonly anchors: TrustAnchorStore;
  readonly plugAndCharge: PlugAndChargeStore;
  readonly evCertificates: EvCertificateService;
  readonly securityEvents: SecurityEventStore;
  readonly setTimer: SetTimer;
  readonly clock: Clock;
  readonly digest: Digest;
  readonly newId: NewId;
  readonly sessionHints: SessionHints;
  readonly acceptedConnections: AcceptedConnections;
  readonly onboarding: OnboardingStore;
  readonly localLists: LocalListStore;
  readonly policy: TenantPolicy;
  readonly findTenant: () => Promise<Tenant | undefined>;
  readonly tariffs: TariffStore;
  readonly assignments: TariffAssignmentStore;
  readonly agreements: PriceAgreementStore;
}

/** What an action gets beside the answer to one of our calls. */
export interface AnsweredCall {
  readonly stationId: string;
  readonly command: Command;
  /** When the answer arrived, in epoch milliseconds. */
  readonly answeredAt: number;
  readonly services: OcppServices;
}

/** What an action gets beside the request. */
export interface InboundCall {
  readonly stationId: string;
  readonly connectionId: string;
  /** When the frame arrived, in epoch milliseconds. */
  readonly receivedAt: number;
  readonly services: OcppServices;
  readonly note: NoteQuirk;
  /** Present on the connection of a station that nobody registered. */
  readonly newcomer?: Newcomer;
}
