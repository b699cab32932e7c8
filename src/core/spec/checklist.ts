import { isMeasured } from './languagePatterns.ts';
import { withoutIds } from './identifiers.ts';
import { bySeverity, clip, type Problem } from './problem.ts';
import type { Spec } from './spec.ts';

export type ChecklistRule = 'completeness' | 'clarity' | 'testability' | 'consistency';
export type Grade = 'A' | 'B' | 'C' | 'D' | 'F';

/** One quality of a spec. `score` is 0 to 100, whole; `weight` its share of the overall score; `why` says what points were lost for. */
export interface ChecklistItem {
  readonly rule: ChecklistRule;
  readonly title: string;
  readonly score: number;
  readonly weight: number;
  readonly why: readonly string[];
}

export interface Checklist {
  readonly items: readonly ChecklistItem[];
  readonly overall: number;
  readonly grade: Grade;
  readonly recommendations: readonly string[];
}

/** Most recommendations given. */
const RECOMMENDATION_CAP = 10;

/**
 * Scores a spec: completeness 30 %, clarity 20 %, testability 30 %, consistency 20 %. Grades: A from 90, B from 80, C from 70, D from 60.
 * `problems` are those of parse, lint and analysis together. The score orients a person; gates read the problems. Pure.
 */
export function scoreChecklist(spec: Spec, problems: readonly Problem[]): Checklist {
  const items = [completeness(spec), clarity(spec, problems), testability(spec), consistency(problems)];
  const overall = Math.round(items.reduce((sum, item) => sum + item.score * item.weight, 0));
  return { items, overall, grade: gradeOf(overall), recommendations: recommendationsFor(items, problems) };
}

function completeness(spec: Spec): ChecklistItem {
  const hasIntent = spec.stories.length > 0 || spec.sections.some((section) => INTENT_SECTION.test(section.title));
  const parts: readonly [number, boolean, string][] = [
    [15, spec.title !== undefined, 'no title'],
    [35, spec.requirements.some((item) => item.family !== 'success'), 'no requirement'],
    [
      25,
      spec.criteria.length > 0 || spec.requirements.some((item) => item.family === 'success'),
      'no acceptance or success criterion',
    ],
    [15, hasIntent || spec.size !== 'standard', 'no user story, problem or goal that says why'],
    [10, spec.clarifications.length === 0, `${spec.clarifications.length} open questions`],
  ];
  const missing = parts.filter(([, isPresent]) => !isPresent);
  const score = 100 - missing.reduce((sum, [points]) => sum + points, 0);
  return item('completeness', 'Completeness', 0.3, { score, why: missing.map(([, , why]) => why) });
}

const INTENT_SECTION = /\b(?:problem|goal|why|purpose|background|context|summary|overview|motivation|input)/iu;

const CLARITY_RULES = new Set([
  'vague-language',
  'incomplete-marker',
  'unmeasured-quantifier',
  'scope-gap',
  'time-ambiguity',
]);

function clarity(spec: Spec, problems: readonly Problem[]): ChecklistItem {
  const counts = new Map<string, number>();
  for (const problem of problems)
    if (CLARITY_RULES.has(problem.rule)) counts.set(problem.rule, (counts.get(problem.rule) ?? 0) + 1);
  const nProblems = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const nItems = spec.requirements.length + spec.criteria.length;
  // One finding in every item leaves nothing: the share counts, so a long spec is not punished for its length.
  const score = nItems === 0 ? 0 : 100 - (100 * nProblems) / nItems;
  const why = [...counts].map(([rule, count]) => `${count} × ${rule}`);
  return item('clarity', 'Clarity', 0.2, { score, why: nItems === 0 ? ['nothing is stated'] : why });
}

function testability(spec: Spec): ChecklistItem {
  const requirements = spec.requirements.filter((requirement) => requirement.family !== 'success');
  if (requirements.length === 0)
    return item('testability', 'Testability', 0.3, { score: 0, why: ['no requirement to test'] });
  const tied = new Set(spec.criteria.flatMap((criterion) => criterion.requirements));
  const nTied = requirements.filter((requirement) => tied.has(requirement.id)).length;
  // Scenarios of stories show requirements without naming them: each stands for one.
  const nFree = spec.criteria.filter((criterion) => criterion.requirements.length === 0).length;
  const covered = Math.min(1, (nTied + Math.min(nFree, requirements.length - nTied)) / requirements.length);
  const shown = spec.criteria.filter(
    (criterion) => criterion.outcome !== undefined || isMeasured(withoutIds(criterion.text)),
  );
  const observable = spec.criteria.length === 0 ? 0 : shown.length / spec.criteria.length;
  const why = [
    ...(covered < 1
      ? [`${requirements.length - nTied} of ${requirements.length} requirements have no criterion of their own`]
      : []),
    ...(observable < 1 && spec.criteria.length > 0
      ? [
          `${spec.criteria.length - shown.length} of ${spec.criteria.length} criteria give neither an outcome (Then) nor a measure`,
        ]
      : []),
  ];
  return item('testability', 'Testability', 0.3, { score: 70 * covered + 30 * observable, why });
}

function consistency(problems: readonly Problem[]): ChecklistItem {
  const points = { error: 20, warning: 10, info: 2 } as const;
  const counted = problems.filter((problem) => CONSISTENCY_RULES.has(problem.rule));
  const score = 100 - counted.reduce((sum, problem) => sum + points[problem.severity], 0);
  const why = bySeverity(counted)
    .slice(0, 5)
    .map((problem) => clip(problem.message, 160));
  return item('consistency', 'Consistency', 0.2, { score, why });
}

const CONSISTENCY_RULES = new Set([
  'duplicate-id',
  'id-mismatch',
  'unknown-id',
  'unknown-dependency',
  'contradiction',
  'duplicate-requirement',
  'terminology-drift',
  'plan-coverage',
  'tasks-coverage',
  'orphan-step',
  'orphan-task',
  'constitution-conflict',
  'hotfix-many-files',
]);

function item(
  rule: ChecklistRule,
  title: string,
  weight: number,
  result: { readonly score: number; readonly why: readonly string[] },
): ChecklistItem {
  return { rule, title, score: Math.round(Math.min(100, Math.max(0, result.score))), weight, why: result.why };
}

function gradeOf(overall: number): Grade {
  if (overall >= 90) return 'A';
  if (overall >= 80) return 'B';
  if (overall >= 70) return 'C';
  return overall >= 60 ? 'D' : 'F';
}

/** What to do, errors first, one line per rule with the places where it applies. */
function recommendationsFor(items: readonly ChecklistItem[], problems: readonly Problem[]): readonly string[] {
  const places = new Map<string, Problem[]>();
  for (const problem of bySeverity(problems)) {
    if (problem.severity === 'info') continue;
    const found = places.get(problem.rule) ?? [];
    found.push(problem);
    places.set(problem.rule, found);
  }
  const byRule = [...places].map(([rule, found]) => {
    // The file's name is enough here: all of them lie in the spec's folder.
    const lines = [...new Set(found.map((problem) => `${problem.path.split('/').at(-1) ?? ''}:${problem.line}`))];
    const shown = lines.slice(0, 5).join(', ') + (lines.length > 5 ? ', …' : '');
    return `${rule} (${shown}): ${clip(found[0]?.message ?? '', 160)}`;
  });
  const weakest = items
    .filter((entry) => entry.score < 70 && entry.why.length > 0)
    .map((entry) => `${entry.title}: ${entry.why[0] ?? ''}.`);
  return [...byRule, ...weakest].slice(0, RECOMMENDATION_CAP);
}
