import { overrideText } from '../app/eventText.ts';
import { firstLine } from '../base/firstLine.ts';
import { durationText, tokensText } from '../base/measureText.ts';
import type { Progress } from '../core/pipeline/context.ts';
import { dollars } from '../core/ledger/money.ts';
import { foldRun } from '../core/run/view.ts';
import { OVER_BUDGET } from '../core/router/recovery.ts';
import type { RunEvent } from '../core/run/event.ts';
import { roleText, type Stage } from '../core/run/stage.ts';
import { headLine, stageLine } from './words.ts';

/** Where a run is shown while it works. `write` gets whole text, ends of lines included. */
export interface Screen {
  write(text: string): void;
  readonly isTerminal: boolean;
  readonly columns: number;
  now(): number;
}

/** Shows one run as it goes: finished stages as lines, and on a terminal one line below them that moves. */
export interface RunDisplay extends Disposable {
  event(event: RunEvent): void;
  progress(progress: Progress): void;
}

/** For the count that is shown while an answer streams: the ledger has the true one when it has ended. */
const CHARACTERS_PER_TOKEN = 3.6;

const FRAMES = ['-', '\\', '|', '/'];

export function createRunDisplay(screen: Screen): RunDisplay {
  const events: RunEvent[] = [];
  const state = {
    stage: '',
    doing: '',
    tokens: 0,
    since: screen.now(),
    frame: 0,
    isDrawn: false,
    hasHead: false,
    settled: 0,
  };
  const clear = (): void => {
    if (state.isDrawn) screen.write('\r\u001b[2K');
    state.isDrawn = false;
  };
  const line = (text: string): void => {
    clear();
    screen.write(`${text}\n`);
  };
  const draw = (): void => {
    if (!screen.isTerminal || state.stage === '') return;
    state.frame += 1;
    const columns = [
      `  ${FRAMES[state.frame % FRAMES.length]}`,
      state.stage.padEnd(10),
      state.doing,
      ...(state.tokens > 0 ? [`~${tokensText(state.tokens)}`] : []),
      durationText(screen.now() - state.since),
      dollars(state.settled),
    ];
    const text = columns.filter((column) => column !== '').join('   ');
    screen.write(`\r\u001b[2K${text.slice(0, screen.columns - 1)}`);
    state.isDrawn = true;
  };
  // The clock starts anew with each thing that is done, not with each token of it.
  const doing = (text: string, tokens = 0): void => {
    if (text !== state.doing) state.since = screen.now();
    state.doing = text;
    state.tokens = tokens;
    draw();
  };
  const timer = screen.isTerminal ? setInterval(draw, 120) : undefined;

  function event(next: RunEvent): void {
    events.push(next);
    const said = sayEvent(next, events);
    if (next.kind === 'SpendSettle' && next.payload.state === 'settled') state.settled += next.payload.microdollars;
    if (next.kind === 'OwnerChange' && !state.hasHead && events[0]?.kind === 'RunStart') {
      state.hasHead = true;
      line(headLine(foldRun(events), undefined));
    }
    if (said !== undefined) line(said);
  }

  function progress(next: Progress): void {
    switch (next.kind) {
      case 'stage':
        state.stage = next.stage;
        return doing('');
      case 'call':
        return doing(`${roleText(next.role)} ${next.worker}`, Math.round(next.characters / CHARACTERS_PER_TOKEN));
      case 'command':
        return doing(`check ${next.name}`);
      case 'wait':
        return doing(`${next.text} in ${durationText(next.milliseconds)}`);
      case 'text':
        return;
    }
  }

  return {
    event,
    progress,
    [Symbol.dispose]: () => {
      clearInterval(timer);
      clear();
    },
  };
}

/** A stage as its line. A resumed run is not shown from its beginning: then only its name and what came of it are known. */
function lineOfStage(name: Stage, text: string, events: readonly RunEvent[]): string {
  const known = events[0]?.kind === 'RunStart' ? foldRun(events).stages.find(({ stage }) => stage === name) : undefined;
  const state = name === 'unlock' ? 'person' : 'done';
  const unknown = {
    stage: name,
    state,
    text,
    startedAt: undefined,
    endedAt: undefined,
    workers: [],
    microdollars: 0,
  } as const;
  return stageLine(known ?? unknown);
}

/** The line an event deserves, if any. */
function sayEvent(event: RunEvent, events: readonly RunEvent[]): string | undefined {
  switch (event.kind) {
    case 'StageTransition': {
      if (event.payload.to !== 'done') return undefined;
      return lineOfStage(event.payload.stage, event.payload.text, events);
    }
    case 'GateDecision': {
      const { verdict, key, reasons } = event.payload;
      if (verdict === 'proceed') return undefined;
      return `  ..  ${key.replace(/\/gate.*$/, '')}: ${verdict}${event.payload.to === null ? '' : ` to ${event.payload.to === 'person' ? 'a person' : 'the next worker'}`}: ${firstLine(reasons[0]?.text ?? '')}`;
    }
    case 'RunEnd': {
      if (event.payload.outcome !== 'proposed') return undefined;
      return lineOfStage('unlock', event.payload.text, events);
    }
    case 'RunStart':
    case 'OwnerChange':
    case 'PolicySnapshotRef':
    case 'StepStart':
    case 'StepEnd':
    case 'Checkpoint':
    case 'RoutingDecision':
    case 'LLMCall':
    case 'SpendReserve':
    case 'SpendSettle':
    case 'CircuitChange':
    case 'ContextCut':
    case 'ContextChoice':
    case 'CommandDecision':
    case 'ToolCall':
    case 'ToolResult':
    case 'RetrievalRequest':
    case 'RetrievalResponse':
    case 'PatchApply':
    case 'Signal':
    case 'EvidenceRecord':
    case 'Escalation':
    case 'QuestionAsk':
    case 'QuestionSettle':
    case 'QuestionAnswer':
    case 'QuestionWithdraw':
    case 'PersonNote':
    case 'NotesGiven':
    case 'PlanAmendment':
    case 'CallRefused':
    case 'ProposalCreate':
    case 'ProposalEdit':
    case 'ProposalMerge':
    case 'ApprovalRequest':
    case 'ApprovalDecision':
    case 'ProposalApply':
    case 'ApplyUndo':
    case 'BlobsDropped':
      return undefined;
    case 'ProjectGuidance':
      return [event.payload.text, ...event.payload.roles.map(({ text }) => text)]
        .map((text) => `  ..  ${text}`)
        .join('\n');
    case 'ParameterLeftOut':
      return `  ..  ${firstLine(event.payload.text)}`;
    case 'FallbackActivated':
      return event.payload.fault === OVER_BUDGET
        ? `  ..  ${event.payload.to} stands in for ${event.payload.from}, which the budget refuses.`
        : `  ..  ${event.payload.from} does not answer, ${event.payload.to} stands in: ${firstLine(event.payload.text)}`;
    case 'BudgetOverride':
      return `  !!  ${overrideText(event.payload)}`;
    case 'BudgetAlert':
    case 'ErrorEvent':
      return `  !!  ${firstLine(event.payload.text)}`;
  }
  return undefined;
}
