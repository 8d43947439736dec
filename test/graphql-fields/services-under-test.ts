import { newSecret } from '#adapters/crypto/new-secret.ts';
import { hashStationPassword } from '#adapters/crypto/station-passwords.ts';
import { verifyMeterValue } from '#adapters/crypto/verify-meter-value.ts';
import { tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { DomainError } from '#core/errors.ts';
import type { MaintenanceStep } from '#core/maintenance/maintenance.ts';
import type { Timer } from '#core/timers.ts';
import { newId } from '#platform/clock.ts';
import type { Caller } from '../../functions/graphql/field-request.ts';
import { batchedFields, fields } from '../../functions/graphql/fields.ts';
import { publicationMemory } from '../../functions/graphql/publications.ts';
import type { GraphqlServices } from '../../functions/graphql/services.ts';
import { readOcpiSession } from '../../functions/ocpi/charging-period.ts';
import { readOcpiTariff } from '../../functions/ocpi/tariff.ts';
import { callDesk } from '../../functions/ocpp/call-desk.ts';
import { newScene, noon, type Scene } from '../core/sessions/scene.ts';
import type { TestDatabase } from '../support/engine.ts';
import { sealingOf } from '../support/sealing.ts';

export type View = Record<string, unknown>;

/** A tenant that is asked by GraphQL, with a record of the connections it closed. */
export interface Asked {
  readonly scene: Scene;
  readonly services: GraphqlServices;
  readonly closed: string[];
  /** What it handed on. */
  readonly steps: readonly MaintenanceStep[];
  /** What it set for later. */
  readonly timers: readonly Timer[];
  /** One field of the top. */
  ask(field: string, args?: View): Promise<unknown>;
  /** A field below many objects at once. */
  askMany(field: string, sources: readonly View[]): Promise<readonly unknown[]>;
}

export async function newAsked(db: TestDatabase): Promise<Asked> {
  const scene = await newScene(db);
  const { tenantId } = scene;
  await givenTenant(db, tenantId);
  const closed: string[] = [];
  const steps: MaintenanceStep[] = [];
  const timers: Timer[] = [];
  const services: GraphqlServices = {
    ...scene,
    allowedProfiles: new Set([1, 2, 3] as const),
    passwords: {
      generate: () => 'generated-password-1',
      hash: async (password) => hashStationPassword('pepper', password),
    },
    sealSecret: sealingOf(tenantId).sealSecret,
    closeConnection: async (connectionId) => {
      closed.push(connectionId);
    },
    tenants: tenantDirectory(db.client, db.tables),
    findTenant: async () => {
      const tenant = await tenantDirectory(db.client, db.tables).findTenant(tenantId);
      if (!tenant) throw new DomainError('NotFound', 'no tenant');
      return tenant;
    },
    newId,
    newSecret,
    calls: callDesk,
    memory: publicationMemory(),
    setTimer: async (timer) => void timers.push(timer),
    handOn: async (step) => {
      steps.push(step);
    },
    verifySigned: verifyMeterValue,
    quoteReaders: { readTariff: readOcpiTariff, readSession: readOcpiSession },
  };
  const caller: Caller = { tenantId, subject: 'alice', roles: ['TENANT_ADMIN'] };
  return {
    scene,
    services,
    closed,
    steps,
    timers,
    async ask(field, args = {}) {
      const resolve = fields[field];
      if (!resolve) throw new Error(`no field ${field}`);
      return resolve({ field, caller, arguments: args }, services);
    },
    async askMany(field, sources) {
      const resolve = batchedFields[field];
      if (!resolve) throw new Error(`no field ${field}`);
      return resolve(
        sources.map((source) => ({ field, caller, arguments: {}, source })),
        services,
      );
    },
  };
}

async function givenTenant(db: TestDatabase, tenantId: string): Promise<void> {
  await tenantDirectory(db.client, db.tables).createTenant({
    tenantId,
    slug: tenantId,
    name: 'Demo',
    status: 'ACTIVE',
    tenantType: 'CPO',
    countryCode: 'FR',
    partyId: 'DMO',
    currency: 'EUR',
    timeZone: 'Europe/Paris',
    createdAt: noon,
    updatedAt: noon,
  });
}
