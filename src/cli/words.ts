import { counted } from '../base/counted.ts';
import { firstLine } from '../base/firstLine.ts';
import { durationText, tokensText } from '../base/measureText.ts';
import { dollars } from '../core/ledger/money.ts';
import type { QuestionView, RunView, SpendView, StageView } from '../core/run/view.ts';

/** Settled money, and what is uncertain beside it. */
export function spendText(spend: SpendView): string {
  const parts = [dollars(spend.settled)];
  if (spend.inDoubt > 0) parts.push(`${dollars(spend.inDoubt)} in doubt`);
  if (spend.reserved > 0) parts.push(`${dollars(spend.reserved)} reserved`);
  if (spend.unpricedCalls !== undefined) parts.push(`${counted(spend.unpricedCalls, 'call')} of unknown price`);
  return parts.join(', ');
}

/** Tokens and calls of a run; recorded answers are called recorded. */
export function callsText(spend: SpendView): string {
  const calls = `${spend.calls} model ${spend.calls === 1 ? 'call' : 'calls'}`;
  const recorded =
    spend.recordedCalls === 0
      ? ''
      : spend.recordedCalls === spend.calls
        ? ', all recorded'
        : `, ${spend.recordedCalls} recorded`;
  return `${calls}${recorded}; ${tokensText(spend.inputTokens)} in, ${tokensText(spend.outputTokens)} out`;
}

const MARKS = { waiting: '.', running: '>', person: '?', done: 'ok', halted: '!!', stopped: '--' } as const;

/** One stage as a line: mark, name, time, workers, what came of it, money. */
export function stageLine(stage: StageView): string {
  const milliseconds =
    stage.startedAt !== undefined && stage.endedAt !== undefined
      ? Date.parse(stage.endedAt) - Date.parse(stage.startedAt)
      : undefined;
  const columns = [
    MARKS[stage.state].padEnd(3),
    stage.stage.padEnd(10),
    (milliseconds === undefined ? '' : durationText(milliseconds)).padStart(7),
    ` ${stage.workers.join(', ')}`.padEnd(14),
    ` ${firstLine(stage.text)}`,
  ];
  const money = stage.microdollars > 0 ? `   ${dollars(stage.microdollars)}` : '';
  return `  ${columns.join(' ')}${money}`.trimEnd();
}

/** Columns that text for reading is wrapped at, whatever the terminal is. */
const READING_WIDTH = 110;
/** Characters of a brief's label: what follows hangs below it. */
const LABEL = 10;

/** A line of a brief, wrapped between words, with what follows hanging below the text after its label. */
export function wrapped(line: string): string {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > READING_WIDTH) {
    const space = rest.lastIndexOf(' ', READING_WIDTH);
    const cut = space > LABEL ? space : READING_WIDTH;
    lines.push(rest.slice(0, cut).trimEnd());
    rest = `${' '.repeat(LABEL)}${rest.slice(cut).trimStart()}`;
  }
  return [...lines, rest].join('\n');
}

export function headLine(view: RunView, budgetDollars: number | undefined): string {
  const budget = budgetDollars === undefined ? '' : `   budget $${budgetDollars.toFixed(2)}`;
  return `${view.specId} ${view.title}${budget}   run ${view.runId}`;
}

/** A question as a person reads it: how grave it is, and the answer that was suggested with what it cites. */
export function questionLines({ id, text, facts }: Pick<QuestionView, 'id' | 'text' | 'facts'>): readonly string[] {
  const suggestion = facts?.suggestion ?? null;
  const citation = facts?.citation ?? null;
  const cited = citation === null ? '' : `, citing ${citation.document}: "${firstLine(citation.quote)}"`;
  return [
    `? ${id}  ${facts === undefined ? '' : `(${facts.magnitude}) `}${text}`,
    ...(suggestion === null ? [] : [`     Suggested: ${firstLine(suggestion)}${cited}`]),
  ];
}

/** The line that answers a question: `--answer Q1=allow|stop`, and each choice by itself where one holds blanks, for the shell. */
export function answerLine(
  runId: string,
  { id, options }: { readonly id: string; readonly options: readonly string[] },
): string {
  const isPlain = options.every((option) => /^[\w-]+$/.test(option));
  const choices = isPlain ? options.join('|') || '"..."' : options.map((option) => `"${option}"`).join(` or ${id}=`);
  return `     speckit clarify ${runId} --answer ${id}=${choices}`;
}
