import { readCertificateText } from '#adapters/certificates/read-certificate.ts';
import { stationAuthority } from '#adapters/certificates/station-authority.ts';
import { newSecret } from '#adapters/crypto/new-secret.ts';
import { stationSecrets } from '#adapters/crypto/station-secrets.ts';
import { isMeterKey, verifyMeterValue } from '#adapters/crypto/verify-meter-value.ts';
import { tenantDirectory } from '#adapters/dynamodb/open-stores.ts';
import { stationLog } from '#adapters/dynamodb/station-log.ts';
import { isPublicUrl } from '#adapters/http/public-address.ts';
import { stationFiles } from '#adapters/s3/station-files.ts';
import { tenantFiles } from '#adapters/s3/tenant-files.ts';
import { DomainError } from '#core/errors.ts';
import type { Tenant } from '#core/tenants/tenant.ts';
import type { Timer } from '#core/timers.ts';
import { newId } from '#platform/clock.ts';
import type { Role } from '../../functions/admin/route.ts';
import { type AdminCall, type Routed, route } from '../../functions/admin/router.ts';
import { routes } from '../../functions/admin/routes.ts';
import type { AdminServices } from '../../functions/admin/services.ts';
import { toOcpiCdr } from '../../functions/ocpi/cdr.ts';
import { readOcpiSession } from '../../functions/ocpi/charging-period.ts';
import { readOcpiTariff } from '../../functions/ocpi/tariff.ts';
import { callDesk } from '../../functions/ocpp/call-desk.ts';
import { newKeeper, newSigner } from '../adapters/certificates/key-at-hand.ts';
import { newScene, type Scene } from '../core/sessions/scene.ts';
import type { TestDatabase } from '../support/engine.ts';

/** What passwords are hashed and sealed with here. */
export const pepper = 'p'.repeat(64);

/** The bucket of files, where the environment of a test names an endpoint for it. */
const testBucket = 'files';

/** What a request came to: its status, the body or the problem, and where the rest is. */
export interface AdminResult {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
  readonly body: any;
  readonly next?: string;
}

/** A tenant whose administrator asks over REST. */
export interface AdminUnderTest {
  readonly scene: Scene;
  readonly services: AdminServices;
  /** The connections that were ended. */
  readonly closed: readonly string[];
  /** The timers that were set. */
  readonly timers: readonly { readonly timer: Timer; readonly at: number }[];
  /** `GET /alerts?open=true`, with a body for what takes one. */
  request(line: string, body?: unknown, as?: Partial<AdminCall>): Promise<AdminResult>;
}

export async function newAdmin(db: TestDatabase): Promise<AdminUnderTest> {
  const scene = await newScene(db);
  await givenTenant(db, scene.tenantId);
  const closed: string[] = [];
  const timers: { timer: Timer; at: number }[] = [];
  const authority = stationAuthority({ signer: newSigner(), keeper: newKeeper(), clock: scene.clock });
  const services: AdminServices = {
    ...scene,
    readCertificate: readCertificateText,
    stationAuthority: authority.certificate,
    ...stationSecrets(scene.tenantId, async () => pepper),
    allowedProfiles: new Set([1, 2, 3]),
    tenants: tenantDirectory(db.client, db.tables),
    findTenant: () => findTenant(db, scene.tenantId),
    isPublicUrl,
    newSecret,
    closeConnection: async (connectionId) => void closed.push(connectionId),
    files: tenantFiles(stationFiles({ bucket: testBucket }), scene.tenantId),
    setTimer: async (timer, at) => void timers.push({ timer, at }),
    calls: callDesk,
    toOcpiCdr,
    verifySigned: verifyMeterValue,
    quoteReaders: { readTariff: readOcpiTariff, readSession: readOcpiSession },
    isMeterKey,
    newId,
    stationLog: stationLog({
      client: db.client,
      table: db.tables.journal,
      tenantId: scene.tenantId,
      keptDays: 14,
    }),
  };
  return {
    scene,
    services,
    closed,
    timers,
    async request(line, body, as = {}) {
      const [method = '', url = ''] = line.split(' ');
      const { pathname, searchParams } = new URL(url, 'http://admin');
      const call: AdminCall = {
        method,
        path: pathname,
        query: Object.fromEntries(searchParams),
        ...(body === undefined ? {} : { bodyText: typeof body === 'string' ? body : JSON.stringify(body) }),
        subject: 'alice',
        roles: ['TENANT_ADMIN'] satisfies Role[],
        tenantId: scene.tenantId,
        ...as,
      };
      return resultOf(
        await route(routes, call, (tenantId) =>
          tenantId === scene.tenantId
            ? services
            : {
                ...services,
                ...db.storesOf(tenantId),
                tenantId,
                findTenant: () => findTenant(db, tenantId),
              },
        ),
      );
    },
  };
}

async function findTenant(db: TestDatabase, tenantId: string): Promise<Tenant> {
  const tenant = await tenantDirectory(db.client, db.tables).findTenant(tenantId);
  if (!tenant) throw new DomainError('NotFound', 'there is no such tenant');
  return tenant;
}

async function givenTenant(db: TestDatabase, tenantId: string): Promise<void> {
  await tenantDirectory(db.client, db.tables).createTenant({
    tenantId,
    slug: tenantId,
    name: 'Acme',
    status: 'ACTIVE',
    tenantType: 'CPO',
    countryCode: 'FR',
    partyId: 'ACM',
    currency: 'EUR',
    timeZone: 'Europe/Paris',
    createdAt: 0,
    updatedAt: 0,
  });
}

function resultOf(routed: Routed): AdminResult {
  if ('problem' in routed) return { status: routed.problem.status, body: routed.problem };
  const { status = 200, body, next } = routed.answer;
  return { status, body, ...(next === undefined ? {} : { next }) };
}
