import type { ReactNode } from 'react';
import { useCell } from '../panel.ts';
import { Icon } from './Icon.tsx';

/** What could not be read, while that is so. */
export function ReadProblem(): ReactNode {
  const notice = useCell('notice');
  if (notice === undefined || notice === null) return null;
  return (
    <div className="notice" role="alert">
      <Icon name="warning" />
      <p dir="auto">{notice.text}</p>
    </div>
  );
}
