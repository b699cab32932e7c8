import type { ReactNode } from 'react';
import type { Look } from '../words.ts';

/** A codicon, for the eye only: its word stands beside it. */
export function Icon({ name }: { readonly name: string }): ReactNode {
  return <span className={`codicon codicon-${name}`} aria-hidden="true" />;
}

/** A state: icon and word, coloured by the theme's state colours. */
export function State({ look }: { readonly look: Look }): ReactNode {
  return (
    <span className={`state ${look.tone}`}>
      <Icon name={look.icon} />
      <span>{look.word}</span>
    </span>
  );
}
