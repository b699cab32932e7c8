import { memo, type ReactNode } from 'react';
import { Fold } from '../parts/Fold.tsx';
import { Markdown } from '../parts/Markdown.tsx';
import { useCell } from '../panel.ts';

interface DocumentViewProps {
  /** The stage whose document it is. */
  readonly name: string;
  /** Where the document says again what is drawn above it. */
  readonly isFolded?: boolean;
}

/** A finished stage's document, rendered. */
export const DocumentView = memo(function DocumentView({ name, isFolded = false }: DocumentViewProps): ReactNode {
  const document = useCell('document', `document/${name}`);
  if (document === undefined) return null;
  if (isFolded) {
    return (
      <Fold id={`document/${name}`} title={document.name} level={3}>
        {() => <Markdown text={document.markdown} />}
      </Fold>
    );
  }
  return (
    <div className="card" role="group" aria-label={document.name}>
      <Markdown text={document.markdown} />
    </div>
  );
});
