import type { Adapter, AdapterConstructor, AdapterPayload } from 'oidc-provider';

interface Entry {
  payload: AdapterPayload;
  expiresAt: number;
}

/** Clients by id, in the metadata names of OpenID Connect. */
export type ClientRegistry = Map<string, AdapterPayload>;

/**
 * Keeps sessions, codes and grants in memory and finds clients in a registry that may grow while the issuer runs.
 * Sign-ins are lost at a restart; tokens are not, because they are signed and not stored.
 */
export function createSessionStore(clients: ClientRegistry): AdapterConstructor {
  const entries = new Map<string, Entry>();

  const read = (key: string): AdapterPayload | undefined => {
    const entry = entries.get(key);
    if (entry !== undefined && entry.expiresAt < Date.now()) {
      entries.delete(key);
      return undefined;
    }
    return entry?.payload;
  };

  const findBy = (prefix: string, matches: (payload: AdapterPayload) => boolean) => {
    for (const key of entries.keys()) {
      const payload = key.startsWith(prefix) ? read(key) : undefined;
      if (payload !== undefined && matches(payload)) return payload;
    }
    return undefined;
  };

  return class SessionStore implements Adapter {
    readonly #prefix: string;

    constructor(model: string) {
      this.#prefix = `${model}:`;
    }

    async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
      const expiresAt = expiresIn ? Date.now() + expiresIn * 1000 : Number.POSITIVE_INFINITY;
      entries.set(this.#prefix + id, { payload, expiresAt });
    }

    async find(id: string): Promise<AdapterPayload | undefined> {
      return this.#prefix === 'Client:' ? clients.get(id) : read(this.#prefix + id);
    }

    async findByUid(uid: string): Promise<AdapterPayload | undefined> {
      return findBy(this.#prefix, (payload) => payload.uid === uid);
    }

    async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
      return findBy(this.#prefix, (payload) => payload.userCode === userCode);
    }

    async consume(id: string): Promise<void> {
      const payload = read(this.#prefix + id);
      if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000);
    }

    async destroy(id: string): Promise<void> {
      entries.delete(this.#prefix + id);
    }

    async revokeByGrantId(grantId: string): Promise<void> {
      for (const [key, { payload }] of entries) {
        if (payload.grantId === grantId) entries.delete(key);
      }
    }
  };
}
