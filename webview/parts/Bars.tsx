import type { CSSProperties, ReactNode } from 'react';

/** How a piece of a bar looks; a legend names it. Each differs from its neighbours by more than its colour: see parts.css. */
export type Look = 'solid' | 'pale' | 'over' | 'cloud' | 'local' | 'included' | 'recorded';

/** What a legend names: also the line of the limit. */
type Named = Look | 'needed';

export interface Bar {
  readonly key: string;
  readonly name: string;
  readonly pieces: readonly { readonly look: Look; readonly amount: number }[];
  /** Where the limit stands, in the unit of the amounts. */
  readonly limit?: number;
  /** The whole that the bar is drawn against; the largest of all bars when left out. */
  readonly whole?: number;
}

interface BarsProps {
  /** The picture in words: its table has the figures. */
  readonly label: string;
  readonly bars: readonly Bar[];
  readonly legend?: readonly { readonly look: Named; readonly word: string }[];
}

/** Units of the drawing across: it is stretched to the room there is. */
const WIDE = 1_000;
const HIGH = 12;
/** What is something is seen, however little it is. */
const LEAST = 14;

/** Bars that lie one below the other, drawn against one whole. */
export function Bars({ label, bars, legend = [] }: BarsProps): ReactNode {
  const amountOf = ({ pieces, limit = 0 }: Bar): number =>
    Math.max(
      limit,
      pieces.reduce((sum, { amount }) => sum + amount, 0),
    );
  const largest = Math.max(1, ...bars.map(amountOf));
  return (
    <figure className="picture" role="img" aria-label={label}>
      {bars.map((bar) => (
        <div key={bar.key} className="barRow">
          <span className="barName" dir="auto">
            {bar.name}
          </span>
          <svg viewBox={`0 0 ${WIDE} ${HIGH}`} preserveAspectRatio="none" aria-hidden="true">
            <rect className="track" width={WIDE} height={HIGH} />
            <Pieces bar={bar} whole={bar.whole ?? largest} />
          </svg>
        </div>
      ))}
      {legend.length === 0 ? null : <Legend entries={legend} />}
    </figure>
  );
}

function Pieces({ bar: { pieces, limit }, whole }: { readonly bar: Bar; readonly whole: number }): ReactNode {
  const scale = WIDE / Math.max(1, whole);
  const widths = widthsOf(pieces.map(({ amount }) => amount * scale));
  return (
    <>
      {pieces.map(({ look }, index) => (
        <rect
          key={index}
          className={`piece ${look}`}
          style={STRIPED[look]}
          x={widths.slice(0, index).reduce((sum, width) => sum + width, 0)}
          width={widths[index]}
          height={HIGH}
        />
      ))}
      {limit === undefined ? null : (
        <line
          className="limit"
          x1={limit * scale}
          x2={limit * scale}
          y1={0}
          y2={HIGH}
          vectorEffect="non-scaling-stroke"
        />
      )}
    </>
  );
}

/** Widths of pieces, each wide enough to be seen; the widest gives what the others need. */
function widthsOf(exact: readonly number[]): readonly number[] {
  const seen = exact.map((width) => (width === 0 ? 0 : Math.max(LEAST, width)));
  const beyond = Math.max(0, seen.reduce((sum, width) => sum + width, 0) - WIDE);
  const widest = seen.indexOf(Math.max(...seen));
  return seen.map((width, index) => (index === widest ? width - beyond : width));
}

/** A style sheet would look for the pattern beside itself. */
const STRIPED: Readonly<Partial<Record<Look, CSSProperties>>> = { local: { fill: 'url(#stripes)' } };

/** The pattern of what is local, once on a page: upright, so that stretching leaves it what it is. */
export function Stripes(): ReactNode {
  return (
    <svg className="stripes" aria-hidden="true">
      <pattern id="stripes" width={12} height={HIGH} patternUnits="userSpaceOnUse">
        <rect className="ground" width={12} height={HIGH} />
        <rect className="stripe" width={4} height={HIGH} />
      </pattern>
    </svg>
  );
}

function Legend({ entries }: { readonly entries: NonNullable<BarsProps['legend']> }): ReactNode {
  return (
    <ul className="legend" aria-hidden="true">
      {entries.map(({ look, word }) => (
        <li key={look}>
          <svg viewBox="0 0 12 12">
            {look === 'needed' ? (
              <line className="limit" x1={6} x2={6} y1={0} y2={12} />
            ) : (
              <rect className={`piece ${look}`} style={STRIPED[look]} width={12} height={12} />
            )}
          </svg>
          {word}
        </li>
      ))}
    </ul>
  );
}
