import '@vscode-elements/elements/dist/vscode-button/index.js';
import type { KeyboardEvent, ReactNode } from 'react';

interface ButtonProps {
  readonly onPress: () => void;
  /** The one action that is meant first: at most one on a surface. */
  readonly isPrimary?: boolean;
  readonly isDisabled?: boolean;
  readonly children: ReactNode;
}

/** A push button in VS Code's look. */
export function Button({ onPress, isPrimary = false, isDisabled = false, children }: ButtonProps): ReactNode {
  return (
    <vscode-button
      secondary={!isPrimary}
      disabled={isDisabled}
      // On an element of its own React writes a bare `true` as an empty text, which says nothing to a screen reader.
      aria-disabled={isDisabled ? 'true' : 'false'}
      onClick={() => {
        if (!isDisabled) onPress();
      }}
      onKeyDown={keepPage}
    >
      {children}
    </vscode-button>
  );
}

/** The element presses itself on Space and lets the page scroll as well; and a key held down would press again and again. */
function keepPage(event: KeyboardEvent): void {
  if (event.key === ' ' || event.repeat) event.preventDefault();
  if (event.repeat) event.stopPropagation();
}
