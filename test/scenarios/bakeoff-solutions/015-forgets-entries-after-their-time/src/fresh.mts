export interface Fresh<Value> {
  readonly size: number;
  get(key: string): Value | undefined;
  set(key: string, value: Value): void;
  getOrMake(key: string, make: () => Value): Value;
}

export interface FreshOptions {
  readonly maxAgeMs: number;
  /** Milliseconds of some clock. */
  readonly now: () => number;
}

/** A cache whose entries are gone after `maxAgeMs`. */
export function createFresh<Value>({ maxAgeMs, now }: FreshOptions): Fresh<Value> {
  const entries = new Map<string, { readonly value: Value; readonly setAt: number }>();
  const fresh = (key: string): { readonly value: Value } | undefined => {
    const entry = entries.get(key);
    if (entry === undefined || now() - entry.setAt < maxAgeMs) return entry;
    entries.delete(key);
    return undefined;
  };
  const set = (key: string, value: Value): void => void entries.set(key, { value, setAt: now() });
  return {
    get size() {
      for (const key of [...entries.keys()]) fresh(key);
      return entries.size;
    },
    get: (key) => fresh(key)?.value,
    set,
    getOrMake: (key, make) => {
      const entry = fresh(key);
      if (entry !== undefined) return entry.value;
      const value = make();
      set(key, value);
      return value;
    },
  };
}
