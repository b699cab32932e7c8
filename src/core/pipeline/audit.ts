import { hashOf } from '../../base/hash.ts';
import type { Signal } from '../gates/signal.ts';
import type { Verdict } from '../gates/verdict.ts';
import { analysersText } from './analysersText.ts';
import { ask, type Answered } from './ask.ts';
import type { RunContext } from './context.ts';
import { auditDocument } from './documents.ts';
import { decide, proceedOrStop } from './gate.ts';
import { auditSchema, type Audit } from './outputs.ts';
import { longestText, schemaText } from './promptFor.ts';
import { briefText, differenceText, evidenceText, requirementIdsText } from './prose.ts';
import { noteCut, roomOf } from './room.ts';
import { askPerson } from './questions.ts';
import type { Specified } from './specify.ts';
import { adviceOfReviews, advisersOf, counterSignals, reviewChange, type Review } from './reviews.ts';
import { RunStopped } from './stopped.ts';
import { changedLines, type Validated } from './validate.ts';

/** The audit's end: a change that may be shown to a person, or points that send it back into implement. */
export type Audited =
  | {
      readonly kind: 'passed';
      readonly audit: Audit | undefined;
      readonly reviews: readonly Review[];
      readonly judge: string;
      /** A local model judged, and a person after it. */
      readonly isLocal: boolean;
    }
  | { readonly kind: 'sentBack'; readonly points: readonly string[]; readonly verdict: Verdict };

/** Stage audit: advisers read the change with its evidence, then the judge with what they said. A judge is never a local model; where there is none, a person audits. */
export async function audit(
  context: RunContext,
  specified: Specified,
  validated: Validated,
  at: { readonly round: number; readonly earlier: readonly Verdict[] },
): Promise<Audited> {
  const key = `audit/${at.round}`;
  const evidence = [evidenceText(validated.evidence), newTestsText(validated), criteriaText(validated)]
    .filter((part) => part !== '')
    .join('\n');
  const difference = shownDifference(context, validated, key, [
    evidence,
    briefText(specified.brief, specified.answers),
  ]);
  const advisers = advisersOf(context, 'audit', {
    files: validated.differences.map(({ path }) => path),
    changedLines: changedLines(validated.differences),
  });
  const isReviewed = advisers.some(({ role, asked }) => role === 'security_reviewer' && asked);
  // Before the advisers are asked together: commands have the tree to themselves.
  const analysers = isReviewed ? await analysersText(context, validated) : '';
  const change = { differences: validated.differences, difference, evidence, analysers };
  const reviews = await reviewChange(context, key, change, advisers);
  const values = {
    requirement_ids: requirementIdsText(context),
    brief: briefText(specified.brief, specified.answers),
    difference,
    evidence,
    advice: adviceOfReviews(reviews),
  };
  const answered = await ask(context, {
    key: `${key}/judge`,
    stage: 'audit',
    role: 'judge',
    name: 'audit',
    schema: auditSchema,
    prompt: { id: 'audit', values },
    passOver: [],
  });
  const stale = validated.evidence
    .filter((result) => result.tree !== context.workspace.current.evidence)
    .map(({ id }) => id);
  const signals: readonly Signal[] = [
    ...judgedSignals(context, difference, answered),
    { kind: 'freshness', stale },
    ...counterSignals(reviews),
  ];
  const address = {
    key: `${key}/gate`,
    stage: 'audit' as const,
    earlier: at.earlier,
    advisers: reviews.map(({ role, answered: hasAnswered }) => ({ role, answered: hasAnswered })),
  };
  const verdict = decide(context, address, signals);
  // A hotfix is not mended after its one audit: the gate below says what to do instead.
  if ((verdict.kind === 'retry' || verdict.kind === 'escalate') && context.size !== 'hotfix')
    return { kind: 'sentBack', points: pointsOf(answered?.value, reviews), verdict };
  const judge =
    answered === undefined ? 'a person' : answered.local ? `a person, after ${answered.worker}` : answered.worker;
  const document = auditDocument(context.spec, {
    audit: answered?.value,
    reviews,
    judge,
    tree: context.workspace.current.evidence,
    verdict,
  });
  await context.documents.write('audit.md', document);
  if (answered !== undefined)
    await context.documents.write(
      'audit_verdict.json',
      `${JSON.stringify({ ...answered.value, tree: context.workspace.current.evidence, judge }, null, 2)}\n`,
    );
  proceedOrStop(context, address, verdict);
  return { kind: 'passed', audit: answered?.value, reviews, judge, isLocal: answered?.local ?? false };
}

