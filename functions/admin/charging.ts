import * as z from 'zod';
import type {
  ChargingProfile,
  ChargingSchedule,
  InstalledProfile,
} from '#core/smart-charging/charging-profile.ts';
import type { StationCharging } from '#core/smart-charging/charging-store.ts';
import { compositeOfStation } from '#core/smart-charging/composite-of-station.ts';
import { desireProfiles, driftOf, installDesiredProfiles } from '#core/smart-charging/desired-profiles.ts';
import { orderClearing, orderComparison, orderProfile } from '#core/smart-charging/order-profiles.ts';
import { readProfile } from '#core/smart-charging/read-profile.ts';
import { setEvNeedsPolicy } from '#core/smart-charging/set-ev-needs-policy.ts';
import { termsOf, termsShape } from './command-terms.ts';
import { commandView } from './commands.ts';
import {
  type AdminRequest,
  administrators,
  operators,
  parameter,
  type Route,
  readBody,
  readers,
  rfc3339,
} from './route.ts';

const evse = z.coerce.number().int().min(0).max(1000);

const profileOrder = z.object({ evseId: z.int().min(0), profile: z.unknown(), ...termsShape });

const clearing = z.object({
  profileId: z.coerce.number().int().exactOptional(),
  evseId: evse.exactOptional(),
  purpose: z.enum(['STATION_MAX', 'EVSE_DEFAULT', 'TRANSACTION']).exactOptional(),
  stackLevel: z.coerce.number().int().min(0).exactOptional(),
  ...termsShape,
  timeoutSeconds: z.coerce.number().int().min(1).max(604_800).default(30),
});

/** At most a week: what lies further ahead changes before it comes. */
const compositeQuery = z.object({
  evseId: evse,
  duration: z.coerce.number().int().min(1).max(604_800).default(86_400),
  unit: z.enum(['A', 'W']).exactOptional(),
});

const desiredList = z.object({
  profiles: z.array(z.object({ evseId: z.int().min(0), profile: z.unknown() })).max(20),
});

const policy = z.object({ evNeeds: z.enum(['OFF', 'FAST', 'FLAT']).nullable() });

const stationId = (request: AdminRequest) => parameter(request, 'stationId');

/** Queries may name a tenant, which is none of their parameters. */
const queryOf = ({ query: { tenantId: _, ...query } }: AdminRequest) => query;

