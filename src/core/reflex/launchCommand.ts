import { shellQuoted } from '../../base/shellQuoted.ts';
import { hasFp8 } from './card.ts';
import { PREFILL_TOKENS } from './memory.ts';
import type { ServerPlan } from './plan.ts';

/** One line of a launch command: its words, and what they are for. */
export interface LaunchLine {
  readonly words: readonly string[];
  readonly why: string;
}

/** Requests that may wait: one more is refused at once instead of waiting past its deadline. */
const MOST_QUEUED = 16;

/** The command that starts the planned server, on this machine only. Flags are those of sglang 0.5.23 and vllm 0.33 (models-and-servers 1.5 and 2). */
export function launchCommand(plan: ServerPlan, port: number): readonly LaunchLine[] {
  return plan.server === 'sglang' ? sglangLines(plan, port) : vllmLines(plan, port);
}

/** The command as one text for a POSIX shell, a line each. */
export function commandText(lines: readonly LaunchLine[]): string {
  return lines.map(({ words }) => words.map(shellQuoted).join(' ')).join(' \\\n  ');
}

const line = (why: string, ...words: readonly (string | number)[]): LaunchLine => ({ words: words.map(String), why });
const only = (isWanted: boolean, wanted: LaunchLine): readonly LaunchLine[] => (isWanted ? [wanted] : []);

const LOOPBACK = 'only for this machine; 0.0.0.0 lets the whole network in, without a key';

function sglangLines({ model, card, chosen }: ServerPlan, port: number): readonly LaunchLine[] {
  const { checkpoint, kv, load, budget, context, capacity } = chosen;
  const isAwqMixture = checkpoint.quantisation === 'awq' && model.dimensions.isMixtureOfExperts;
  const { toolParser, reasoningParser } = model;
  return [
    line('the server of SGLang, on Linux or in WSL 2', 'python', '-m', 'sglang.launch_server'),
    line(`weights in ${checkpoint.quantisation}`, '--model-path', checkpoint.repository),
    line('the name that SpecKit asks for', '--served-model-name', model.id),
    line(LOOPBACK, '--host', '127.0.0.1'),
    line('where SpecKit looks for it', '--port', port),
    line('prompt and answer together', '--context-length', context),
    line(
      `of the memory free at the start, for weights and cache; about ${capacity} tokens of cache`,
      '--mem-fraction-static',
      budget.fraction.toFixed(2),
    ),
    ...only(
      checkpoint.isMadeAtStart === true,
      line('makes FP8 of the weights while it loads them', '--quantization', 'fp8'),
    ),
    ...only(
      isAwqMixture,
      line('SGLang needs to be told for a mixture of experts in AWQ', '--quantization', 'moe_wna16'),
    ),
    ...only(kv === 'fp8', line('halves what a token takes in the cache', '--kv-cache-dtype', 'fp8_e4m3')),
    ...only(
      card.architecture === 'sm120',
      line(
        'this Blackwell (SM120) has neither trtllm_mha (SM100 only, sglang #9140) nor fa3',
        '--attention-backend',
        'flashinfer',
      ),
    ),
    line('requests at once', '--max-running-requests', load.sequences),
    line(
      'graphs for no larger batch: more of them ran out of memory (sglang #35777)',
      '--cuda-graph-max-bs',
      load.sequences,
    ),
    line('reads long prompts in pieces, which bounds the activations', '--chunked-prefill-size', PREFILL_TOKENS),
    line('one more is refused at once, so that SpecKit goes on elsewhere', '--max-queued-requests', MOST_QUEUED),
    line('holds answers to their JSON schema', '--grammar-backend', 'xgrammar'),
    ...(toolParser === undefined
      ? []
      : [line('how this model writes tool calls', '--tool-call-parser', toolParser.sglang)]),
    ...(reasoningParser === undefined
      ? []
      : [line('keeps thinking apart from the answer', '--reasoning-parser', reasoningParser)]),
    line('lets SpecKit show its load', '--enable-metrics'),
    line('lets SpecKit show what came from the cache', '--enable-cache-report'),
  ];
}

function vllmLines({ model, card, chosen }: ServerPlan, port: number): readonly LaunchLine[] {
  const { checkpoint, kv, load, budget, context, capacity } = chosen;
  const { toolParser, reasoningParser } = model;
  return [
    line(
      `the server of vLLM, on Linux or in WSL 2; weights in ${checkpoint.quantisation}`,
      'vllm',
      'serve',
      checkpoint.repository,
    ),
    line('the name that SpecKit asks for', '--served-model-name', model.id),
    line(`${LOOPBACK}, as leaving it out does`, '--host', '127.0.0.1'),
    line('where SpecKit looks for it', '--port', port),
    line('prompt and answer together', '--max-model-len', context),
    line(
      `of the whole memory, for weights, activations and cache; about ${capacity} tokens of cache`,
      '--gpu-memory-utilization',
      budget.fraction.toFixed(2),
    ),
    line('requests at once, and graphs for no larger batch', '--max-num-seqs', load.sequences),
    line('reads long prompts in pieces, which bounds the activations', '--max-num-batched-tokens', PREFILL_TOKENS),
    ...only(
      checkpoint.isMadeAtStart === true,
      line('makes FP8 of the weights while it loads them', '--quantization', 'fp8'),
    ),
    ...only(kv === 'fp8' && hasFp8(card), line('halves what a token takes in the cache', '--kv-cache-dtype', 'fp8')),
    ...only(
      model.dimensions.hasVision,
      line('leaves the encoder for pictures out, whose memory goes to the cache', '--language-model-only'),
    ),
    line('holds answers to their JSON schema', '--structured-outputs-config.backend', 'auto'),
    ...(toolParser === undefined
      ? []
      : [
          line('lets the model call tools', '--enable-auto-tool-choice'),
          line('how this model writes tool calls', '--tool-call-parser', toolParser.vllm),
        ]),
    ...(reasoningParser === undefined
      ? []
      : [line('keeps thinking apart from the answer', '--reasoning-parser', reasoningParser)]),
    line('lets SpecKit show what came from the cache', '--enable-prompt-tokens-details'),
  ];
}