/** The change as critic and judge read it; what does not fit beside `around` is named there, and recorded. */
function shownDifference(
  context: RunContext,
  { differences }: Validated,
  key: string,
  around: readonly string[],
): string {
  const fixed = [longestText(context, 'audit'), schemaText(auditSchema), ...around];
  const room = roomOf(context, { key, stage: 'audit' }, fixed);
  const { text, left, limit } = differenceText(differences, room.tokens);
  if (limit !== undefined) noteCut(context, room, 'changes', { left, limit });
  return text;
}

/** The audit of a local model sends work back, and opens nothing: what it would unlock a person has to read and stand by. */
function judgedSignals(
  context: RunContext,
  difference: string,
  answered: Answered<Audit> | undefined,
): readonly Signal[] {
  const nobody = 'No judge could be called';
  if (answered === undefined) return personAudit(context, difference, nobody);
  const signals = auditSignals(answered.value, answered.local);
  const unlocks =
    answered.value.recommendation === 'unlock' && answered.value.requirements.every((requirement) => requirement.met);
  if (!answered.local || !unlocks) return signals;
  const by = personAudit(context, difference, `Only ${answered.worker}, a local model, has judged`);
  return [...signals.filter(({ kind }) => kind !== 'judge'), ...by.filter(({ kind }) => kind === 'judge')];
}

/** Where no judge that suffices can be called the audit is a person's: the run waits until one has accepted exactly this change. */
function personAudit(context: RunContext, difference: string, why: string): readonly Signal[] {
  const answer = askPerson(context, {
    stage: 'audit',
    about: 'person-audit',
    text: `${why}. Read the change (${hashOf(difference).slice(0, 12)}) and accept it if you stand by it.`,
    options: ['accept', 'stop'],
  });
  if (answer === 'stop') throw new RunStopped('gateFailed', 'A person read the change and answered stop.');
  if (answer !== 'accept') throw new RunStopped('needsInput', `${why}, so the audit is yours.`);
  return [
    { kind: 'audit', recommendation: 'unlock', findings: [] },
    { kind: 'judge', local: false, person: true },
  ];
}

function auditSignals(audit: Audit, local: boolean): readonly Signal[] {
  const unmet = audit.requirements
    .filter((requirement) => !requirement.met)
    .map((requirement) => ({
      severity: 'blocking' as const,
      message: `${requirement.requirement} is not met: ${requirement.evidence}`,
    }));
  const findings = audit.findings.map(({ severity, file, message }) => ({ severity, message: `${file}: ${message}` }));
  return [
    { kind: 'audit', recommendation: audit.recommendation, findings: [...unmet, ...findings] },
    { kind: 'judge', local, person: false },
  ];
}

function pointsOf(audit: Audit | undefined, reviews: readonly Review[]): readonly string[] {
  const findings = [
    ...(audit?.findings ?? []).map(({ severity, file, message }) => ({ severity, text: `${file}: ${message}` })),
    ...reviews.flatMap(({ findings: points }) =>
      points.map(({ severity, message, reference }) => ({ severity, text: `${message} (${reference})` })),
    ),
  ];
  const unmet = (audit?.requirements ?? [])
    .filter((requirement) => !requirement.met)
    .map((requirement) => `${requirement.requirement} is not met: ${requirement.evidence}`);
  const blocking = findings.filter((finding) => finding.severity === 'blocking').map((finding) => finding.text);
  return [
    ...unmet,
    ...blocking,
    ...(unmet.length + blocking.length === 0 && audit !== undefined ? [audit.summary] : []),
  ].slice(0, 12);
}

/** What was measured about new tests, in one line; nothing where the change brings none. */
function newTestsText({ newTests }: Validated): string {
  if (newTests.files.length === 0) return '';
  const files = newTests.files.slice(0, 20).join(', ');
  if (newTests.failedOnBase === true)
    return `- new or changed tests (${files}): put on the code as it was before, the suite fails; on this change it passes`;
  return `- new or changed tests (${files}): not shown to fail on the code as it was before`;
}

/** What the plan says shows each requirement, and which are only covered by the suite as a whole. */
function criteriaText({ criteria }: Validated): string {
  const named = criteria.filter(({ by }) => by === 'named').slice(0, 80);
  const suite = criteria.filter(({ by }) => by === 'suite').slice(0, 80);
  const lines = named.map(({ id, shownBy }) => `- ${id}: the plan names ${shownBy.join(', ')}`);
  if (suite.length > 0) lines.push(`- no test of their own is named for: ${suite.map(({ id }) => id).join(', ')}`);
  return lines.join('\n');
}
