import { digest } from '#adapters/crypto/digest.ts';
import type { Stores } from '#adapters/dynamodb/open-stores.ts';
import type { Clock, Digest } from '#core/ports.ts';
import type { Session } from '#core/sessions/session.ts';
import { SessionHints } from '#core/sessions/session-hints.ts';
import { AcceptedConnections } from '#core/stations/accepted-connections.ts';
import { type TenantPolicy, usualPolicy } from '#core/tenants/tenant-policy.ts';
import type { Token } from '#core/tokens/token.ts';
import { newTenantId, type TestDatabase } from '../../support/engine.ts';

/** A moment in the months that tenants' lists are kept by. */
export const noon = Date.UTC(2026, 5, 15, 12);
export const minuteMs = 60_000;

export const goodUid = '04A1B2C3D4E5F6';
export const blockedUid = 'DEADBEEF01';
export const expiredUid = 'DEADBEEF02';

/** A tenant of its own with everything that use cases need: real stores, the real digest, and a clock to set. */
export interface Scene extends Stores {
  readonly tenantId: string;
  readonly clock: Clock;
  readonly digest: Digest;
  readonly hints: SessionHints;
  readonly acceptedConnections: AcceptedConnections;
  policy: TenantPolicy;
  now: number;
}

/**
 * A tenant with one token that may charge, one that is blocked and one that has expired. Its stores live by its clock,
 * or by that of the machine where doors, which have no other, write beside them.
 */
export async function newScene(
  db: TestDatabase,
  tenantId = newTenantId(),
  storesClock?: Clock,
): Promise<Scene> {
  const scene: Scene = {
    ...db.storesOf(tenantId, storesClock ?? (() => scene.now)),
    tenantId,
    digest,
    hints: new SessionHints(),
    acceptedConnections: new AcceptedConnections(),
    policy: usualPolicy,
    now: noon,
    clock: () => scene.now,
  };
  await givenToken(scene, { uid: goodUid, groupId: 'FAMILY', userId: 'user-1' });
  await givenToken(scene, { uid: blockedUid, blocked: true });
  await givenToken(scene, { uid: expiredUid, expiresAt: noon - 1 });
  return scene;
}

export async function givenToken(scene: Scene, more: Partial<Token> & { uid: string }): Promise<void> {
  await scene.tokens.createToken({
    visualId: more.uid,
    tokenType: 'RFID',
    active: true,
    blocked: false,
    createdAt: noon,
    updatedAt: noon,
    revision: 1,
    ...more,
  });
}

export async function blockedFromNowOn(scene: Scene, uid: string): Promise<void> {
  const token = await scene.tokens.findToken(uid);
  if (!token) throw new Error(`no token ${uid}`);
  await scene.tokens.replaceToken({ ...token, blocked: true, revision: token.revision + 1 });
}

/** The session, which must be there. */
export async function sessionOf(scene: Scene, sessionId: string): Promise<Session> {
  const session = await scene.sessions.findSession(sessionId);
  if (!session) throw new Error(`no session ${sessionId}`);
  return session;
}

/** All sessions of the tenant, by start. */
export async function allSessions(scene: Scene): Promise<readonly Session[]> {
  const { items } = await scene.sessions.listSessions({}, { limit: 200 });
  return items.toSorted((a, b) => a.startedAt - b.startedAt);
}

/** The session that the connector is known to be taken by. */
export async function occupantOf(
  scene: Scene,
  stationId: string,
  connector = { evseId: 1, connectorId: 1 },
): Promise<string | undefined> {
  return (await scene.live.findConnector(stationId, connector))?.sessionId;
}
