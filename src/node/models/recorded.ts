import { z } from 'zod';
import { promptHash } from '../../core/prompt/promptHash.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { ModelAnswer, ModelEvent, ModelProvider } from '../../core/ports.ts';

const tokens = z.int().min(0);

const answerSchema = z.strictObject({
  text: z.string(),
  toolCalls: z.array(z.strictObject({ id: z.string(), name: z.string(), arguments: z.string() }).readonly()).readonly(),
  finishReason: z.enum(['stop', 'length', 'toolCalls', 'refusal', 'other']),
  usage: z
    .strictObject({
      input: tokens,
      output: tokens,
      cachedInput: tokens.exactOptional(),
      cacheWrite: tokens.exactOptional(),
      reasoning: tokens.exactOptional(),
    })
    .readonly()
    .exactOptional(),
  model: z.string().exactOptional(),
  recorded: z.literal(true).exactOptional(),
});

/** One line of a recording: what was answered to which prompt at which step. */
export const recordedExchangeSchema = z
  .strictObject({
    stepKey: z.string().min(1),
    promptHash: z.string().regex(/^[0-9a-f]{64}$/),
    answer: answerSchema.readonly(),
  })
  .readonly();
export type RecordedExchange = z.infer<typeof recordedExchangeSchema>;

/** Pieces in which a recorded text is shown, so that a person sees it stream. */
const TEXT_EVENTS = 4;

/**
 * A model that answers from a recording and asks nobody. An answer is found by the step key and the prompt's hash; of two recordings of
 * the same, the later one counts. When there is none the error says what is missing and how to record it.
 */
export function createRecorded(exchanges: readonly RecordedExchange[]): ModelProvider {
  const byStep = new Map<string, Map<string, ModelAnswer>>();
  for (const { stepKey, promptHash, answer } of exchanges) {
    const byPrompt = byStep.get(stepKey) ?? new Map<string, ModelAnswer>();
    byStep.set(stepKey, byPrompt.set(promptHash, answer));
  }
  return {
    call(request, onEvent, signal) {
      if (signal.aborted) return Promise.resolve(err({ kind: 'stopped' }));
      const hash = promptHash(request);
      const answers = byStep.get(request.stepKey);
      const answer = answers?.get(hash);
      if (answer === undefined) {
        const message = missing(request.stepKey, hash, [...(answers?.keys() ?? [])]);
        return Promise.resolve(err({ kind: 'recordingMissing', stepKey: request.stepKey, message }));
      }
      for (const event of eventsOf(answer)) onEvent(event);
      return Promise.resolve(ok({ ...answer, recorded: true }));
    },
  };
}

/** Why a recording could not be read. `line` counts from 1. */
export interface ExchangeProblem {
  readonly line: number;
  readonly message: string;
}

/** The exchanges of a recording: one JSON object a line, empty lines left out. The first line that is none is the problem. */
export function parseExchanges(jsonl: string): Result<readonly RecordedExchange[], ExchangeProblem> {
  const exchanges: RecordedExchange[] = [];
  for (const [position, line] of jsonl.split('\n').entries()) {
    if (line.trim() === '') continue;
    const parsed = parseLine(line);
    if (parsed.kind === 'error') return err({ line: position + 1, message: parsed.error.slice(0, 500) });
    exchanges.push(parsed.value);
  }
  return ok(exchanges);
}

function parseLine(line: string): Result<RecordedExchange, string> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return err(`not JSON: ${String(error)}`);
  }
  const parsed = recordedExchangeSchema.safeParse(value);
  return parsed.success ? ok(parsed.data) : err(z.prettifyError(parsed.error));
}

function* eventsOf(answer: ModelAnswer): Generator<ModelEvent> {
  // Cut by code points, so that no character is torn in two.
  const characters = Array.from(answer.text);
  const size = Math.ceil(characters.length / TEXT_EVENTS);
  for (let start = 0; start < characters.length; start += size) {
    yield { kind: 'text', text: characters.slice(start, start + size).join('') };
  }
  for (const call of answer.toolCalls) yield { kind: 'toolCall', name: call.name };
}

function missing(stepKey: string, hash: string, recorded: readonly string[]): string {
  const short = (text: string): string => text.slice(0, 12);
  const why =
    recorded.length === 0
      ? `no answer is recorded for the step ${stepKey} (prompt ${short(hash)})`
      : `the prompt of the step ${stepKey} has changed: its hash is ${short(hash)}, recorded ${recorded.slice(0, 5).map(short).join(', ')}`;
  return `${why}; record it with \`npm run sample:record\``;
}
