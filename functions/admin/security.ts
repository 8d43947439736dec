import * as z from 'zod';
import { abandonRotation, rotatePassword } from '#core/security/rotate-password.ts';
import type { SecurityEvent } from '#core/security/security-event.ts';
import { abandonUpgrade, upgradeProfile } from '#core/security/upgrade-profile.ts';
import {
  administrators,
  pageAnswer,
  pageOf,
  parameter,
  type Route,
  readBody,
  readers,
  rfc3339,
} from './route.ts';

const passwordShape = z.object({
  /** One is made up when absent. */
  password: z.string().exactOptional(),
  timeoutSeconds: z.int().min(1).max(604_800).default(86_400),
});

const upgradeShape = z.object({
  profile: z.literal([1, 2, 3]),
  /** The station trusts the server's certificate, though no root of ours is known to be in it. */
  trustsServer: z.boolean().default(false),
  /** Of 2.0.1 stations. */
  network: z
    .object({
      slot: z.int().min(0).max(100),
      priority: z.array(z.int().min(0).max(100)).min(1),
      url: z.url({ protocol: /^wss?$/ }).max(512),
      messageTimeoutSeconds: z.int().min(1).max(600).default(30),
      networkInterface: z.string().max(20).default('Wired0'),
    })
    .refine(({ slot, priority }) => priority.includes(slot), {
      path: ['priority'],
      message: 'leaves the slot out',
    })
    .transform(({ messageTimeoutSeconds: messageTimeoutS, ...network }) => ({ ...network, messageTimeoutS }))
    .exactOptional(),
});

export const securityRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/stations/{stationId}/password',
    summary:
      'Gives a station a new password, which is shown once; the old one opens until the new one has: 202.',
    roles: administrators,
    async handle(request, services) {
      const { timeoutSeconds, ...asked } = readBody(passwordShape, request.body);
      const { password, command } = await rotatePassword(services, {
        ...{ ...asked, stationId: parameter(request, 'stationId'), requestedBy: request.subject },
        timeoutMs: timeoutSeconds * 1000,
      });
      return { status: 202, body: { password, commandId: command.commandId } };
    },
  },
  {
    method: 'DELETE',
    path: '/stations/{stationId}/password',
    summary: 'Takes back a new password that its station was not sent yet: the old one stays.',
    roles: administrators,
    async handle(request, services) {
      await abandonRotation(services, parameter(request, 'stationId'));
      return {};
    },
  },
  {
    method: 'POST',
    path: '/stations/{stationId}/security-profile',
    summary: 'Has a station connect under a higher security profile; its floor rises once it has: 202.',
    roles: administrators,
    async handle(request, services) {
      const asked = readBody(upgradeShape, request.body);
      const stationId = parameter(request, 'stationId');
      const { commandId } = await upgradeProfile(services, {
        ...asked,
        stationId,
        requestedBy: request.subject,
      });
      return { status: 202, body: { commandId } };
    },
  },
  {
    method: 'DELETE',
    path: '/stations/{stationId}/security-profile',
    summary: 'Takes back a change of profile that a station has not confirmed.',
    roles: administrators,
    async handle(request, services) {
      await abandonUpgrade(services, parameter(request, 'stationId'));
      return {};
    },
  },
  {
    method: 'GET',
    path: '/stations/{stationId}/security-events',
    summary: 'What a station noticed of security, newest first, for a year.',
    roles: readers,
    async handle(request, { securityEvents }) {
      const page = await securityEvents.listEvents(parameter(request, 'stationId'), pageOf(request));
      return pageAnswer(page, eventView);
    },
  },
];

function eventView({ at, receivedAt, severity, ...event }: SecurityEvent) {
  return { ...event, severity: severity ?? null, at: rfc3339(at), receivedAt: rfc3339(receivedAt) };
}
