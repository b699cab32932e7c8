import { canonicalJson } from '../../base/json.ts';
import type { BlobReference } from '../ports.ts';
import type { RunEvent } from './event.ts';

/** What is compared, in the order a report tells it. */
export const COMPARED = [
  'policy',
  'base',
  'prompt',
  'retrieval',
  'patch',
  'check',
  'output',
  'verdict',
  'proposal',
  'end',
] as const;
export type Compared = (typeof COMPARED)[number];

/** One fact that is not the same in both runs. A side that has no such fact is undefined. */
export interface ReplayDifference {
  readonly what: Compared;
  readonly key: string;
  readonly recorded: string | undefined;
  readonly replayed: string | undefined;
}

export interface ReplayComparison {
  /** How many facts of each kind were compared. */
  readonly counts: Readonly<Record<Compared, number>>;
  readonly differences: readonly ReplayDifference[];
  /** Facts of the recorded run that a later change of its spec made worthless: they are not compared. */
  readonly outdated: number;
  /** Facts of the recorded run that could not be come to again, because they hang on answers it does not keep: they are not compared either. */
  readonly unreached: number;
}

/** A fact as it is compared, and where in its log it was said last. */
interface Fact {
  readonly what: Compared;
  readonly key: string;
  readonly text: string;
  readonly seq: number;
}

/**
 * Compares what two runs came to. Of a fact that was said several times the last one counts: that is what the run went on with. Facts are those of the
 * pipeline's own sessions; what a person's approval measured and wrote is no part of them. `isOwed` says of a fact of the recorded run that the
 * replayed one has to have it.
 */
export function compareRuns(
  recorded: readonly RunEvent[],
  replayed: readonly RunEvent[],
  isOwed: (what: Compared, key: string) => boolean = () => true,
): ReplayComparison {
  const before = factsOf(recorded);
  const after = factsOf(replayed);
  const changedAt = lastChangeOfInputs(recorded);
  const differences: ReplayDifference[] = [];
  let outdated = 0;
  let unreached = 0;
  const counts = Object.fromEntries(COMPARED.map((what) => [what, 0])) as Record<Compared, number>;
  for (const [id, fact] of before) {
    const other = after.get(id);
    if (other === undefined && !isOwed(fact.what, fact.key)) {
      unreached += 1;
      continue;
    }
    counts[fact.what] += 1;
    if (other?.text === fact.text) continue;
    if (other === undefined && fact.seq < changedAt) outdated += 1;
    else differences.push({ what: fact.what, key: fact.key, recorded: fact.text, replayed: other?.text });
  }
  for (const [id, { what, key, text }] of after)
    if (!before.has(id)) differences.push({ what, key, recorded: undefined, replayed: text });
  return { counts, differences, outdated, unreached };
}

/** The number of the event from which on the run read the inputs it ended with. */
function lastChangeOfInputs(events: readonly RunEvent[]): number {
  let inputs: string | undefined;
  let changedAt = 0;
  for (const event of events) {
    if (event.kind !== 'OwnerChange') continue;
    const now = canonicalJson(event.payload.inputs ?? []);
    if (inputs !== undefined && now !== inputs) changedAt = event.seq;
    inputs = now;
  }
  return changedAt;
}

function factsOf(events: readonly RunEvent[]): ReadonlyMap<string, Fact> {
  const facts = new Map<string, Fact>();
  let isInSession = false;
  for (const event of events) {
    if (event.kind === 'OwnerChange') isInSession = true;
    // What is frozen and made before the first session belongs to the run as well.
    const isOfRun = isInSession || event.kind === 'PolicySnapshotRef' || event.kind === 'StepEnd';
    if (isOfRun)
      for (const [what, key, value] of factsIn(event))
        facts.set(`${what} ${key}`, { what, key, text: canonicalJson(value), seq: event.seq });
    if (event.kind === 'RunEnd') isInSession = false;
  }
  return facts;
}

/** Steps that make the tree a run begins with: see app/runContext.ts and pipeline/personsWork.ts. */
const BASES = /^start\/base$|^plan\/\d+\/include$/;

const blobText = ({ sha256, bytes }: BlobReference): string => `${sha256} (${bytes} bytes)`;

function factsIn(event: RunEvent): readonly (readonly [what: Compared, key: string, value: unknown])[] {
  switch (event.kind) {
    case 'PolicySnapshotRef':
      return [['policy', 'snapshot', event.payload.sha256]];
    case 'StepEnd':
      return BASES.test(event.payload.key) && 'inline' in event.payload.output
        ? [['base', event.payload.key === 'start/base' ? 'tree' : event.payload.key, event.payload.output.inline]]
        : [];
    case 'LLMCall':
      // A call that a replay could not answer has been come to all the same.
      return event.payload.answer === null && event.payload.outcome !== 'recordingMissing'
        ? []
        : [['prompt', event.payload.key, event.payload.promptHash]];
    case 'ContextChoice':
      return [['retrieval', event.payload.key, event.payload.files.map(({ path }) => path)]];
    case 'RetrievalResponse':
      return [['retrieval', event.payload.key, event.payload.sources]];
    case 'PatchApply': {
      const { outcome, files, before, after } = event.payload;
      return [['patch', event.payload.key, { outcome, files, before, after }]];
    }
    case 'EvidenceRecord': {
      const { key, command, tree, outcome, exitCode, output, changedTrackedFiles, on } = event.payload;
      return [
        ['check', key, { command, tree, outcome, exitCode, changedTrackedFiles, on }],
        ['output', key, blobText(output)],
      ];
    }
    case 'GateDecision': {
      const { verdict, to, reasons } = event.payload;
      return [['verdict', event.payload.key, { verdict, to, reasons }]];
    }
    case 'QuestionSettle': {
      const { by, answer, rule, text } = event.payload;
      return [['verdict', event.payload.key, { by, answer, rule, text }]];
    }
    case 'ProposalCreate': {
      const { round, tree, evidence, files } = event.payload;
      return [['proposal', String(round), { tree, evidence, files }]];
    }
    case 'RunEnd':
      return [['end', 'run', { outcome: event.payload.outcome, tree: event.payload.tree }]];
    case 'RunStart':
    case 'OwnerChange':
    case 'StageTransition':
    case 'StepStart':
    case 'Checkpoint':
    case 'RoutingDecision':
    case 'SpendReserve':
    case 'SpendSettle':
    case 'BudgetAlert':
    case 'BudgetOverride':
    case 'FallbackActivated':
    case 'CircuitChange':
    case 'ProjectGuidance':
    case 'ParameterLeftOut':
    case 'ContextCut':
    case 'ToolCall':
    case 'ToolResult':
    case 'RetrievalRequest':
    case 'Signal':
    case 'CommandDecision':
    case 'Escalation':
    case 'QuestionAsk':
    case 'QuestionAnswer':
    case 'QuestionWithdraw':
    case 'PersonNote':
    case 'NotesGiven':
    case 'PlanAmendment':
    case 'CallRefused':
    case 'ProposalEdit':
    case 'ProposalMerge':
    case 'ApprovalRequest':
    case 'ApprovalDecision':
    case 'ProposalApply':
    case 'ApplyUndo':
    case 'BlobsDropped':
    case 'ErrorEvent':
      return [];
  }
}
