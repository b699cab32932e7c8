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
