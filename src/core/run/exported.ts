import type { Json } from '../../base/json.ts';
import type { EventKind, Payload, RunEvent } from './event.ts';

/*
 * What leaves a repository with an export. Default-deny: a kind of event, and a member of one, goes out only when it is named here; a kind that is added
 * to the log later stays at home until somebody names it. Nobody's name is ever named.
 */

/** What texts a person may add to the facts, by naming it. */
export const EXPORT_CONTENTS = ['prompts', 'answers', 'output', 'changes', 'notes', 'policy'] as const;
export type ExportContent = (typeof EXPORT_CONTENTS)[number];

export const EXPORT_CONTENT_DOCS: Readonly<Record<ExportContent, string>> = {
  prompts: 'what models were asked, which holds files of the repository',
  answers: 'what models answered, with the arguments of their tool calls',
  output: 'what commands and tools printed',
  changes: 'the proposed change, its brief and its commit message',
  notes: 'questions, answers, notes and reasons in words of persons',
  policy: 'the frozen settings',
};

/** `facts` always go out; the others only with the content they stand under. */
type Rule<Kind extends EventKind> = { readonly facts: readonly (keyof Payload<Kind>)[] } & {
  readonly [Content in ExportContent]?: readonly (keyof Payload<Kind>)[];
};
type Rules = { readonly [Kind in EventKind]?: Rule<Kind> };

const EXPORTED: Rules = {
  RunStart: { facts: ['version', 'runId', 'specId', 'specFolder', 'title', 'size', 'baseCommit', 'inputs', 'program'] },
  RunEnd: { facts: ['outcome', 'stage', 'text', 'tree', 'rule'] },
  OwnerChange: { facts: ['why', 'program', 'inputs'] },
  PolicySnapshotRef: { facts: ['sha256', 'priceVersion'], policy: ['blob'] },
  StageTransition: { facts: ['key', 'stage', 'to', 'text', 'tasks'] },
  StepStart: { facts: ['key', 'attempt', 'effect', 'inputs', 'because', 'changed'] },
  StepEnd: { facts: ['key', 'attempt', 'outcome'] },
  Checkpoint: { facts: ['key', 'tree'] },
  RoutingDecision: {
    facts: [
      ...(['key', 'stage', 'role', 'worker', 'rung', 'reasons', 'refused'] as const),
      ...(['mode', 'reason', 'latencyMs'] as const),
    ],
  },
  LLMCall: {
    facts: [
      ...([
        'key',
        'attempt',
        'stage',
        'role',
        'worker',
        'model',
        'provider',
        'local',
        'recorded',
        'promptHash',
      ] as const),
      ...(['requestBytes', 'outcome', 'usage', 'durationMs', 'firstTokenMs'] as const),
      ...(['mode', 'fallbackReason'] as const),
    ],
    prompts: ['prompt'],
    answers: ['answer'],
  },
  SpendReserve: { facts: ['key', 'attempt', 'worker', 'microdollars', 'tokens'] },
  SpendSettle: {
    facts: [
      ...(['key', 'attempt', 'worker', 'state', 'microdollars', 'inputTokens', 'outputTokens'] as const),
      ...(['cachedTokens', 'basis'] as const),
    ],
  },
  BudgetAlert: { facts: ['key', 'scope', 'percent', 'text'] },
  FallbackActivated: { facts: ['key', 'stage', 'role', 'from', 'to', 'fault', 'text'] },
  CircuitChange: { facts: ['key', 'endpoint', 'to', 'text'] },
  ProjectGuidance: { facts: ['path', 'sha256', 'characters', 'shown', 'text', 'roles'] },
  ParameterLeftOut: { facts: ['key', 'worker', 'parameter', 'text'] },
  ContextCut: { facts: ['key', 'stage', 'part', 'tokens', 'limit', 'left', 'text'] },
  ContextChoice: { facts: ['key', 'stage', 'outcome', 'prompt', 'dropped'], answers: ['files', 'text'] },
  BudgetOverride: { facts: ['key', 'rule', 'how'] },
  ToolCall: { facts: ['key', 'name'], answers: ['arguments'] },
  ToolResult: { facts: ['key', 'outcome'], output: ['text'] },
  RetrievalRequest: { facts: ['key'], answers: ['query'] },
  RetrievalResponse: { facts: ['key'], output: ['sources'] },
  PatchApply: {
    facts: ['key', 'task', 'worker', 'outcome', 'files', 'hunks', 'before', 'after'],
    changes: ['text'],
  },
  Signal: { facts: ['key', 'stage', 'signal'] },
  EvidenceRecord: {
    facts: ['key', 'check', 'checkKind', 'tree', 'outcome', 'exitCode', 'changedTrackedFiles', 'on', 'coverage'],
    output: ['output', 'command'],
  },
  CommandDecision: { facts: ['key', 'name', 'decision', 'rule'], output: ['command', 'reason'] },
  GateDecision: { facts: ['key', 'stage', 'verdict', 'to', 'reasons', 'signals'] },
  Escalation: { facts: ['key', 'stage', 'from', 'to', 'text'] },
  QuestionAsk: { facts: ['key', 'id', 'stage', 'options', 'about'], notes: ['text', 'facts'] },
  QuestionSettle: {
    facts: ['key', 'id', 'stage', 'about', 'by', 'rule', 'why', 'worker'],
    notes: ['text', 'facts', 'answer'],
  },
  QuestionAnswer: { facts: ['id'], notes: ['answer'] },
  QuestionWithdraw: { facts: ['key', 'id'], notes: ['text'] },
  PersonNote: { facts: ['id'], notes: ['text', 'about'] },
  NotesGiven: { facts: ['key', 'worker', 'notes'] },
  PlanAmendment: { facts: ['key', 'path', 'task'], notes: ['why'] },
  CallRefused: { facts: ['key', 'role', 'call', 'paths', 'rule'], answers: ['reason'] },
  ProposalCreate: {
    facts: ['key', 'round', 'base', 'tree', 'evidence', 'files'],
    changes: ['content', 'brief', 'commitMessage'],
  },
  ProposalEdit: { facts: ['round', 'path', 'sha256'], changes: ['blob'] },
  ProposalMerge: { facts: ['round', 'files'], changes: ['content'] },
  ApprovalRequest: { facts: ['key', 'round', 'bytes'] },
  ApprovalDecision: { facts: ['round', 'decision', 'path', 'hunk', 'bytes'], notes: ['why'] },
  ProposalApply: { facts: ['round', 'tree', 'files', 'contents'], notes: ['unchecked'] },
  ApplyUndo: { facts: ['round', 'files'] },
  BlobsDropped: { facts: ['sha256', 'bytes', 'why'] },
  ErrorEvent: { facts: ['key', 'error'], output: ['text'] },
};

