/** What a session could use of its site, in tenths of the site's unit. */
export interface Claim {
  readonly sessionId: string;
  /** With less than this it does not charge. */
  readonly least: number;
  readonly most: number;
}

/**
 * A way to divide what there is among claims, which come in the order their sessions began. Gives each a whole number
 * of tenths: 0, or between its least and its most; never more in all than there is.
 */
export type DivideSite = (budget: number, claims: readonly Claim[]) => ReadonlyMap<string, number>;

/**
 * Equal shares. Who came first is served first: while there is not enough for the least of all, the latest wait, until
 * an earlier session ends. Those who are served get the same, but for what they cannot use, which goes to the others;
 * what whole tenths leave over goes one tenth each to the earliest.
 */
export const equalShare: DivideSite = (budget, claims) => {
  const served = servedFirst(budget, claims);
  const level = highestLevel(budget, served);
  const shares = new Map(claims.map(({ sessionId }) => [sessionId, 0]));
  let left = budget;
  for (const claim of served) {
    const share = atLevel(claim, level);
    shares.set(claim.sessionId, share);
    left -= share;
  }
  for (const claim of served) {
    if (left === 0 || atLevel(claim, level + 1) === atLevel(claim, level)) continue;
    shares.set(claim.sessionId, atLevel(claim, level + 1));
    left -= 1;
  }
  return shares;
};

function servedFirst(budget: number, claims: readonly Claim[]): readonly Claim[] {
  let left = budget;
  return claims.filter(({ least, most }) => {
    if (most < least || most <= 0 || least > left) return false;
    left -= least;
    return true;
  });
}

/** The highest level at which everybody's share fits into the budget. */
function highestLevel(budget: number, claims: readonly Claim[]): number {
  let low = 0;
  let high = Math.max(0, ...claims.map(({ most }) => most));
  while (low < high) {
    const level = Math.ceil((low + high) / 2);
    const sum = claims.reduce((total, claim) => total + atLevel(claim, level), 0);
    if (sum <= budget) low = level;
    else high = level - 1;
  }
  return low;
}

function atLevel({ least, most }: Claim, level: number): number {
  return Math.min(most, Math.max(least, level));
}

/** A session on its way to its share. */
export interface Step {
  readonly sessionId: string;
  /** What it may draw now, by what its station holds or may hold by now. */
  readonly bound: number;
  readonly target: number;
  readonly least: number;
}

/**
 * How far each session may go towards its share now: down at once, up only into room that is free by what stations
 * are known to hold. So the sum stays within the limit on the way too, in whatever order answers come: what is given
 * up is given away once its station has agreed to the less.
 */
export function stepsTowards(room: number, steps: readonly Step[]): ReadonlyMap<string, number> {
  let free = room - steps.reduce((sum, { bound }) => sum + bound, 0);
  const next = new Map<string, number>();
  for (const { sessionId, bound, target, least } of steps) {
    if (target <= bound) {
      next.set(sessionId, target);
      continue;
    }
    const raise = Math.max(0, Math.min(target - bound, free));
    const reached = bound + raise;
    if (raise === 0 || reached < least) {
      next.set(sessionId, bound < least ? 0 : bound);
      continue;
    }
    next.set(sessionId, reached);
    free -= raise;
  }
  return next;
}
