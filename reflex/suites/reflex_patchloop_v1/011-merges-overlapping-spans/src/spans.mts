/** From `start` up to and without `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The same numbers in as few spans as can be. */
export function merged(spans: Span[]): Span[] {
  const result: { start: number; end: number }[] = [];
  for (const span of spans.sort((left, right) => left.start - right.start)) {
    const last = result.at(-1);
    if (last !== undefined && span.start < last.end) last.end = span.end;
    else result.push(span);
  }
  return result;
}

/** What is left of a span when others are taken out of it. */
export function without(span: Span, taken: readonly Span[]): Span[] {
  return taken.length === 0 ? [span] : [];
}
