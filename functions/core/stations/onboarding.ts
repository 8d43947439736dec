import type { AlertStore } from '../alerts/alert-store.ts';
import { raiseAlert } from '../alerts/raise-alert.ts';
import { DomainError } from '../errors.ts';
import type { Clock, Digest, Page, PageRequest } from '../ports.ts';
import type { TenantPolicy } from '../tenants/tenant-policy.ts';
import { createStation, type ProvisionPorts, type StationDescription } from './provision-station.ts';
import type { Boot, Registration } from './register-boot.ts';
import type { PasswordHash, SecurityProfile, Station } from './station.ts';

/** What a station that nobody registered showed at the door. */
export interface Newcomer {
  readonly protocol: string;
  readonly securityProfile: SecurityProfile;
  /** The password it came with, which nobody has checked. */
  readonly password?: PasswordHash;
}

/** A station that knocked and waits for somebody to decide. Times in epoch milliseconds. */
export interface InboxEntry extends Newcomer {
  readonly stationId: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serialNumber?: string;
  readonly firmwareVersion?: string;
  /** Its latest connection. */
  readonly connectionId: string;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
  readonly attempts: number;
  readonly rejectedAt?: number;
}

/** The stations that wait, a bounded number for each tenant. An entry goes a month after its last attempt. */
export interface OnboardingStore {
  /** Adds a station, or counts another attempt of it. `full`: too many wait already; nothing is kept. */
  noteNewcomer(
    entry: Omit<InboxEntry, 'firstSeenAt' | 'attempts' | 'rejectedAt'>,
  ): Promise<'waiting' | 'rejected' | 'full'>;
  findNewcomer(stationId: string): Promise<InboxEntry | undefined>;
  /** In the order of station ids. */
  listNewcomers(page: PageRequest): Promise<Page<InboxEntry>>;
  rejectNewcomer(stationId: string, at: number): Promise<'rejected' | 'absent'>;
  removeNewcomer(stationId: string): Promise<void>;
}

/**
 * Takes the boot of a station that nobody registered: it waits in the inbox, and asks again after a while. Nothing
 * else of it is kept. One that was turned down is told so.
 */
export async function registerNewcomer(
  ports: {
    onboarding: OnboardingStore;
    policy: TenantPolicy;
    alerts: AlertStore;
    clock: Clock;
    digest: Digest;
  },
  boot: Boot,
  newcomer: Newcomer,
): Promise<Registration> {
  const now = ports.clock();
  const { reason: _, ...made } = boot;
  const noted = await ports.onboarding.noteNewcomer({ ...made, ...newcomer, lastSeenAt: now });
  if (noted === 'full') {
    await raiseAlert(ports, {
      category: 'SECURITY_ALERT',
      severity: 'MEDIUM',
      kind: 'onboarding-inbox-full',
      subject: 'onboarding',
      message: `unknown stations wait for a decision in such number that ${boot.stationId} was not kept`,
    });
  }
  return {
    status: noted === 'rejected' ? 'REJECTED' : 'PENDING',
    intervalS: ports.policy.registrationRetryS,
    now,
  };
}

/** What decides about waiting stations. */
export interface OnboardingPorts extends ProvisionPorts {
  readonly onboarding: OnboardingStore;
  readonly closeConnection: (connectionId: string) => Promise<void>;
}

/**
 * Registers a waiting station and lets it connect anew, as one that is known. With `adoptPassword` the password it
 * came with is its own from now on (trust on first use); without, as `createStation`. Throws what that throws, and
 * `NotFound` when nobody waits by that name, `Validation` when there is no password to adopt.
 */
export async function acceptNewcomer(
  ports: OnboardingPorts,
  described: Omit<StationDescription, 'protocol' | 'passwordHash'>,
  { adoptPassword }: { adoptPassword: boolean },
): Promise<{ station: Station; password?: string }> {
  const { stationId } = described;
  const entry = await mustFind(ports.onboarding, stationId);
  if (adoptPassword && !entry.password) {
    throw new DomainError('Validation', `station ${stationId} came without a password`, 'adoptPassword');
  }
  const { manufacturer, model, serialNumber, protocol, password: passwordHash } = entry;
  const made = await createStation(ports, {
    manufacturer,
    model,
    ...(serialNumber === undefined ? {} : { serialNumber }),
    ...described,
    protocol,
    ...(adoptPassword && passwordHash ? { passwordHash } : {}),
  });
  await ports.onboarding.removeNewcomer(stationId);
  await ports.closeConnection(entry.connectionId);
  return made;
}

/** Turns a waiting station down: it is told so at its next attempts. Throws `NotFound`. */
export async function rejectNewcomer(
  ports: Pick<OnboardingPorts, 'onboarding' | 'clock'>,
  stationId: string,
): Promise<InboxEntry> {
  await ports.onboarding.rejectNewcomer(stationId, ports.clock());
  return mustFind(ports.onboarding, stationId);
}

async function mustFind(onboarding: OnboardingStore, stationId: string): Promise<InboxEntry> {
  const entry = await onboarding.findNewcomer(stationId);
  if (entry) return entry;
  throw new DomainError('NotFound', `no station ${stationId} waits to be let in`, 'stationId');
}
