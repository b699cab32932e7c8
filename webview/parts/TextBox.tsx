import '@vscode-elements/elements/dist/vscode-textarea/index.js';
import type { ReactNode } from 'react';

interface TextBoxProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly isDisabled?: boolean;
}

/** Characters of an answer, a reason or a note: the cap of the actions that carry them. */
const MOST_CHARACTERS = 4_000;

/** Text of several lines in VS Code's look. `value` only empties it: what is typed stays the element's own. */
export function TextBox({ label, placeholder, value, onChange, isDisabled = false }: TextBoxProps): ReactNode {
  return (
    <vscode-textarea
      className="textBox"
      label={label}
      placeholder={placeholder}
      rows={2}
      resize="vertical"
      maxLength={MOST_CHARACTERS}
      disabled={isDisabled}
      ref={(element: HTMLElement | null) => {
        if (element !== null && value === '' && 'value' in element && element.value !== '') element.value = '';
      }}
      onInput={(event) => {
        const { currentTarget } = event;
        if ('value' in currentTarget && typeof currentTarget.value === 'string') onChange(currentTarget.value);
      }}
    />
  );
}
