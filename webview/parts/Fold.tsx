import { useState, type ReactNode } from 'react';
import { usePanel } from '../panel.ts';
import { Icon } from './Icon.tsx';

interface FoldProps {
  /** What the fold is remembered by. */
  readonly id: string;
  readonly title: string;
  readonly count?: number;
  readonly isOpen?: boolean;
  readonly level?: 2 | 3;
  readonly children: () => ReactNode;
}

/**
 * A section that folds. The browser's own element, because the kit's answers only to Enter and hides its state from screen readers. What is folded
 * away is not drawn.
 */
export function Fold({ id, title, count, isOpen = false, level = 2, children }: FoldProps): ReactNode {
  const { bridge } = usePanel();
  const [touched, setTouched] = useState(() => bridge.fold(id));
  const isShown = touched ?? isOpen;
  const Heading = level === 2 ? 'h2' : 'h3';
  return (
    <details
      className="fold"
      open={isShown}
      onToggle={(event) => {
        const { open } = event.currentTarget;
        if (open === isShown) return;
        setTouched(open);
        bridge.setFold(id, open);
      }}
    >
      <summary>
        <Icon name="chevron-right" />
        <Heading>{title}</Heading>
        {count === undefined ? null : <span className="count">{count}</span>}
      </summary>
      {isShown ? <div className="folded">{children()}</div> : null}
    </details>
  );
}
