import * as z from 'zod';
import { connectorTypes } from '#core/stations/connector-types.ts';
import { decideRegistration } from '#core/stations/decide-registration.ts';
import { acceptNewcomer, type InboxEntry, rejectNewcomer } from '#core/stations/onboarding.ts';
import type { Connector, SecurityProfile } from '#core/stations/station.ts';
import {
  administrators,
  operators,
  pageAnswer,
  pageOf,
  parameter,
  type Route,
  readBody,
  readers,
  rfc3339,
  rfc3339OrNull,
} from './route.ts';
import type { AdminServices } from './services.ts';

const connectorShape = z.strictObject({
  connectorId: z.int().min(1),
  evseId: z.int().min(1).exactOptional(),
  connectorType: z.enum(connectorTypes),
  maxPowerW: z.int().positive().exactOptional(),
  maxCurrentA: z.number().positive().exactOptional(),
  voltageV: z.number().positive().exactOptional(),
  phases: z.int().min(1).max(3).exactOptional(),
  tariffId: z.string().min(1).exactOptional(),
});

const acceptanceShape = z.strictObject({
  name: z.string().min(1).max(100),
  description: z.string().max(1000).exactOptional(),
  locationId: z.string().min(1).max(36).exactOptional(),
  address: z.string().max(200).exactOptional(),
  timeZone: z.string().min(1).exactOptional(),
  heartbeatIntervalS: z.int().exactOptional(),
  securityProfile: z.int().min(0).max(3).exactOptional(),
  connectors: z.array(connectorShape).min(1),
  /** The password it came with is its own from now on. */
  adoptPassword: z.boolean().default(false),
  password: z.string().exactOptional(),
});

export const onboardingRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/stations/{stationId}/registration',
    summary: 'Decides what a station is told when it boots: ACCEPT, HOLD (wait to be set up) or REJECT.',
    roles: operators,
    async handle(request, services) {
      const shape = z.strictObject({ registration: z.enum(['ACCEPT', 'HOLD', 'REJECT']) });
      const stationId = parameter(request, 'stationId');
      const { registration: wish } = readBody(shape, request.body);
      const { registration = 'ACCEPT' } = await decideRegistration(services, { stationId, wish });
      const link = await services.live.findLink(stationId);
      return { body: { stationId, registration, told: link?.registration ?? null } };
    },
  },
  {
    method: 'GET',
    path: '/onboarding',
    summary: 'Stations that nobody registered and that wait to be let in.',
    roles: readers,
    async handle(request, { onboarding }) {
      return pageAnswer(await onboarding.listNewcomers(pageOf(request)), entryView);
    },
  },
  {
    method: 'POST',
    path: '/onboarding/{stationId}/accept',
    summary:
      'Registers a waiting station and has it connect anew. Gives its password, if it is a new one, this once.',
    roles: administrators,
    async handle(request, services) {
      const { adoptPassword, ...body } = readBody(acceptanceShape, request.body);
      const stationId = parameter(request, 'stationId');
      const described = await describe(services, { stationId, ...body });
      const { station, password } = await acceptNewcomer(services, described, { adoptPassword });
      const { protocol, securityProfile } = station;
      const secret = password === undefined ? {} : { password };
      return { status: 201, body: { stationId, protocol, securityProfile, ...secret } };
    },
  },
  {
    method: 'POST',
    path: '/onboarding/{stationId}/reject',
    summary: 'Turns a waiting station down.',
    roles: operators,
    async handle(request, services) {
      return { body: entryView(await rejectNewcomer(services, parameter(request, 'stationId'))) };
    },
  },
];

type Acceptance = Omit<z.infer<typeof acceptanceShape>, 'adoptPassword'>;

async function describe(services: AdminServices, accepted: Acceptance & { stationId: string }) {
  const { connectors, securityProfile, timeZone, ...rest } = accepted;
  const entry = await services.onboarding.findNewcomer(accepted.stationId);
  const profile = securityProfile ?? entry?.securityProfile;
  return {
    ...rest,
    timeZone: timeZone ?? (await services.findTenant()).timeZone,
    connectors: connectors.map((connector) => placed(connector, entry?.protocol === 'ocpp1.6')),
    ...(profile === undefined ? {} : { securityProfile: profile as SecurityProfile }),
  };
}

/** OCPP 1.6 knows no EVSEs: there each connector is an EVSE of its own. */
function placed(connector: z.infer<typeof connectorShape>, flat: boolean): Connector {
  const { connectorId, evseId, ...rest } = connector;
  const place =
    flat || evseId === undefined ? { evseId: connectorId, connectorId: 1 } : { evseId, connectorId };
  return { ...rest, ...place };
}

function entryView({ password, firstSeenAt, lastSeenAt, rejectedAt, connectionId: _, ...entry }: InboxEntry) {
  return {
    ...entry,
    cameWithPassword: password !== undefined,
    firstSeenAt: rfc3339(firstSeenAt),
    lastSeenAt: rfc3339(lastSeenAt),
    rejectedAt: rfc3339OrNull(rejectedAt),
  };
}
