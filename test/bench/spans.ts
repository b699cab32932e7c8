/** A stretch of time in milliseconds since 1970. */
export interface Span {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** How long at least one of the spans lasted: where two overlap, the time counts once. */
export function covered(spans: readonly Span[]): number {
  let total = 0;
  let reached = Number.NEGATIVE_INFINITY;
  for (const { start, end } of [...spans].sort((left, right) => left.start - right.start)) {
    total += Math.max(0, end - Math.max(start, reached));
    reached = Math.max(reached, end);
  }
  return total;
}
