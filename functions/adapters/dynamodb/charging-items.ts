import * as z from 'zod';
import type {
  ChargingProfile,
  ChargingSchedule,
  ExternalLimit,
} from '#core/smart-charging/charging-profile.ts';
import type {
  EvSchedule,
  KnownProfile,
  ReportEnd,
  ReportRequest,
  ScheduleComparison,
} from '#core/smart-charging/charging-store.ts';
import type { EvNeeds } from '#core/smart-charging/ev-needs.ts';
import { text, whole } from './schemas.ts';

/** How charging profiles and what belongs to them are kept, wherever they are. */

export const rateUnit = z.enum(['W', 'A']);
const limitSource = z.enum(['CSO', 'EMS', 'SO', 'OTHER']);
export const profilePurpose = z.enum(['STATION_MAX', 'EVSE_DEFAULT', 'TRANSACTION', 'EXTERNAL']);

const chargingSchedule = z.object({
  scheduleId: whole.exactOptional(),
  unit: rateUnit,
  startAt: whole.exactOptional(),
  durationS: z.number().exactOptional(),
  periods: z.array(
    z.object({
      startS: z.number(),
      limit: z.number(),
      phases: whole.exactOptional(),
      phaseToUse: whole.exactOptional(),
    }),
  ),
  minRate: z.number().exactOptional(),
}) satisfies z.ZodType<ChargingSchedule>;

export const chargingProfile = z.object({
  profileId: whole,
  purpose: profilePurpose,
  stackLevel: whole,
  kind: z.enum(['ABSOLUTE', 'RECURRING', 'RELATIVE']),
  recurrency: z.enum(['DAILY', 'WEEKLY']).exactOptional(),
  validFrom: whole.exactOptional(),
  validTo: whole.exactOptional(),
  transactionRef: text.exactOptional(),
  schedules: z.array(chargingSchedule),
}) satisfies z.ZodType<ChargingProfile>;

export const knownProfile = z.object({
  evseId: whole,
  profile: chargingProfile,
  source: limitSource,
  installedAt: whole,
  reportId: whole.exactOptional(),
}) satisfies z.ZodType<KnownProfile>;

export const externalLimit = z.object({
  evseId: whole,
  source: limitSource,
  gridCritical: z.boolean().exactOptional(),
  schedules: z.array(chargingSchedule),
  notedAt: whole,
}) satisfies z.ZodType<ExternalLimit>;

export const evNeeds = z.object({
  evseId: whole,
  transfer: z.enum(['AC', 'DC']),
  phases: whole.exactOptional(),
  energyWh: z.number().exactOptional(),
  minCurrentA: z.number().exactOptional(),
  maxCurrentA: z.number(),
  maxVoltageV: z.number(),
  maxPowerW: z.number().exactOptional(),
  departureAt: whole.exactOptional(),
  maxPeriods: whole.exactOptional(),
  notedAt: whole,
}) satisfies z.ZodType<EvNeeds>;

export const evSchedule = z.object({
  evseId: whole,
  baseAt: whole,
  schedule: chargingSchedule,
  fits: z.boolean(),
  notedAt: whole,
}) satisfies z.ZodType<EvSchedule>;

export const scheduleComparison = z.object({
  evseId: whole,
  unit: rateUnit,
  startAt: whole,
  durationS: z.number(),
  comparedAt: whole,
  differences: z.array(
    z.object({
      fromS: z.number(),
      toS: z.number(),
      ours: z.number().exactOptional(),
      theirs: z.number().exactOptional(),
    }),
  ),
}) satisfies z.ZodType<ScheduleComparison>;

const profileCriteria = z.object({
  profileIds: z.array(whole).exactOptional(),
  evseId: whole.exactOptional(),
  purpose: profilePurpose.exactOptional(),
  stackLevel: whole.exactOptional(),
  sources: z.array(limitSource).exactOptional(),
});

export const reportRequest = z.object({
  requestId: whole,
  criteria: profileCriteria,
  askedAt: whole,
}) satisfies z.ZodType<ReportRequest>;

export const reportEnd = z.object({ requestId: whole, toldAt: whole }) satisfies z.ZodType<ReportEnd>;
