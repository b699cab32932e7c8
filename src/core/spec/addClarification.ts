import { clip } from './problem.ts';
import { scanMarkdown } from './markdownLines.ts';

/** A question and its answer, as they go into a spec. `answeredOn` is an ISO date. */
export interface SpecClarification {
  readonly question: string;
  readonly answer: string;
  readonly answeredOn: string;
}

/** Characters of a question, and of an answer, that are written into a spec. */
const MOST = 2_000;

/**
 * The spec with a question and its answer in its section Clarifications, in spec-kit's form (`### Session <day>`, `- Q: … → A: …`); the section is
 * made at the end where there is none, and what stands there already is not written twice. Every other byte stays as it was. What would change how the rest of the spec reads (a marker, the beginning of
 * a comment) is written so that it does not.
 */
export function addClarification(text: string, { question, answer, answeredOn }: SpecClarification): string {
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const entry = lineOf({ question, answer });
  if (hasClarification(text, { question, answer })) return text;
  const { lines } = scanMarkdown(text, 0);
  const heading = lines.findIndex(
    ({ kind, text: line }) => kind === 'prose' && /^##[ \t]+Clarifications[ \t]*$/iu.test(line),
  );
  if (heading === -1) {
    const before = text === '' || /[\r\n]$/u.test(text) ? text : text + lineEnd;
    return before + ['', '## Clarifications', '', `### Session ${answeredOn}`, '', entry, ''].join(lineEnd);
  }
  const next = lines.findIndex(
    ({ kind, text: line }, index) => index > heading && kind === 'prose' && /^#{1,2}[ \t]/u.test(line),
  );
  const end = next === -1 ? text.length : (lines[next]?.start ?? text.length);
  const section = text.slice(0, end).trimEnd();
  const day = [...section.slice(lines[heading]?.start).matchAll(/^### Session (\S+)[ \t]*\r?$/gmu)].at(-1)?.[1];
  const added = day === answeredOn ? [entry] : ['', `### Session ${answeredOn}`, '', entry];
  const rest = text.slice(end);
  return [section, ...added, ...(rest === '' ? [''] : ['', rest])].join(lineEnd);
}

/** Whether a question stands in a spec with exactly this answer. */
export function hasClarification(text: string, clarification: Pick<SpecClarification, 'question' | 'answer'>): boolean {
  return text.split(/\r?\n/u).includes(lineOf(clarification));
}

const lineOf = ({ question, answer }: Pick<SpecClarification, 'question' | 'answer'>): string =>
  `- Q: ${harmless(question)} → A: ${harmless(answer)}`;

function harmless(text: string): string {
  return clip(text, MOST)
    .replaceAll(/\[(\s*NEEDS CLARIFICATION[^\]]*)\]?/giu, '($1)')
    .replaceAll('<!--', '<! --')
    .replaceAll('`', "'");
}
