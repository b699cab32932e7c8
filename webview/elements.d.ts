import type { DetailedHTMLProps, HTMLAttributes } from 'react';

/** The elements of @vscode-elements/elements that are used, with the properties that are set. */
interface ButtonAttributes extends HTMLAttributes<HTMLElement> {
  readonly secondary?: boolean;
  readonly disabled?: boolean;
}

interface TextareaAttributes extends HTMLAttributes<HTMLElement> {
  readonly label?: string;
  readonly placeholder?: string;
  readonly maxLength?: number;
  readonly rows?: number;
  readonly disabled?: boolean;
  readonly resize?: 'none' | 'vertical';
}

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'vscode-button': DetailedHTMLProps<ButtonAttributes, HTMLElement>;
      'vscode-textarea': DetailedHTMLProps<TextareaAttributes, HTMLElement>;
    }
  }
}
