import { roleText } from '../run/stage.ts';
import type { Verdict } from '../gates/verdict.ts';
import type { SpecInput } from './context.ts';
import type { Audit, Brief, Plan, Task } from './outputs.ts';
import type { Review } from './reviews.ts';
import { coverageSignal } from './testCoverage.ts';
import type { Validated } from './validate.ts';

/*
 * Stage outputs as Markdown for people: one page each, rendered from the validated objects, never parsed back.
 */

const title = (spec: SpecInput, what: string): string => `# ${what}: ${spec.id} ${spec.title}\n`;
const bullets = (items: readonly string[], none: string): string =>
  items.length === 0 ? none : items.map((item) => `- ${item}`).join('\n');
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim();
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

export function briefDocument(
  spec: SpecInput,
  brief: Brief,
  answers: readonly { readonly text: string; readonly answer: string }[],
): string {
  return `${[
    title(spec, 'Brief'),
    brief.summary,
    `\n## In scope\n\n${bullets(brief.in_scope, '(nothing named)')}`,
    `\n## Out of scope\n\n${bullets(brief.out_of_scope, '(nothing named)')}`,
    `\n## Requirements\n\n${table(
      ['Requirement', 'Understood as'],
      brief.acceptance.map((item) => [item.requirement, item.restated]),
    )}`,
    `\n## Files\n\n${bullets(
      brief.relevant_files.map((path) => `\`${path}\``),
      '(none)',
    )}`,
    `\n## Risks\n\n${bullets(brief.risks, '(none named)')}`,
    `\n## Questions\n\n${bullets([...brief.open_questions.map((question) => `${question.text}${question.blocking ? ' (blocking)' : ''}`), ...answers.map(({ text, answer }) => `${text} **${answer === '' ? 'left open' : answer}**`)], '(none open)')}`,
  ].join('\n')}\n`;
}

export function planDocument(spec: SpecInput, plan: Plan): string {
  return `${[
    title(spec, 'Plan'),
    plan.summary,
    `\nConfidence ${plan.confidence}.`,
    `\n## Files\n\n${table(
      ['File', 'Change', 'Why'],
      plan.files.map((file) => [`\`${file.path}\``, file.action, file.why]),
    )}`,
    `\n## Steps\n\n${table(
      ['Step', 'What', 'Requirements', 'Done when'],
      plan.steps.map((step) => [step.id, step.title, step.requirements.join(', '), step.success_signal]),
    )}`,
    `\n## Tests\n\n${table(
      ['Requirement', 'File', 'Shows'],
      plan.tests.map((test) => [test.requirement, `\`${test.file}\``, test.what]),
    )}`,
    `\n## Risks\n\n${bullets(
      plan.risks.map((risk) => `${risk.risk}: ${risk.mitigation}`),
      '(none named)',
    )}`,
  ].join('\n')}\n`;
}

export function tasksDocument(spec: SpecInput, tasks: readonly Task[]): string {
  const sections = tasks.map((task) =>
    [
      `## ${task.id} ${task.title}`,
      '',
      task.description,
      '',
      `Requirements: ${task.requirements.join(', ')}  `,
      `Files: ${task.files.map((path) => `\`${path}\``).join(', ')}  `,
      `After: ${task.depends_on.length === 0 ? 'nothing' : task.depends_on.join(', ')}`,
      '',
      bullets(
        task.criteria.map((criterion) => `[ ] ${criterion}`),
        '(no criteria)',
      ),
    ].join('\n'),
  );
  return `${[title(spec, 'Tasks'), ...sections].join('\n')}\n`;
}

/** `minTestCoverage` is what the policy asks for in percent, where it does. */
export function validationDocument(
  spec: SpecInput,
  validated: Validated,
  { tree, minTestCoverage }: { readonly tree: string; readonly minTestCoverage: number | undefined },
): string {
  const { evidence, criteria, newTests } = validated;
  const rows = evidence.map((result) => [
    result.check,
    result.outcome,
    result.exitCode === null ? '' : String(result.exitCode),
    result.id,
  ]);
  const shown = criteria.map((criterion) => [criterion.id, criterion.text, shownText(criterion)]);
  const fresh =
    newTests.files.length === 0
      ? 'The change adds no test.'
      : `New tests (${newTests.files.map((path) => `\`${path}\``).join(', ')}) ${newTests.failedOnBase === true ? 'fail without the change and pass with it' : 'were not shown to fail without the change'}.`;
  const { measured } = coverageSignal(evidence);
  const covered =
    measured === null
      ? []
      : [
          `\n## Test coverage\n\nCheck ${measured.check} reports ${measured.percent} % of ${measured.of} covered by tests (${measured.by}); ${minTestCoverage ?? 0} % is asked for.`,
        ];
  return `${[
    title(spec, 'Validation'),
    `Measured on tree \`${tree}\`. The definitions of the checks are those of the base.`,
    `\n## Checks\n\n${rows.length === 0 ? '(none configured)' : table(['Check', 'Outcome', 'Exit code', 'Evidence'], rows)}`,
    `\n## New tests\n\n${fresh}`,
    ...covered,
    `\n## Requirements and criteria\n\n${table(['Id', 'Text', 'Shown by'], shown)}`,
  ].join('\n')}\n`;
}

/** What the audit's document is made of. */
export interface AuditFacts {
  readonly audit: Audit | undefined;
  readonly reviews: readonly Review[];
  readonly judge: string;
  readonly tree: string;
  readonly verdict: Verdict;
}

export function auditDocument(spec: SpecInput, { audit, reviews, judge, tree, verdict }: AuditFacts): string {
  const findings = [
    ...(audit?.findings ?? []).map((finding) => `${finding.severity}: ${finding.file}: ${finding.message}`),
    ...reviews.flatMap(({ role, findings: points }) =>
      points.map(({ severity, message, reference }) => `${roleText(role)}, ${severity}: ${message} (${reference})`),
    ),
  ];
  return `${[
    title(spec, 'Audit'),
    `By ${judge}, on tree \`${tree}\`.`,
    `\n${audit?.summary ?? 'No judge could be called: a person audited this change.'}`,
    `\n## Verdict: ${verdict.kind}\n\n${bullets(
      verdict.reasons.slice(0, 12).map((reason) => `${reason.text} (${reason.rule})`),
      '',
    )}`,
    ...(audit === undefined
      ? []
      : [
          `\n## Requirements\n\n${table(
            ['Requirement', 'Met', 'Shown by'],
            audit.requirements.map((item) => [item.requirement, item.met ? 'yes' : 'no', item.evidence]),
          )}`,
        ]),
    `\n## Findings\n\n${bullets(findings, '(none)')}`,
  ].join('\n')}\n`;
}

function shownText({ by, shownBy }: Validated['criteria'][number]): string {
  switch (by) {
    case 'named':
      return shownBy.map((path) => `\`${path}\``).join(', ');
    case 'suite':
      return `no test of its own; ${shownBy.join(', ')} passed`;
    case 'nothing':
      return 'nothing';
  }
}
