/** A place that is still possible, from `start` up to, not including, `end`, in any unit. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Of each item's possible places the one that the items' order leaves: each must begin no earlier than the one before it ends. Undefined for
 * an item that has several places even so, and for all when there is no way to keep the order (then it tells nothing). Items without a
 * place are passed over.
 */
export function orderedChoices(items: readonly (readonly Span[])[]): readonly (number | undefined)[] {
  const known = items.map((places, index) => ({ index, places })).filter((item) => item.places.length > 0);
  const choices: (number | undefined)[] = items.map(() => undefined);
  const earliest: Span[] = [];
  for (const { places } of known) {
    const after = earliest.at(-1)?.end ?? 0;
    const first = places.filter((place) => place.start >= after).sort((left, right) => left.end - right.end)[0];
    if (!first) return choices;
    earliest.push(first);
  }
  let before = Number.POSITIVE_INFINITY;
  for (const [position, { index, places }] of [...known.entries()].reverse()) {
    const last = places.filter((place) => place.end <= before).sort((left, right) => right.start - left.start)[0];
    if (!last) return choices;
    before = last.start;
    if (last === earliest[position]) choices[index] = places.indexOf(last);
  }
  return choices;
}
