/** The first `count` items. Takes no more of them than it yields. */
export function* take<Item>(items: Iterable<Item>, count: number): Generator<Item> {
  let left = count;
  if (left <= 0) return;
  for (const item of items) {
    yield item;
    left -= 1;
    if (left === 0) return;
  }
}

function requireSize(size: number): void {
  if (!(size >= 1)) throw new RangeError(`a size of ${size}`);
}

/** Arrays of `size` items; the last one may be shorter. */
export function chunks<Item>(items: Iterable<Item>, size: number): Generator<Item[]> {
  requireSize(size);
  return chunked(items, size);
}

function* chunked<Item>(items: Iterable<Item>, size: number): Generator<Item[]> {
  let chunk: Item[] = [];
  for (const item of items) {
    chunk.push(item);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

/** Each run of `size` neighbours. */
export function windows<Item>(items: Iterable<Item>, size: number): Generator<Item[]> {
  requireSize(size);
  return windowed(items, size);
}

function* windowed<Item>(items: Iterable<Item>, size: number): Generator<Item[]> {
  const window: Item[] = [];
  for (const item of items) {
    window.push(item);
    if (window.length > size) window.shift();
    if (window.length === size) yield [...window];
  }
}
