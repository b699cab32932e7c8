import { splitLines } from './markdownLines.ts';
import { parseSpec } from './parse.ts';
import { clip } from './problem.ts';

/** What a new spec begins with. `created` is an ISO date (YYYY-MM-DD). `body` is text the author already has. */
export interface SpecDraft {
  readonly id: string;
  readonly title: string;
  readonly created: string;
  readonly body?: string;
}

/**
 * The Markdown of a new spec.md. A body that already has a title and a requirement or story is the spec and returned as it is, byte for byte;
 * any other body is quoted in an Input section. Without further editing the result has no problem of severity error, except for clarification
 * markers and unfinished wording the title or body bring along; it does warn that no acceptance criterion is written yet.
 */
export function specTemplate(draft: SpecDraft): string {
  const body = draft.body ?? '';
  if (hasStructure(body)) return body;
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

function hasStructure(body: string): boolean {
  if (body.trim() === '') return false;
  const { spec } = parseSpec({ path: 'spec.md', text: body });
  return spec.title !== undefined && (spec.requirements.length > 0 || spec.stories.length > 0);
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

/** The body as a block quote, so that its headings, ids and fences stay what they are: the author's raw words. */
function quoted(body: string): readonly string[] {
  return splitLines(body.trimEnd()).map((line) => (line.text.trim() === '' ? '>' : `> ${line.text}`));
}
