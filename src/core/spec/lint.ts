import { withoutIds } from './identifiers.ts';
import { isMeasured, LANGUAGE_PATTERNS, type LanguagePattern } from './languagePatterns.ts';
import { withoutInlineCode } from './markdownLines.ts';
import { clip, orderProblems, type Problem, type Severity } from './problem.ts';
import type { AcceptanceCriterion, Passage, PassageLine, Spec } from './spec.ts';

/** Characters of one line that the patterns look at: prose lines are shorter, and a line of a megabyte is no prose. */
const LINE_CAP = 5_000;

/**
 * What is wrong with the language of a spec: the patterns of languagePatterns.ts over its passages, and scenarios without an outcome.
 * Code blocks, comments, inline code, link targets and clarification markers are not read. At most one problem per rule and line, naming
 * the words found. Pure; ordered by line; capped as orderProblems states.
 */
export function lintSpec(spec: Spec): readonly Problem[] {
  const problems = spec.passages.flatMap((passage) => lintPassage(spec.path, passage));
  return orderProblems([...problems, ...spec.criteria.flatMap(scenarioProblems)]);
}

function lintPassage(path: string, passage: Passage): readonly Problem[] {
  const lines = passage.lines.map((line): PassageLine => ({ line: line.line, text: readable(line.text) }));
  let measured: boolean | undefined;
  const problems: Problem[] = [];
  for (const { line, text } of lines) {
    for (const pattern of LANGUAGE_PATTERNS) {
      if (!applies(pattern, passage)) continue;
      const found = wordsFound(pattern, text);
      if (found.length === 0) continue;
      // A wrapped item may give its measure on the next line.
      if (pattern.unlessMeasured)
        measured ??= isMeasured(
          lines
            .map((item) => item.text)
            .join(' ')
            .slice(0, LINE_CAP),
        );
      if (pattern.unlessMeasured && measured === true) continue;
      const message = `${found.map((word) => `"${word}"`).join(', ')}: ${pattern.advice}.`;
      problems.push({ rule: pattern.rule, severity: severityIn(pattern, passage), message, path, line });
    }
  }
  return problems;
}

function applies(pattern: LanguagePattern, passage: Passage): boolean {
  return pattern.where === 'everywhere' || (passage.subject !== undefined && passage.kind !== 'quote');
}

/** What an author quotes (a request, a mail) is context, not the spec's own word. */
function severityIn(pattern: LanguagePattern, passage: Passage): Severity {
  return passage.kind === 'quote' && pattern.severity === 'error' ? 'info' : pattern.severity;
}

/** Most words one problem names. */
const WORD_CAP = 5;

function wordsFound(pattern: LanguagePattern, text: string): readonly string[] {
  const found = new Set<string>();
  for (const match of text.matchAll(pattern.pattern)) {
    found.add(clip(match[0], 60));
    if (found.size >= WORD_CAP) break;
  }
  return [...found];
}

/** The line with everything blanked that is not the author's sentence. */
function readable(line: string): string {
  const text = withoutInlineCode(line.slice(0, LINE_CAP));
  const plain = text
    .replace(/\[\s{0,5}NEEDS CLARIFICATION[^\]]{0,2000}\]?/giu, ' ')
    .replace(/\]\([^)]{0,500}\)/gu, (target) => `](${' '.repeat(Math.max(0, target.length - 3))})`)
    .replace(/https?:\/\/[^\s)]{1,500}/gu, ' ');
  return withoutIds(plain);
}

function scenarioProblems(criterion: AcceptanceCriterion): readonly Problem[] {
  if (criterion.given === undefined && criterion.when === undefined) return [];
  if (criterion.outcome !== undefined && criterion.outcome !== '') return [];
  const message = `${criterion.id} has no Then: nothing says what is to be seen.`;
  return [
    { rule: 'scenario-without-outcome', severity: 'warning', message, path: criterion.path, line: criterion.line },
  ];
}
