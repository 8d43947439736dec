import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../scripts/authorization/evaluate.ts';
import { authorizationRows, callers, verdictOn, withTables } from '../../scripts/authorization/table.ts';

const rows = authorizationRows();
const claimsOf = (role: string, more: Record<string, unknown> = {}) => ({
  sub: 'someone',
  tenant_id: 't-1',
  roles: [role],
  ...more,
});
const byRole = (role: string) => callers.findIndex(({ name }) => name.startsWith(role));
const verdict = (row: (typeof rows)[number], role: string) => row.verdicts[byRole(role)];
const built = rows.filter((row) => verdict(row, 'VIEWER') !== 'not built');

describe('docs/authorization.md', () => {
  it('says what every resolver answers every role; `npm run authorization` writes it anew', () => {
    const document = readFileSync('docs/authorization.md', 'utf8');

    expect(document).toBe(withTables(document));
  });
});

describe('roles', () => {
  it('gain with each step: who may less may nothing that the next may not', () => {
    for (const row of built) {
      const steps = ['VIEWER', 'OPERATOR', 'TENANT_ADMIN'].map((role) => verdict(row, role) === 'yes');

      expect(
        steps.every((may, step) => !may || steps.slice(step).every(Boolean)),
        row.field,
      ).toBe(true);
    }
  });

  it('keep every mutation from viewers and drivers', () => {
    for (const row of built.filter(({ field }) => field.startsWith('Mutation.'))) {
      expect([verdict(row, 'VIEWER'), verdict(row, 'DRIVER')], row.field).toEqual(['no', 'no']);
    }
  });

  it('let drivers at their own sessions, metrics, tokens and CDRs, and at nothing else', () => {
    const own = built.filter((row) => verdict(row, 'DRIVER') !== 'no').map(({ field }) => field);

    expect(own.every((field) => driversFields.has(field))).toBe(true);
    expect([...driversFields].filter((field) => !own.includes(field))).toEqual([]);
  });

  it('make a member of the platform the administrator of the tenant named, but in subscriptions', () => {
    const named = callers.findIndex(({ name }) => name === 'SUPER_ADMIN, tenant named');
    for (const row of built) {
      const expected = row.field.startsWith('Subscription.') ? 'no' : verdict(row, 'TENANT_ADMIN');

      expect(row.verdicts[named], row.field).toBe(expected);
    }
  });

  it('are nothing to a member of the platform who names no tenant', () => {
    const unnamed = callers.findIndex(({ name }) => name === 'SUPER_ADMIN, none named');

    expect(new Set(built.map(({ verdicts }) => verdicts[unnamed]))).toEqual(new Set(['no']));
  });
});

describe('the tenant', () => {
  const named = { 'x-tenant-id': 't-2' };

  it('of another, named in a header by a member of a tenant, is refused on every field', () => {
    for (const { field } of built.filter((row) => verdict(row, 'TENANT_ADMIN') === 'yes')) {
      const who = { name: 'stranger', claims: claimsOf('TENANT_ADMIN'), headers: named };

      expect(verdictOn(field, who), field).toBe('no');
    }
  });

  it('of one’s own may be named', () => {
    const who = { name: 'member', claims: claimsOf('VIEWER'), headers: { 'x-tenant-id': 't-1' } };

    expect(verdictOn('Query.station', who)).toBe('yes');
  });

  it('that a member of the platform names goes to the function, marked', () => {
    const claims = { sub: 'root', roles: ['SUPER_ADMIN'] };

    const outcome = evaluate('Query.station', 'request', { claims, headers: named });

    expect(outcome).toMatchObject({
      kind: 'value',
      value: {
        payload: { caller: { tenantId: 't-2', subject: 'root', roles: ['SUPER_ADMIN'], fromPlatform: true } },
      },
    });
  });

  it('of a program’s token is asked in the name of its API key', () => {
    const claims = claimsOf('OPERATOR', { api_client: 'ak_1' });

    const outcome = evaluate('Query.station', 'request', { claims });

    expect(outcome).toMatchObject({ value: { payload: { caller: { tenantId: 't-1', subject: 'ak_1' } } } });
  });
});

const driversFields = new Set([
  'Query.session',
  'Query.sessions',
  'Query.sessionsPage',
  'Query.sessionsByUser',
  'Query.authToken',
  'Query.authTokensPage',
  'Query.realTimeMetrics',
  'Query.cdrs',
  'Query.cdrsPage',
  'Query.cdr',
  'Subscription.sessionUpdates',
  'Subscription.sessionMetrics',
  'ChargingSession.authToken',
  'ChargingSession.realTimeMetrics',
  'ChargingSession.meterValues',
  'ChargingSession.events',
  'ChargingSession.cdr',
  'SessionRealTimeMetrics.estimatedCost',
  'AuthToken.lastUsedAt',
  'AuthToken.useCount',
]);
