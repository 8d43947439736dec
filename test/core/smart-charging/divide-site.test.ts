import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Claim, equalShare, stepsTowards } from '#core/smart-charging/divide-site.ts';

const claim = (sessionId: string, most: number, least = 60): Claim => ({ sessionId, least, most });
const divided = (budget: number, ...claims: Claim[]) => Object.fromEntries(equalShare(budget, claims));

/** Nothing is left over that somebody could use. */
function expectNothingIdle(
  budget: number,
  claims: readonly Claim[],
  shares: ReadonlyMap<string, number>,
): void {
  const left = budget - [...shares.values()].reduce((sum, share) => sum + share, 0);
  for (const { sessionId, least, most } of claims) {
    const share = shares.get(sessionId) ?? 0;
    const more = Math.min(most, Math.max(least, share + 1)) - share;
    if (most >= least && more > 0) expect(left).toBeLessThan(more);
  }
}

describe('equal shares', () => {
  test('give the same to all, and what is left over a tenth each to the earliest', () => {
    expect(divided(1000, claim('a', 320), claim('b', 320), claim('c', 320))).toEqual({
      a: 320,
      b: 320,
      c: 320,
    });
    expect(divided(500, claim('a', 320), claim('b', 320), claim('c', 320))).toEqual({
      a: 167,
      b: 167,
      c: 166,
    });
  });

  test('give on what some cannot use', () => {
    expect(divided(500, claim('a', 100), claim('b', 320), claim('c', 320))).toEqual({
      a: 100,
      b: 200,
      c: 200,
    });
  });

  test('let the latest wait while there is not enough for the least of all', () => {
    expect(divided(130, claim('a', 320), claim('b', 320), claim('c', 320))).toEqual({ a: 65, b: 65, c: 0 });
    expect(divided(59, claim('a', 320))).toEqual({ a: 0 });
  });

  test('never exceed what there is, stay within bounds, and differ only where bounds make them', () => {
    const anyClaim = fc
      .record({ least: fc.integer({ min: 0, max: 200 }), more: fc.integer({ min: -50, max: 400 }) })
      .map(({ least, more }) => ({ least, most: Math.max(0, least + more) }));
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5000 }),
        fc.array(anyClaim, { maxLength: 20 }),
        (budget, some) => {
          const claims = some.map((one, index) => ({ ...one, sessionId: String(index) }));

          const shares = equalShare(budget, claims);

          const values = claims.map(({ sessionId }) => shares.get(sessionId) ?? Number.NaN);
          expect(values.every(Number.isInteger)).toBe(true);
          expect(values.reduce((sum, value) => sum + value, 0)).toBeLessThanOrEqual(budget);
          const served = claims.filter((_, index) => (values[index] ?? 0) > 0);
          for (const { sessionId, least, most } of served) {
            const share = shares.get(sessionId) ?? Number.NaN;
            expect(share).toBeGreaterThanOrEqual(least);
            expect(share).toBeLessThanOrEqual(most);
            for (const other of served) {
              const theirs = shares.get(other.sessionId) ?? Number.NaN;
              if (theirs > share + 1) expect(share === most || theirs === other.least).toBe(true);
            }
          }
          expectNothingIdle(budget, claims, shares);
        },
      ),
    );
  });
});

describe('steps towards shares', () => {
  test('go up only into what others are known to have given up', () => {
    const waiting = [
      { sessionId: 'a', bound: 320, target: 160, least: 60 },
      { sessionId: 'b', bound: 0, target: 160, least: 60 },
    ];
    const agreed = waiting.map((step) => (step.sessionId === 'a' ? { ...step, bound: 160 } : step));

    expect(Object.fromEntries(stepsTowards(320, waiting))).toEqual({ a: 160, b: 0 });
    expect(Object.fromEntries(stepsTowards(320, agreed))).toEqual({ a: 160, b: 160 });
  });

  test('keep the sum within the limit in whatever order stations agree, come and go, and reach the shares', () => {
    const anyStep = fc.record({
      what: fc.constantFrom('start', 'end', 'agree'),
      which: fc.nat({ max: 7 }),
      most: fc.integer({ min: 60, max: 320 }),
    });
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
        const site = newSite(600);
        for (const { what, which, most } of steps) {
          site.does(what, `s${which}`, most);
          site.balance();

          expect(site.inForce()).toBeLessThanOrEqual(600);
        }
        for (let round = 0; round < 3; round += 1) {
          site.balance();
          site.allAgree();
        }

        expect(site.held()).toEqual(Object.fromEntries(site.balance()));
      }),
    );
  });
});

/** Stations that hold what they agreed to, and may hold what they were asked since. */
function newSite(limit: number) {
  const sessions = new Map<string, { held: number; asked: number; most: number }>();
  return {
    does(what: string, name: string, most: number) {
      const session = sessions.get(name);
      if (what === 'start' && !session) sessions.set(name, { held: 0, asked: 0, most });
      else if (what === 'end') sessions.delete(name);
      else if (session) session.held = session.asked;
    },
    balance() {
      const claims = [...sessions].map(([sessionId, { most }]) => ({ sessionId, least: 60, most }));
      const targets = equalShare(limit, claims);
      const steps = [...sessions].map(([sessionId, { held, asked }]) => ({
        sessionId,
        bound: Math.max(held, asked),
        target: targets.get(sessionId) ?? 0,
        least: 60,
      }));
      const next = stepsTowards(limit, steps);
      for (const [sessionId, session] of sessions) session.asked = next.get(sessionId) ?? 0;
      return targets;
    },
    allAgree() {
      for (const session of sessions.values()) session.held = session.asked;
    },
    inForce: () => [...sessions.values()].reduce((sum, { held, asked }) => sum + Math.max(held, asked), 0),
    held: () => Object.fromEntries([...sessions].map(([sessionId, { held }]) => [sessionId, held])),
  };
}
