/** From `start` up to and without `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The same numbers in as few spans as can be. */
export function merged(spans: readonly Span[]): Span[] {
  const result: { start: number; end: number }[] = [];
  const sorted = spans.filter(({ start, end }) => start < end).toSorted((left, right) => left.start - right.start);
  for (const { start, end } of sorted) {
    const last = result.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else result.push({ start, end });
  }
  return result;
}

/** What is left of a span when others are taken out of it. */
export function without(span: Span, taken: readonly Span[]): Span[] {
  const left: Span[] = [];
  let start = span.start;
  for (const other of merged(taken)) {
    if (other.end <= start || other.start >= span.end) continue;
    if (other.start > start) left.push({ start, end: other.start });
    start = other.end;
  }
  if (start < span.end) left.push({ start, end: span.end });
  return left;
}
