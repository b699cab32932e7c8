import { memo, type ReactNode } from 'react';

/** Characters of a label at the beginning of a brief's line, spaces and all: src/core/pipeline/propose.ts writes them. */
const LABEL = 10;

interface Point {
  readonly term: string;
  readonly texts: readonly string[];
}

/** A proposal's brief as a list of terms: what it does, what it changes, what was checked, what was not, and what is risky. Set as text. */
export const Brief = memo(function Brief({ text }: { readonly text: string }): ReactNode {
  const points = pointsOf(text);
  if (points.length === 0) return null;
  return (
    <dl className="brief">
      {points.map(({ term, texts }, index) => (
        <div key={index}>
          <dt>{term}</dt>
          {texts.map((line, at) => (
            <dd key={at} dir="auto">
              {line}
            </dd>
          ))}
        </div>
      ))}
    </dl>
  );
});

/** A line without a label goes on with the one above; lines of the same label stand together. */
function pointsOf(text: string): readonly Point[] {
  const points: Point[] = [];
  for (const line of text.split('\n')) {
    const label = /^[A-Z][a-z]+ *$/.test(line.slice(0, LABEL)) ? line.slice(0, LABEL).trim() : '';
    const words = (label === '' ? line : line.slice(LABEL)).trim();
    if (words === '') continue;
    const last = points.at(-1);
    if (last !== undefined && (label === '' || label === last.term))
      points[points.length - 1] = { ...last, texts: [...last.texts, words] };
    else points.push({ term: label, texts: [words] });
  }
  return points;
}
