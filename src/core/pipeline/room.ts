import { unreachable } from '../../base/unreachable.ts';
import { estimateTokens } from '../ledger/estimate.ts';
import type { Configuration } from '../settings.ts';
import { systemPrompt } from './ask.ts';
import type { RunContext } from './context.ts';
import { nameText } from './nameText.ts';

/** What the files of one prompt may still take of what their stage's prompts may hold, in estimated tokens. `key` is that of the question or attempt. */
export interface Room {
  readonly key: string;
  readonly stage: keyof Configuration['prompt_tokens'];
  readonly tokens: number;
}

/** The room beside what always stands in a prompt: the system text, and `fixed`. */
export function roomOf(context: RunContext, at: Omit<Room, 'tokens'>, fixed: readonly string[]): Room {
  const taken = [systemPrompt(context), ...fixed].reduce((sum, text) => sum + estimateTokens(text), 0);
  return { ...at, tokens: Math.max(0, context.configuration.prompt_tokens[at.stage] - taken) };
}

/** What is left after a part. */
export const roomAfter = (room: Room, part: string): Room => ({
  ...room,
  tokens: Math.max(0, room.tokens - estimateTokens(part)),
});

/** As many characters of this text as a number of tokens holds. */
export function charactersIn(text: string, tokens: number): number {
  const all = estimateTokens(text);
  return all <= tokens ? text.length : Math.floor((text.length * tokens) / all);
}

/** Why a part holds no more. */
export type CutLimit =
  | { readonly kind: 'room' }
  | { readonly kind: 'characters'; readonly most: number }
  | { readonly kind: 'files'; readonly most: number }
  | { readonly kind: 'fileBytes'; readonly most: number };

/** Names that are recorded of what was left out. */
const NAMES = 50;
/** Names that a line about it tells. */
const NAMES_TOLD = 5;

/** Records what of a prompt's part was left out, or cut in its middle. */
export function noteCut(
  context: RunContext,
  { key, stage, tokens }: Room,
  part: string,
  cut: { readonly left: readonly string[]; readonly limit: CutLimit },
): void {
  const left = cut.left.slice(0, NAMES).map(nameText);
  const limit = limitText(context, stage, cut.limit);
  const told = left.slice(0, NAMES_TOLD).join(', ');
  const more = cut.left.length > NAMES_TOLD ? ` and ${cut.left.length - NAMES_TOLD} more` : '';
  const text = `${stage}: not all ${part} fit into the prompt (${limit}). Left out: ${told}${more}.`;
  context.steps.note('ContextCut', { key: `${key}/${part}`, stage, part, tokens, limit, left, text });
}

function limitText({ configuration }: RunContext, stage: Room['stage'], limit: CutLimit): string {
  switch (limit.kind) {
    case 'room':
      return `prompt_tokens.${stage} = ${configuration.prompt_tokens[stage]}`;
    case 'characters':
      return `${limit.most} characters at most`;
    case 'files':
      return `${limit.most} files at most`;
    case 'fileBytes':
      return `limits.file_bytes = ${limit.most}`;
  }
  return unreachable(limit);
}
