import { counted } from '../../base/counted.ts';
import { hashOf, sha256 } from '../../base/hash.ts';
import { dependencyChanges } from '../patch/dependencyChanges.ts';
import { isLockFile } from '../policy/scope/fileRules.ts';
import { amendmentsOf } from '../run/amendments.ts';
import type { Payload, RunEvent } from '../run/event.ts';
import { cutMiddle } from '../run/normalise.ts';
import { roleText } from '../run/stage.ts';
import type { Audited } from './audit.ts';
import type { RunContext } from './context.ts';
import { generatedFiles } from './fileFacts.ts';
import type { Specified } from './specify.ts';
import type { Validated } from './validate.ts';
import { riskOf } from './size.ts';
import { changedLines } from './validate.ts';

/** The bytes an approval is bound to: what every file of the proposal would hold afterwards. */
export function proposalBytes(files: readonly { readonly path: string; readonly sha256: string | null }[]): string {
  return hashOf(
    files.map(({ path, sha256 }) => ({ path, sha256 })).sort((left, right) => (left.path < right.path ? -1 : 1)),
  );
}

/** Offers the change to a person: what it does in a few lines, its files, a commit message. Nothing in the user's tree changes. */
export async function propose(
  context: RunContext,
  specified: Specified,
  validated: Validated,
  audited: Extract<Audited, { kind: 'passed' }>,
  round: number,
): Promise<void> {
  const key = `unlock/${round}/proposal`;
  const { current } = context.workspace;
  const offers = context.documents.offers();
  const differences = [...validated.differences, ...offers];
  // An approval is bound to the bytes themselves; what is recorded of them is redacted, and read from the tree again where it is applied.
  const exact = [...(await context.tree.differences(context.workspace.base.tree, current.tree)), ...offers];
  const files = exact.map((difference) => ({
    path: difference.path,
    change: difference.change,
    sha256: difference.after === undefined ? null : sha256(difference.after),
  }));
  const message = commitMessage(context, specified);
  const { output } = await context.steps.step(
    { key, effect: 'proposal' },
    { tree: current.tree, files },
    async () => {
      const byTools = await writtenByTools(context, validated);
      const brief = await context.blobs.put(briefOf(context, validated, audited, byTools));
      const content = await context.blobs.put(JSON.stringify(differences));
      return { outcome: 'done', output: { brief: { ...brief }, content: { ...content } } };
    },
    context.signal,
  );
  context.steps.note('ProposalCreate', {
    key,
    round,
    base: context.workspace.base.tree,
    tree: current.tree,
    evidence: current.evidence,
    files,
    commitMessage: message,
    ...output,
  });
  context.steps.note('ApprovalRequest', { key: `unlock/${round}/request`, round, bytes: proposalBytes(files) });
}

/** A few lines before many: what it does, what was checked on exactly this tree, what was not, what is risky. Each begins with a label of ten characters. */
function briefOf(
  context: RunContext,
  validated: Validated,
  audited: Extract<Audited, { kind: 'passed' }>,
  byTools: readonly string[],
): string {
  const passed = validated.evidence.filter((result) => result.outcome === 'passed').map((result) => result.check);
  const { newTests } = validated;
  const untied = validated.criteria.filter(({ by }) => by === 'suite').map(({ id }) => id);
  const unchecked = [
    ...(passed.length === 0 ? ['no check ran: none is configured'] : []),
    ...(newTests.files.length === 0 ? ['no new test'] : []),
    ...(untied.length === 0 ? [] : [`no test of their own is named for ${untied.slice(0, 12).join(', ')}`]),
    ...(audited.audit === undefined ? ['no judge: a person audited it'] : []),
    ...audited.reviews.flatMap(({ role, answered }) => (answered ? [] : [`the ${roleText(role)} did not answer`])),
    ...(audited.isLocal ? ['only a local model judged: a person audited it after that'] : []),
  ];
  const risk = riskOf({
    files: validated.differences.map(({ path }) => path),
    changedLines: changedLines(validated.differences),
    filesThreshold: context.configuration.gates.complex_task_files_threshold,
    constitution: context.constitution,
  });
  const advice = [
    ...(audited.audit?.findings ?? []).map((finding) => `${finding.file}: ${finding.message}`),
    ...audited.reviews.flatMap(({ findings }) => findings.map(({ message }) => message)),
  ];
  return [
    `Does      ${audited.audit?.summary ?? context.spec.title}`,
    `Changes   ${counted(validated.differences.length, 'file')}, ${counted(changedLines(validated.differences), 'line')}: ${validated.differences
      .map(({ path }) => path)
      .slice(0, 8)
      .join(', ')}`,
    ...amendmentsOf(context.log.events)
      .filter(({ decision }) => decision === 'granted')
      .slice(0, 8)
      .map(({ path, task, by, why }) => `Amended   ${path} for ${task}, by ${by}: ${cutMiddle(why, 300)}`),
    ...settledLines(context),
    ...byTools,
    ...dependencyChanges(validated.differences).map(({ path, changes }) => `Depends   ${path}: ${changes.join(', ')}`),
    `Checked   ${passed.length === 0 ? 'nothing' : `${passed.join(', ')} passed on exactly this tree`}${newTests.failedOnBase === true ? '; new tests fail without the change' : ''}`,
    `Unchecked ${unchecked.length === 0 ? 'nothing was left out' : unchecked.join('; ')}`,
    ...(risk.level === 'high' ? [`High risk ${risk.reasons.map(({ text }) => text).join(' ')}`] : []),
    ...(advice.length === 0 ? ['Risks     none were named'] : advice.slice(0, 5).map((point) => `Risk      ${point}`)),
  ].join('\n');
}