export const chargingRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/stations/{stationId}/charging-profiles',
    summary:
      'What limits charging at a station: profiles, limits from outside, needs of vehicles, what is desired.',
    roles: readers,
    async handle(request, { charging, chargingSettings }) {
      const [known, settings] = await Promise.all([
        charging.findCharging(stationId(request)),
        chargingSettings.findSettings(stationId(request)),
      ]);
      const desired = driftOf(settings.desired, known).map(({ evseId, profile, state }) => ({
        evseId,
        state,
        profile: profileView(profile),
      }));
      return { body: { ...chargingView(known), desired, evNeedsPolicy: settings.evNeeds ?? null } };
    },
  },
  {
    method: 'POST',
    path: '/stations/{stationId}/charging-profiles',
    summary: 'Asks a station to take a charging profile: 202, with the command.',
    roles: operators,
    async handle(request, services) {
      const { evseId, profile, ...terms } = readBody(profileOrder, request.body);
      const command = await orderProfile(services, {
        stationId: stationId(request),
        evseId,
        profile: readProfile(profile, 'profile'),
        ...termsOf(request, terms),
      });
      return { status: 202, body: commandView(command) };
    },
  },
  {
    method: 'DELETE',
    path: '/stations/{stationId}/charging-profiles',
    summary: 'Asks a station to forget the profiles that fit profileId, evseId, purpose and stackLevel: 202.',
    roles: operators,
    async handle(request, services) {
      const { whenOffline, timeoutSeconds, ...criteria } = readBody(clearing, queryOf(request));
      const terms = termsOf(request, { whenOffline, timeoutSeconds });
      const command = await orderClearing(services, {
        stationId: stationId(request),
        criteria,
        ...terms,
      });
      return { status: 202, body: commandView(command) };
    },
  },
  {
    method: 'PUT',
    path: '/stations/{stationId}/desired-charging-profiles',
    summary: 'Sets the profiles that a station is to have, now and after every boot.',
    roles: operators,
    async handle(request, services) {
      const { profiles } = readBody(desiredList, request.body);
      const desired = profiles.map(({ evseId, profile }, index) => ({
        evseId,
        profile: readProfile(profile, `profiles.${index}.profile`),
      }));
      const station = await desireProfiles(services, { stationId: stationId(request), desired });
      await installDesiredProfiles(services, station);
      const known = await services.charging.findCharging(station.stationId);
      return {
        body: {
          items: driftOf(desired, known).map((one) => ({ ...one, profile: profileView(one.profile) })),
        },
      };
    },
  },
  {
    method: 'GET',
    path: '/stations/{stationId}/composite-schedule',
    summary:
      'What limits an EVSE from now on, as we work it out, and the last comparison with the station’s own.',
    roles: readers,
    async handle(request, services) {
      const { evseId, duration, unit } = readBody(compositeQuery, queryOf(request));
      const { startAt, lastComparison, ...composite } = await compositeOfStation(services, {
        stationId: stationId(request),
        evseId,
        durationS: duration,
        ...(unit === undefined ? {} : { unit }),
      });
      const { startAt: comparedFrom, comparedAt, ...compared } = lastComparison ?? {};
      return {
        body: {
          ...composite,
          startAt: rfc3339(startAt),
          lastComparison:
            comparedFrom === undefined || comparedAt === undefined
              ? null
              : { ...compared, startAt: rfc3339(comparedFrom), comparedAt: rfc3339(comparedAt) },
        },
      };
    },
  },
  {
    method: 'POST',
    path: '/stations/{stationId}/composite-schedule/compare',
    summary:
      'Asks a station for its own composite schedule, to be compared with ours: 202, with the command.',
    roles: operators,
    async handle(request, services) {
      const { evseId, duration, unit } = readBody(compositeQuery, {
        ...queryOf(request),
        ...bodyOf(request),
      });
      const command = await orderComparison(services, {
        stationId: stationId(request),
        evseId,
        durationS: duration,
        ...(unit === undefined ? {} : { unit }),
        whenOffline: 'FAIL',
        timeoutMs: 30_000,
        requestedBy: request.subject,
      });
      return { status: 202, body: commandView(command) };
    },
  },
  {
    method: 'PUT',
    path: '/stations/{stationId}/charging-policy',
    summary:
      'What follows from needs of vehicles at a station: nothing, fast or flat; null for the tenant’s word.',
    roles: operators,
    async handle(request, services) {
      const { evNeeds } = readBody(policy, request.body);
      const said = evNeeds === null ? {} : { evNeeds };
      await setEvNeedsPolicy(services, { ...said, stationId: stationId(request) });
      return { body: { evNeeds } };
    },
  },
  {
    method: 'PUT',
    path: '/charging-policy',
    summary:
      'What follows from needs of vehicles at all stations that say nothing of their own; null for nothing.',
    roles: administrators,
    async handle(request, services) {
      const { evNeeds } = readBody(policy, request.body);
      await setEvNeedsPolicy(services, evNeeds === null ? {} : { evNeeds });
      return { body: { evNeeds } };
    },
  },
];

function bodyOf({ body }: AdminRequest): object {
  return typeof body === 'object' && body !== null ? body : {};
}

function chargingView({ profiles, limits, needs, evSchedules, controllable }: StationCharging) {
  return {
    profiles: profiles.map(installedView),
    externalLimits: limits.map(({ notedAt, schedules, ...limit }) => ({
      ...limit,
      schedules: schedules.map(scheduleView),
      notedAt: rfc3339(notedAt),
    })),
    evNeeds: needs.map(({ notedAt, departureAt, ...one }) => ({
      ...one,
      ...(departureAt === undefined ? {} : { departureAt: rfc3339(departureAt) }),
      notedAt: rfc3339(notedAt),
    })),
    evSchedules: evSchedules.map(({ notedAt, baseAt, schedule, ...one }) => ({
      ...one,
      baseAt: rfc3339(baseAt),
      schedule: scheduleView(schedule),
      notedAt: rfc3339(notedAt),
    })),
    controllable: controllable ?? null,
  };
}

function installedView({ evseId, source, profile, installedAt }: InstalledProfile) {
  return { evseId, source, installedAt: rfc3339(installedAt), profile: profileView(profile) };
}

/** A profile as `readProfile` takes it. */
function profileView({ validFrom, validTo, schedules, ...profile }: ChargingProfile) {
  return {
    ...profile,
    ...(validFrom === undefined ? {} : { validFrom: rfc3339(validFrom) }),
    ...(validTo === undefined ? {} : { validTo: rfc3339(validTo) }),
    schedules: schedules.map(scheduleView),
  };
}

function scheduleView({ startAt, ...schedule }: ChargingSchedule) {
  return { ...schedule, ...(startAt === undefined ? {} : { startAt: rfc3339(startAt) }) };
}
