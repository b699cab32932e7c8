/** Longest line that is quoted, and longest comment: both go on to a model. The comment's cap is that of the run panel's notes. */
const QUOTE_CAP = 200;
export const COMMENT_CAP = 4_000;

/** What a comment is about, as the next attempt reads it: `path:line: quoted line`. `line` counts from 0; `text` is the document it was made on. */
export function aboutLine(path: string, line: number, text: string): string {
  const quoted = (text.split('\n')[line] ?? '').trim();
  const cut = quoted.length > QUOTE_CAP ? `${quoted.slice(0, QUOTE_CAP - 1)}…` : quoted;
  return `${path}:${line + 1}: ${cut}`.trim();
}

/** Why a comment or a reason cannot be taken, in words; undefined when it can. */
export function textProblem(text: string): string | undefined {
  if (text.trim() === '') return 'Say what should be different: this is what the next attempt reads.';
  if (text.length > COMMENT_CAP) return `Keep it under ${COMMENT_CAP} characters: it has ${text.length}.`;
  return undefined;
}
