/**
 * Gives `Reflect` the three metadata functions that `@peculiar/x509` needs through tsyringe, which refuses to load
 * without a polyfill and brings none. Does nothing when another polyfill is there already.
 */
interface MetadataReflect {
  getMetadata?(key: unknown, target: object): unknown;
  getOwnMetadata?(key: unknown, target: object): unknown;
  defineMetadata?(key: unknown, value: unknown, target: object): void;
}

const reflect = Reflect as unknown as MetadataReflect;

if (reflect.getMetadata === undefined) {
  const stored = new WeakMap<object, Map<unknown, unknown>>();
  reflect.getOwnMetadata = (key, target) => stored.get(target)?.get(key);
  reflect.getMetadata = (key, target) => {
    for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at)) {
      const own = stored.get(at);
      if (own?.has(key)) return own.get(key);
    }
    return undefined;
  };
  reflect.defineMetadata = (key, value, target) => {
    const own = stored.get(target) ?? new Map();
    stored.set(target, own.set(key, value));
  };
}