/** Questions that are named in a brief: the others stand in clarifications.md. */
const SETTLED = 5;

/** Lines about questions that no person was asked: whoever approves stands by their answers, too. */
function settledLines(context: RunContext): readonly string[] {
  const settled = context.log.events.flatMap((event) => (event.kind === 'QuestionSettle' ? [event.payload] : []));
  const lines = settled.slice(0, SETTLED).map(({ id, text, answer, by, facts: { citation } }) => {
    const ground =
      by === 'model' && citation !== null ? `by the ${citation.document}` : by === 'rule' ? 'by rule' : 'noted';
    return `Settled   ${id} ${cutMiddle(text, 200)} ${answer === '' ? 'Left open' : cutMiddle(answer, 200)} (${ground}, without you)`;
  });
  const left = settled.length - lines.length;
  return left > 0 ? [...lines, `Settled   ${counted(left, 'question')} more without you: clarifications.md`] : lines;
}

/** Lines about files in the change that a tool writes elsewhere: the plan named them, and a model wrote them here. */
async function writtenByTools(context: RunContext, { differences }: Validated): Promise<readonly string[]> {
  const isGenerated = await generatedFiles(context);
  return differences.slice(0, 200).flatMap(({ path, before }) => {
    if (isLockFile(path)) return [`Generated ${path} is a lock file: a model wrote it`];
    return isGenerated(path, before)
      ? [`Generated ${path} is marked as generated, or lies among built files: a model wrote it`]
      : [];
  });
}

function commitMessage(context: RunContext, specified: Specified): string {
  const workers = [
    ...new Set(
      context.log.events.flatMap((event) =>
        event.kind === 'PatchApply' && event.payload.outcome === 'applied' ? [event.payload.worker] : [],
      ),
    ),
  ];
  const body = specified.brief.summary.replaceAll(/\s+/g, ' ').trim();
  return `${context.spec.title}\n\n${body.slice(0, 1_000)}\n\nSpec: ${context.spec.id}\nRun: ${context.runId}\nWritten-by: ${workers.join(', ')}\n`;
}

/** A person's decision about one round of the proposal, as far as it has been made. */
export type RoundState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'rejected'; readonly why: string }
  | { readonly kind: 'applied'; readonly apply: Payload<'ProposalApply'> };

/** Reasons of parts that one attempt is told. */
const POINTS = 20;

/** What the next attempt is to mend: why the whole was rejected, then why parts of it were, as far as a person has said so and has not changed their mind. */
export function pointsOf(events: readonly RunEvent[], round: number, why: string): readonly string[] {
  const parts = new Map<string, string>();
  for (const event of events) {
    if (event.kind !== 'ApprovalDecision' || event.payload.round !== round || event.payload.path === null) continue;
    const { path, bytes, decision, why: reason } = event.payload;
    parts.delete(bytes);
    if (decision === 'rejected' && reason !== '' && reason !== LEFT_OUT) parts.set(bytes, `${path}: ${reason}`);
  }
  return [...new Set([why, ...parts.values()])].slice(0, POINTS);
}

/** The reason of hunks that are left out when the approved part is applied: nobody has said a word about them. */
export const LEFT_OUT = 'left out';

/** What became of a round: applied (and not undone), rejected as a whole, or still waiting. */
export function roundState(events: readonly RunEvent[], round: number): RoundState {
  let state: RoundState = { kind: 'waiting' };
  for (const event of events) {
    if (event.kind === 'ProposalApply' && event.payload.round === round)
      state = { kind: 'applied', apply: event.payload };
    else if (event.kind === 'ApplyUndo' && event.payload.round === round) state = { kind: 'waiting' };
    else if (
      event.kind === 'ApprovalDecision' &&
      event.payload.round === round &&
      event.payload.decision === 'rejected' &&
      event.payload.path === null
    ) {
      state = { kind: 'rejected', why: event.payload.why };
    }
  }
  return state;
}
