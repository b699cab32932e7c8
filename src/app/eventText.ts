import { counted } from '../base/counted.ts';
import { firstLine } from '../base/firstLine.ts';
import { durationText, sizeText, tokensText } from '../base/measureText.ts';
import { dollars } from '../core/ledger/money.ts';
import type { Payload, RunEvent } from '../core/run/event.ts';
import { roleText } from '../core/run/stage.ts';
import { verdictText } from './verdictText.ts';

const DECIDED = { allow: 'allowed', ask: 'asks a person', forbid: 'forbidden' } as const;

const CIRCUIT = {
  open: 'circuit opened for',
  halfOpen: 'circuit half open for',
  closed: 'circuit closed for',
} as const;

/**
 * The line an event deserves in a list of what happened when, for `speckit show` and the run panel alike; undefined where it says nothing to a person.
 */
export function eventText(event: RunEvent): string | undefined {
  switch (event.kind) {
    case 'StageTransition':
      return `${event.payload.stage} ${event.payload.to}${event.payload.text === '' ? '' : `: ${event.payload.text}`}`;
    case 'LLMCall': {
      const { role, worker, model, recorded, outcome, usage, durationMs, mode } = event.payload;
      return `${roleText(role)}${mode === 'reflex' ? ', by reflex,' : ''} asked ${worker} (${model}${recorded ? ', recorded' : ''}): ${outcome}, ${usage === null ? 'usage unknown' : `${tokensText(usage.input)} in, ${tokensText(usage.output)} out`}, ${durationText(durationMs)}`;
    }
    case 'SpendSettle':
      return event.payload.microdollars === 0
        ? undefined
        : `${event.payload.state} ${dollars(event.payload.microdollars)}`;
    case 'PatchApply':
      return `patch ${event.payload.outcome} (${event.payload.task}, ${event.payload.worker}): ${firstLine(event.payload.text)}`;
    case 'EvidenceRecord':
      return `check ${event.payload.check} ${event.payload.outcome}${event.payload.exitCode === null ? '' : ` (exit ${event.payload.exitCode})`} on ${event.payload.on} ${event.payload.tree.slice(0, 12)}${keptText(event.payload)}`;
    case 'CommandDecision':
      return `command ${event.payload.name}: ${DECIDED[event.payload.decision]} by ${event.payload.rule}: ${firstLine(event.payload.reason)}`;
    case 'GateDecision':
      return `gate ${event.payload.key}: ${event.payload.verdict}: ${verdictText(event.payload)}`;
    case 'Escalation':
      return `escalated from ${event.payload.from} to ${event.payload.to}: ${firstLine(event.payload.text)}`;
    case 'FallbackActivated':
      return `fell back from ${event.payload.from} to ${event.payload.to}: ${firstLine(event.payload.text)}`;
    case 'CircuitChange':
      return `${CIRCUIT[event.payload.to]} ${event.payload.endpoint}: ${firstLine(event.payload.text)}`;
    case 'ProjectGuidance':
      return [event.payload.text, ...event.payload.roles.map(({ text }) => text)].join(' ');
    case 'ParameterLeftOut':
    case 'ContextCut':
    case 'ContextChoice':
      return firstLine(event.payload.text);
    case 'QuestionAsk':
      return `question ${event.payload.id}: ${firstLine(event.payload.text)}`;
    case 'QuestionSettle':
      return settledText(event.payload);
    case 'QuestionAnswer':
      return `${event.payload.by} answered ${event.payload.id}: ${firstLine(event.payload.answer)}`;
    case 'QuestionWithdraw':
      return `question ${event.payload.id} is not asked any more: ${event.payload.text}`;
    case 'PlanAmendment':
      return `plan amended${event.payload.task === undefined ? '' : ` for ${event.payload.task}`} by ${event.payload.by}: ${event.payload.path}: ${firstLine(event.payload.why)}`;
    case 'CallRefused':
      return refusalText(event.payload);
    case 'PersonNote':
      return `${event.payload.by} said: ${firstLine(event.payload.text)}`;
    case 'NotesGiven':
      return `${event.payload.worker} was told ${counted(event.payload.notes.length, 'note')}`;
    case 'ProposalEdit':
      return `${event.payload.by} edited ${event.payload.path}`;
    case 'ProposalMerge':
      return `merged with what ${event.payload.by} has in ${event.payload.files.join(', ')}`;
    case 'ApprovalDecision':
      return `${event.payload.by} ${event.payload.decision} ${event.payload.path ?? 'the change'}${event.payload.why === '' ? '' : `: ${firstLine(event.payload.why)}`}`;
    case 'ProposalCreate':
      return `proposal ${event.payload.round} of ${counted(event.payload.files.length, 'file')}`;
    case 'ProposalApply':
      return `applied by ${event.payload.by}: ${event.payload.files.join(', ')}${event.payload.unchecked === undefined ? '' : `; not checked on this tree: ${firstLine(event.payload.unchecked)}`}`;
    case 'ApplyUndo':
      return `undone by ${event.payload.by}`;
    case 'RunEnd':
      return `${event.payload.outcome}: ${firstLine(event.payload.text)}`;
    case 'OwnerChange':
      return `${event.payload.why} in process ${event.payload.pid}`;
    case 'BlobsDropped':
      return `${counted(event.payload.sha256.length, 'text')} of ${sizeText(event.payload.bytes)} removed: ${event.payload.why}`;
    case 'BudgetOverride':
      return overrideText(event.payload);
    case 'BudgetAlert':
    case 'ErrorEvent':
      return firstLine(event.payload.text);
    case 'StepStart':
      return event.payload.because === 'first'
        ? undefined
        : `again: ${event.payload.key} (${event.payload.because}${event.payload.changed.length === 0 ? '' : `: ${event.payload.changed.join(', ')}`})`;
    case 'RoutingDecision':
      return modeText(event.payload);
    case 'RunStart':
    case 'PolicySnapshotRef':
    case 'StepEnd':
    case 'Checkpoint':
    case 'SpendReserve':
    case 'ToolCall':
    case 'ToolResult':
    case 'RetrievalRequest':
    case 'RetrievalResponse':
    case 'Signal':
    case 'ApprovalRequest':
      return undefined;
  }
  return undefined;
}

