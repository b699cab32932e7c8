import { splitLines } from './markdownLines.ts';
import { clip } from './problem.ts';

/** What a new spec begins with. `created` is an ISO date (YYYY-MM-DD). `body` is text the author already has. */
export interface SpecDraft {
  readonly id: string;
  readonly title: string;
  readonly created: string;
  readonly body?: string;
}

/** The Markdown of a draft: its title and what is to be filled in, the body quoted in an Input section. Reads no spec, so that it is there at once. */
export function draftText(draft: SpecDraft): string {
  const body = draft.body ?? '';
  const title = plainTitle(draft.title);
  const lines = [
    `# ${title}`,
    '',
    `**ID**: ${draft.id}`,
    '',
    `**Created**: ${draft.created}`,
    '',
    '**Status**: Draft',
    '',
    '**Size**: standard',
    '',
    '<!-- Size is hotfix (one file, named below it as **Files**: `src/file.ts`), small or standard. -->',
    '',
    ...(body.trim() === '' ? [] : ['## Input', '', ...quoted(body), '']),
    '## Requirements',
    '',
    '<!-- One line each, with its own id: what the system MUST do, and a number with a unit where it matters.',
    '     What you do not know yet, ask: [NEEDS CLARIFICATION: your question]. -->',
    '',
    `- **FR-001**: The system MUST provide: ${title}`,
    '',
    '## Acceptance Criteria',
    '',
    '<!-- How each requirement is shown to hold:',
    '     - **AC-001** (FR-001): Given a state, when something happens, then something can be seen. -->',
    '',
    '## Out of Scope',
    '',
    '<!-- What this spec leaves alone. -->',
    '',
  ];
  return lines.join('\n');
}

/** Longest title kept. */
const TITLE_LENGTH = 120;

/** One line of text that Markdown reads as text: no comment opens in it, no control characters. */
function plainTitle(title: string): string {
  const flat = title
    .replace(/[\p{Cc}\u2028\u2029]/gu, ' ')
    .replace(/<!--|-->/gu, ' ')
    .replace(/^[\s#]+/u, '');
  const plain = clip(flat, TITLE_LENGTH).replace(/[\s#]{1,130}$/u, '');
  return plain === '' || /^[^\p{L}\p{N}]*$/u.test(plain) ? 'Untitled' : plain;
}

/**
 * The body as a block quote, so that its headings, ids and fences stay what they are: the author's raw words. A comment would reach beyond the quote
 * and hide what follows it, so its marks are taken apart.
 */
function quoted(body: string): readonly string[] {
  return splitLines(body.trimEnd()).map(({ text }) =>
    text.trim() === '' ? '>' : `> ${text.replaceAll('<!--', '<! --').replaceAll('-->', '-- >')}`,
  );
}
