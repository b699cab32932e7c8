import { memo, type ReactNode } from 'react';
import { CACHE_USE, LATENCY, MEMORY, THROUGHPUT, type Figure } from '../../src/protocol/reflexFigures.ts';
import type { Reading } from '../../src/protocol/reflexPanel.ts';
import { Line } from '../parts/Line.tsx';
import { Part } from '../parts/Part.tsx';
import { Table } from '../parts/Table.tsx';
import { useCell } from '../panel.ts';
import { counted, durationText, timeText } from '../words.ts';
import { useReadings } from './readings.ts';

/** What is drawn over time. */
const DRAWN: readonly Figure[] = [LATENCY, THROUGHPUT, CACHE_USE, MEMORY];
/** Readings in the table: more are drawn. */
const MOST_ROWS = 30;
/** A window without the focus looks once a minute. Where nobody looked for longer than this, nothing is known. Milliseconds. */
const LONGEST_MS = 150_000;

/** The last readings as lines, with a table beside them. */
export const History = memo(function History(): ReactNode {
  const now = useCell('reflexNow');
  const readings = useReadings().map(({ cell }) => cell);
  const [first, last] = [readings[0], readings.at(-1)];
  if (now === undefined || now === null || first === undefined || last === undefined) return null;
  const listed = readings.slice(-MOST_ROWS).toReversed();
  const left = readings.length - listed.length;
  const about =
    readings.length === 1
      ? 'One reading so far: it is looked at again every few seconds.'
      : `${counted(readings.length, 'reading')} in ${durationText(last.at - first.at)}; each line is drawn from 0, and has a gap where nothing was known.`;
  return (
    <Part id="history" title="History" about={about} picture={<Lines readings={readings} />}>
      <Table
        caption="Readings, newest first"
        columns={[{ title: 'Time' }, ...DRAWN.map(({ name }) => ({ title: name, isFigure: true }))]}
        rows={listed.map((reading) => ({
          key: String(reading.at),
          cells: [<Time key="at" at={reading.at} />, ...DRAWN.map(({ text }) => text(reading))],
        }))}
        rest={left === 0 ? undefined : `${counted(left, 'earlier reading')} drawn and not listed.`}
      />
    </Part>
  );
});

function Time({ at }: { readonly at: number }): ReactNode {
  const instant = new Date(at).toISOString();
  return (
    <time dateTime={instant} className="figures">
      {timeText(instant)}
    </time>
  );
}

interface LinesProps {
  readonly readings: readonly Reading[];
}

function Lines({ readings }: LinesProps): ReactNode {
  const [first, last] = [readings[0], readings.at(-1)];
  if (first === undefined || last === undefined) return null;
  const label = `The last ${counted(readings.length, 'reading')}. ${DRAWN.map((figure) => `${figure.name}: ${rangeText(figure, readings, last)}`).join('; ')}.`;
  return (
    <figure className="picture" role="img" aria-label={label}>
      {DRAWN.map((figure) => (
        <div key={figure.name} className="overTime">
          <div className="axis">
            <span>{figure.name}</span> <span className="quiet figures">{rangeText(figure, readings, last)}</span>
          </div>
          <Line pieces={piecesOf(figure, readings)} />
        </div>
      ))}
      <div className="ends wholly quiet figures">
        <span>{timeText(new Date(first.at).toISOString())}</span>
        {readings.length === 1 ? null : <span>{timeText(new Date(last.at).toISOString())}</span>}
      </div>
    </figure>
  );
}

/** What it is now, and between what it was. */
function rangeText({ of, text }: Figure, readings: readonly Reading[], last: Reading): string {
  const known = readings
    .filter((reading) => of(reading) !== undefined)
    .toSorted((left, right) => (of(left) ?? 0) - (of(right) ?? 0));
  const [least, most] = [known[0], known.at(-1)];
  if (least === undefined || most === undefined) return 'unknown';
  const range = text(least) === text(most) ? '' : `, ${text(least)} to ${text(most)}`;
  return `${text(last)} now${range}`;
}

/** From 0 to what it can be at most, or else to its largest value. A new piece begins where nothing was known. */
function piecesOf({ of, most }: Figure, readings: readonly Reading[]): readonly { x: number; y: number }[][] {
  const [first, last] = [readings[0]?.at ?? 0, readings.at(-1)?.at ?? 0];
  const top = Math.max(...readings.map((reading) => most?.(reading) ?? of(reading) ?? 0));
  const pieces: { x: number; y: number }[][] = [];
  let before: number | undefined;
  for (const reading of readings) {
    const value = of(reading);
    const isJoined = before !== undefined && reading.at - before <= LONGEST_MS;
    before = value === undefined ? undefined : reading.at;
    if (value === undefined) continue;
    const at = { x: last === first ? 0.5 : (reading.at - first) / (last - first), y: top > 0 ? value / top : 0 };
    if (isJoined) pieces.at(-1)?.push(at);
    else pieces.push([at]);
  }
  return pieces;
}
