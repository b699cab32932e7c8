import type { ReactNode } from 'react';

interface LineProps {
  /** Pieces of the line, from left to right: what is not known is the room between two. `x` is 0..1 of the width, `y` 0..1 of the height, from below. */
  readonly pieces: readonly (readonly { readonly x: number; readonly y: number }[])[];
}

const WIDE = 1_000;
const HIGH = 100;
/** Room above and below, so that a line at the edge is drawn whole. */
const EDGE = 10;

/** A line over time, for the eye only: whoever draws it says it in words. */
export function Line({ pieces }: LineProps): ReactNode {
  return (
    <svg className="spark" viewBox={`0 0 ${WIDE} ${HIGH}`} preserveAspectRatio="none" aria-hidden="true">
      <line className="ground" x1={0} x2={WIDE} y1={HIGH} y2={HIGH} vectorEffect="non-scaling-stroke" />
      {pieces.map((piece, index) => {
        const at = piece.map(({ x, y }) => `${round(x * WIDE)},${round(HIGH - EDGE - y * (HIGH - 2 * EDGE))}`);
        return (
          <polyline
            key={index}
            className={at.length === 1 ? 'dot' : undefined}
            // A line of no length with round ends is a dot, whatever the drawing is stretched to.
            points={at.length === 1 ? `${at[0]} ${at[0]}` : at.join(' ')}
            vectorEffect="non-scaling-stroke"
          />
        );
      })}
    </svg>
  );
}

const round = (value: number): number => Math.round(value * 10) / 10;
