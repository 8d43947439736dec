import {
  type Environment,
  type FunctionSettings,
  type InvocationResult,
  startEnvironment,
} from './environment.ts';

/** The environments of one function. */
export interface FunctionPool {
  /** Runs one invocation in a free environment, a new one, or, at the limit, the next to become free. */
  invoke(requestId: string, payload: string): Promise<InvocationResult>;
  /** Starts an environment if there is none; resolves when it has loaded its handler. */
  warmUp(): Promise<void>;
  /** Invocations running or waiting. */
  busy(): number;
  /** Ends environments that have had nothing to do since then. */
  endIdleSince(timeMs: number): void;
  close(): Promise<void>;
}

interface Member {
  environment: Environment;
  lastUsedMs: number;
}

/**
 * Grows on demand to `limit` environments. At the limit invocations wait their turn, where Lambda would answer
 * synchronous callers with a throttling error: a laptop has fewer threads than an account has concurrency.
 */
export function createFunctionPool(
  settings: FunctionSettings,
  limit: number,
  print: (chunk: string) => void,
): FunctionPool {
  const members = new Set<Member>();
  const free: Member[] = [];
  const waiting: ((member: Member) => void)[] = [];
  const most = Math.max(1, Math.min(limit, settings.reservedConcurrency ?? limit));
  let busy = 0;

  const start = (): Member => {
    const member = { environment: startEnvironment(settings, print), lastUsedMs: Date.now() };
    members.add(member);
    return member;
  };
  const take = (): Member | Promise<Member> => {
    for (let member = free.pop(); member; member = free.pop()) {
      if (member.environment.alive()) return member;
      members.delete(member);
    }
    if (members.size < most) return start();
    return new Promise((resolve) => waiting.push(resolve));
  };
  const release = (member: Member) => {
    let next: Member | undefined = member;
    if (!member.environment.alive()) {
      members.delete(member);
      next = waiting.length > 0 ? start() : undefined;
    }
    if (!next) return;
    next.lastUsedMs = Date.now();
    const waiter = waiting.shift();
    if (waiter) waiter(next);
    else free.push(next);
  };

  return {
    async invoke(requestId, payload) {
      busy++;
      try {
        const member = await take();
        try {
          return await member.environment.invoke(requestId, payload);
        } finally {
          release(member);
        }
      } finally {
        busy--;
      }
    },
    async warmUp() {
      if (members.size > 0) return;
      const member = start();
      await member.environment.loaded;
      release(member);
    },
    busy: () => busy,
    endIdleSince(timeMs) {
      for (const member of free.filter(({ lastUsedMs }) => lastUsedMs < timeMs)) {
        free.splice(free.indexOf(member), 1);
        members.delete(member);
        void member.environment.end();
      }
    },
    async close() {
      await Promise.all([...members].map(({ environment }) => environment.end()));
      members.clear();
    },
  };
}
