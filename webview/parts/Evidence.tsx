import type { ReactNode } from 'react';
import type { Place } from '../../src/protocol/place.ts';
import { usePanel } from '../panel.ts';

interface EvidenceProps {
  readonly place: Place | null;
  readonly children: ReactNode;
  /** What opens, for a screen reader, where the text alone does not say it. */
  readonly label?: string;
}

/** A text that opens where it comes from; plain text where there is no such place. */
export function Evidence({ place, children, label }: EvidenceProps): ReactNode {
  const { bridge } = usePanel();
  if (place === null) return <span>{children}</span>;
  return (
    <button type="button" className="link" aria-label={label} onClick={() => bridge.post({ kind: 'open', place })}>
      {children}
    </button>
  );
}
