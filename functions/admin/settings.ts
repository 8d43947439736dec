import * as z from 'zod';
import type { TenantPolicy } from '#core/tenants/tenant-policy.ts';
import { administrators, type Route, readBody, readers } from './route.ts';
import type { AdminServices } from './services.ts';

const onboardingShape = z.strictObject({
  enabled: z.boolean(),
  retrySeconds: z.int().min(10).max(86_400).default(300),
});

const authorizationShape = z.strictObject({
  masterGroupId: z.string().min(1).max(36).exactOptional(),
  cacheLifetimeSeconds: z.int().min(1).max(31_536_000).exactOptional(),
});

const costsShape = z.strictObject({ showRunningCost: z.boolean() });

/** What a tenant decides for all of its stations, a part at a time: each leaves the others as they are. */
export const settingsRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/settings/onboarding',
    summary:
      'Whether unknown stations may wait to be let in, and after how long stations that wait ask again.',
    roles: readers,
    handle: async (_, { policies }) => ({ body: onboardingView(await policies.findPolicy()) }),
  },
  {
    method: 'PUT',
    path: '/settings/onboarding',
    summary: 'Changes these; a station learns of it with its next connection.',
    roles: administrators,
    async handle(request, services) {
      const { enabled, retrySeconds } = readBody(onboardingShape, request.body);
      const policy = await change(services, (before) => ({
        ...before,
        onboarding: enabled,
        registrationRetryS: retrySeconds,
      }));
      return { body: onboardingView(policy) };
    },
  },
  {
    method: 'GET',
    path: '/settings/authorization',
    summary: 'Which group of tokens ends any session, and how long stations may keep verdicts.',
    roles: readers,
    handle: async (_, { policies }) => ({ body: authorizationView(await policies.findPolicy()) }),
  },
  {
    method: 'PUT',
    path: '/settings/authorization',
    summary: 'Changes these; a station learns of it with its next connection, within two hours.',
    roles: administrators,
    async handle(request, services) {
      const { masterGroupId, cacheLifetimeSeconds } = readBody(authorizationShape, request.body);
      const policy = await change(services, ({ masterGroupId: _, cacheLifetimeS: __, ...others }) => ({
        ...others,
        ...(masterGroupId === undefined ? {} : { masterGroupId }),
        ...(cacheLifetimeSeconds === undefined ? {} : { cacheLifetimeS: cacheLifetimeSeconds }),
      }));
      return { body: authorizationView(policy) };
    },
  },
  {
    method: 'GET',
    path: '/settings/costs',
    summary: 'Whether stations show what charging costs: before it, while it runs and at its end.',
    roles: readers,
    handle: async (_, { policies }) => ({ body: costsView(await policies.findPolicy()) }),
  },
  {
    method: 'PUT',
    path: '/settings/costs',
    summary: 'Changes this; a station learns of it with its next connection, within two hours.',
    roles: administrators,
    async handle(request, services) {
      const { showRunningCost } = readBody(costsShape, request.body);
      return { body: costsView(await change(services, (before) => ({ ...before, showRunningCost }))) };
    },
  },
];

async function change(
  { policies, clock }: Pick<AdminServices, 'policies' | 'clock'>,
  to: (before: TenantPolicy) => TenantPolicy,
): Promise<TenantPolicy> {
  const policy = to(await policies.findPolicy());
  await policies.savePolicy(policy, clock());
  return policy;
}

function onboardingView({ onboarding, registrationRetryS }: TenantPolicy) {
  return { enabled: onboarding, retrySeconds: registrationRetryS };
}

function authorizationView({ masterGroupId, cacheLifetimeS }: TenantPolicy) {
  return { masterGroupId: masterGroupId ?? null, cacheLifetimeSeconds: cacheLifetimeS ?? null };
}

function costsView({ showRunningCost }: TenantPolicy) {
  return { showRunningCost: showRunningCost ?? false };
}
