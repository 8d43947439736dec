import { compileSchedule } from './schedule-expression.ts';

/** Something the clock fires. */
export interface ScheduledRule {
  name: string;
  expression: string;
  enabled: boolean;
  fire(atMs: number): void;
}

export interface Schedules {
  /** Fires a rule now, whatever its expression says. Throws when there is none of that name. */
  fire(name: string): void;
  close(): void;
}

/** Longest wait that timers take. */
const maxTimerMs = 2_147_483_647;

/** Fires rules by their schedule expressions. What was due while nothing ran is not caught up on, as in AWS. */
export function startSchedules(rules: readonly ScheduledRule[]): Schedules {
  const startMs = Date.now();
  const timers = new Map<ScheduledRule, NodeJS.Timeout>();
  for (const rule of rules) {
    const next = compileSchedule(rule.expression, startMs);
    if (!rule.enabled) continue;
    const arm = (afterMs: number) => {
      const atMs = next(afterMs);
      if (atMs === undefined) return;
      const waitMs = Math.max(0, atMs - Date.now());
      const ring = () => {
        if (waitMs > maxTimerMs) return arm(afterMs);
        rule.fire(atMs);
        arm(Math.max(atMs, Date.now()));
      };
      timers.set(rule, setTimeout(ring, Math.min(waitMs, maxTimerMs)));
    };
    arm(startMs);
  }
  return {
    fire(name) {
      const rule = rules.find((each) => each.name === name);
      if (!rule)
        throw new Error(`No schedule ${name}; there are ${rules.map((each) => each.name).join(', ')}`);
      rule.fire(Date.now());
    },
    close() {
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}
