/** A cache of at most `capacity` entries. What was used longest ago is evicted first. */
export class Lru {
  #entries = new Map();
  #capacity;

  constructor(capacity) {
    if (!Number.isInteger(capacity) || capacity < 1) throw new RangeError('capacity must be a whole number above 0');
    this.#capacity = capacity;
  }

  get size() {
    return this.#entries.size;
  }

  has(key) {
    return this.get(key) !== undefined;
  }

  get(key) {
    return this.#entries.get(key) || undefined;
  }

  set(key, value) {
    if (this.#entries.size >= this.#capacity) {
      const [oldest] = this.#entries.keys();
      this.#entries.delete(oldest);
    }
    this.#entries.set(key, value);
    return this;
  }

  keys() {
    return [...this.#entries.keys()];
  }
}