/** One event as it leaves: its tag is `event_type`. Hashes of the chain stay at home, because the line is another one now. */
export interface ExportedEvent {
  readonly seq: number;
  readonly time: string;
  readonly event_type: EventKind;
  readonly payload: Readonly<Record<string, Json>>;
}

/** `withheld` names what was left out of it: a content, or the member itself where none brings it out. */
export interface ExportedLine {
  /** Undefined where no event of this kind goes out. */
  readonly event: ExportedEvent | undefined;
  readonly withheld: readonly string[];
}

/** The named part of an event. */
export function exportedEvent(event: RunEvent, contents: ReadonlySet<ExportContent>): ExportedLine {
  const rule: Readonly<Record<string, readonly string[] | undefined>> | undefined = EXPORTED[event.kind];
  const named = ['facts', ...contents].flatMap((part) => rule?.[part] ?? []);
  // A payload is what stood in a line of JSON.
  const payload = event.payload as unknown as Readonly<Record<string, Json | undefined>>;
  const members = Object.entries(payload).filter(([, value]) => value !== undefined && value !== null);
  const withheld = members.flatMap(([name]) =>
    named.includes(name)
      ? []
      : [EXPORT_CONTENTS.find((content) => rule?.[content]?.includes(name)) ?? `${event.kind}.${name}`],
  );
  if (rule === undefined) return { event: undefined, withheld: [event.kind] };
  const kept = Object.fromEntries(
    named.flatMap((name) => {
      const value = payload[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
  return { event: { seq: event.seq, time: event.time, event_type: event.kind, payload: kept }, withheld };
}