/** Whose an attempt is, where the policy has reflex. */
function modeText({ mode, reason, reasons, worker }: Payload<'RoutingDecision'>): string | undefined {
  if (mode === undefined) return undefined;
  const why = reasons.find(({ rule }) => rule === reason)?.text ?? '';
  return mode === 'reflex'
    ? `attempt by reflex: ${firstLine(why)}`
    : `attempt by ${worker ?? 'nobody'} and not by reflex, ${reason ?? ''}: ${firstLine(why)}`;
}

/** A refused patch has a line of its own. */
function refusalText({ role, call, paths, rule, reason, by }: Payload<'CallRefused'>): string | undefined {
  if (call === 'patch') return undefined;
  return `${by ?? 'the broker'} refused the ${roleText(role)} ${call === 'ask' ? 'a file' : `a ${call}`}${paths.length === 0 ? '' : ` (${paths.join(', ')})`} by ${rule}: ${firstLine(reason)}`;
}

const SETTLED = { rule: 'settled by rule', model: 'settled by a citation', noted: 'noted' } as const;

/** A question that no person was asked. */
function settledText({ id, by, text, answer }: Payload<'QuestionSettle'>): string {
  return `${id} ${SETTLED[by]}: ${firstLine(text)}${answer === '' ? '' : ` -> ${firstLine(answer)}`}`;
}

/** What kept a check in. Empty for logs of before this was recorded. */
function keptText({ sandbox, network }: Pick<Payload<'EvidenceRecord'>, 'sandbox' | 'network'>): string {
  if (sandbox === undefined) return '';
  if (sandbox === 'none') return ', kept in by nothing';
  return `, in ${sandbox}${network === 'granted' ? ' with the network' : ''}`;
}

/** Who lifted which limit, as every host says it. */
export function overrideText({ rule, how, by }: Payload<'BudgetOverride'>): string {
  return `${by} lets this run pass its budget (${how}): ${rule} does not hold it back`;
}
