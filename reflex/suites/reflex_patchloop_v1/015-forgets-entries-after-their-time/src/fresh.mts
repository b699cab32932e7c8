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

/** A cache. Its entries never grow old so far. */
export function createFresh<Value>(_options: FreshOptions): Fresh<Value> {
  const entries = new Map<string, Value>();
  return {
    get size() {
      return entries.size;
    },
    get: (key) => entries.get(key),
    set: (key, value) => void entries.set(key, value),
    getOrMake: (_key, make) => make(),
  };
}
