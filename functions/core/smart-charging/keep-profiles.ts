import type { ChargingProfile, ExternalLimit, LimitSource } from './charging-profile.ts';
import type { ChargingStore, KnownProfile, ProfileCriteria, StationCharging } from './charging-store.ts';

interface Ports {
  readonly charging: ChargingStore;
}

/** A profile that a station agreed to. `at` is when it was asked. */
export interface AcceptedProfile {
  readonly stationId: string;
  readonly evseId: number;
  readonly profile: ChargingProfile;
  readonly at: number;
  /** Whether it drives out the one of the same place, purpose and level (1.6 §5.16); 2.0.1 allows no such two. */
  readonly replacesSameLevel?: boolean;
}

/** Keeps a profile that a station agreed to have, and that it can be limited. Safe to repeat. */
export async function keepAcceptedProfile(ports: Ports, accepted: AcceptedProfile): Promise<void> {
  const { stationId, evseId, profile, at, replacesSameLevel = false } = accepted;
  if (replacesSameLevel) {
    const { profiles } = await ports.charging.findCharging(stationId);
    const driven = profiles.filter(
      (other) =>
        other.evseId === evseId &&
        other.profile.profileId !== profile.profileId &&
        other.profile.purpose === profile.purpose &&
        other.profile.stackLevel === profile.stackLevel &&
        other.installedAt <= at,
    );
    await ports.charging.clearProfiles(stationId, idsOf(driven), at);
  }
  await ports.charging.installProfile(stationId, { evseId, profile, source: 'CSO', installedAt: at });
  await ports.charging.noteControllable(stationId, true, at);
}

/** Forgets the profiles that a station cleared, or says it has not: after either it has none of them. */
export async function forgetClearedProfiles(
  ports: Ports,
  cleared: { stationId: string; criteria: ProfileCriteria; at: number },
): Promise<void> {
  const { stationId, criteria, at } = cleared;
  const { profiles } = await ports.charging.findCharging(stationId);
  const gone = profiles.filter(
    (known) => known.profile.purpose !== 'EXTERNAL' && matches(known, criteria) && known.installedAt <= at,
  );
  await ports.charging.clearProfiles(stationId, idsOf(gone), at);
}

/** Profiles of one source and EVSE, in an answer of several messages to `requestId`; `last` says that it is whole. */
export interface ReportedProfiles {
  readonly stationId: string;
  readonly requestId: number;
  readonly evseId: number;
  readonly source: LimitSource;
  readonly profiles: readonly ChargingProfile[];
  readonly last: boolean;
  readonly receivedAt: number;
}

/**
 * Keeps what a station reports. Once the report is whole, what was asked for and is not in it is gone. It may be here
 * before the station's word that it will come.
 */
export async function keepReportedProfiles(ports: Ports, report: ReportedProfiles): Promise<void> {
  const { stationId, requestId, evseId, source, receivedAt } = report;
  for (const profile of report.profiles) {
    const known: KnownProfile = { evseId, profile, source, installedAt: receivedAt, reportId: requestId };
    await ports.charging.installProfile(stationId, known);
  }
  if (!report.last) return;
  await ports.charging.noteReportEnd(stationId, { requestId, toldAt: receivedAt });
  await forgetUnreported(ports, { stationId, requestId });
}

/** Nothing before both the question and the end of its report are known. */
async function forgetUnreported(
  ports: Ports,
  { stationId, requestId }: { stationId: string; requestId: number },
): Promise<void> {
  const charging = await ports.charging.findCharging(stationId);
  const asked = charging.reports.find((one) => one.requestId === requestId);
  const end = charging.reportEnds.find((one) => one.requestId === requestId);
  if (!asked || !end || end.toldAt < asked.askedAt) return;
  const gone = charging.profiles.filter(
    (known) =>
      known.reportId !== requestId && matches(known, asked.criteria) && known.installedAt < asked.askedAt,
  );
  await ports.charging.clearProfiles(stationId, idsOf(gone), asked.askedAt);
}

/** Notes that a report was asked for; where the station has nothing to report, what matches is gone. */
export async function noteReportAsked(
  ports: Ports,
  asked: { stationId: string; requestId: number; criteria: ProfileCriteria; at: number; none: boolean },
): Promise<void> {
  const { stationId, requestId, criteria, at, none } = asked;
  if (!none) {
    await ports.charging.noteReport(stationId, { requestId, criteria, askedAt: at });
    await forgetUnreported(ports, { stationId, requestId });
    return;
  }
  const { profiles } = await ports.charging.findCharging(stationId);
  const gone = profiles.filter((known) => matches(known, criteria) && known.installedAt < at);
  await ports.charging.clearProfiles(stationId, idsOf(gone), at);
}

/** Profiles of a transaction end with it. */
export async function forgetTransactionProfiles(
  ports: Ports,
  ended: { stationId: string; transactionRef: string; at: number },
): Promise<void> {
  const { profiles } = await ports.charging.findCharging(ended.stationId);
  const gone = profiles.filter(({ profile }) => profile.transactionRef === ended.transactionRef);
  await ports.charging.clearProfiles(ended.stationId, idsOf(gone), ended.at);
}

/** Keeps a limit from outside, per EVSE and source. */
export async function keepExternalLimit(
  ports: Ports,
  { stationId, limit }: { stationId: string; limit: ExternalLimit },
): Promise<void> {
  await ports.charging.noteLimit(stationId, limit);
}

/** Forgets the limits of a source: at one EVSE, or everywhere when none is named. */
export async function forgetExternalLimit(
  ports: Ports,
  cleared: { stationId: string; source: LimitSource; evseId?: number; at: number },
): Promise<void> {
  const { stationId, source, evseId, at } = cleared;
  const charging = await ports.charging.findCharging(stationId);
  const gone = charging.limits.filter(
    (limit) => limit.source === source && (evseId === undefined || limit.evseId === evseId),
  );
  for (const limit of gone) await ports.charging.clearLimit(stationId, { evseId: limit.evseId, source }, at);
  const profiles = charging.profiles.filter(
    (known) => known.profile.purpose === 'EXTERNAL' && matches(known, { sources: [source] }),
  );
  const here = profiles.filter((known) => evseId === undefined || known.evseId === evseId);
  await ports.charging.clearProfiles(stationId, idsOf(here), at);
}

/** Whether a profile is among those that criteria name (1.6 §5.3, 2.0.1 K09, K10): all that are given must fit. */
function matches({ evseId, profile, source }: KnownProfile, criteria: ProfileCriteria): boolean {
  const { profileIds, sources } = criteria;
  return (
    (profileIds === undefined || profileIds.includes(profile.profileId)) &&
    (criteria.evseId === undefined || criteria.evseId === evseId) &&
    (criteria.purpose === undefined || criteria.purpose === profile.purpose) &&
    (criteria.stackLevel === undefined || criteria.stackLevel === profile.stackLevel) &&
    (sources === undefined || sources.includes(source))
  );
}

function idsOf(profiles: StationCharging['profiles']): readonly number[] {
  return profiles.map(({ profile }) => profile.profileId);
}
