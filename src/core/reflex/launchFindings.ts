import { isLoopback } from '../policy/loopback.ts';
import { usableGibibytes, type Card } from './card.ts';
import type { LocalModel } from './localModels.ts';
import { GRAPHS_LOST_GIB } from './memory.ts';
import type { Launch } from './readLaunch.ts';

/** What there is to say of a launch command. `note` is worth knowing; the others are to be mended. */
export interface Finding {
  readonly kind: 'unsafe' | 'doesNotFit' | 'fault' | 'note';
  readonly rule: string;
  readonly text: string;
}

/**
 * What is unsafe in a launch command, or known to fail on the card, by what the servers' sources and issue trackers say (models-and-servers 1.4, 1.5 and 2;
 * numbers with # are of sgl-project/sglang). In the order of the rules.
 */
export function findingsOn(launch: Launch, card: Card, model: LocalModel | undefined): readonly Finding[] {
  return [...unsafeIn(launch), ...failingIn(launch, card, model), ...notesOn(launch, card, model)];
}

const finding = (kind: Finding['kind'], rule: string, text: string): Finding => ({ kind, rule, text });
const when = (is: boolean, found: Finding): readonly Finding[] => (is ? [found] : []);
const text = ({ flags }: Launch, name: string): string => String(flags.get(name) ?? '');

function unsafeIn(launch: Launch): readonly Finding[] {
  const { flags } = launch;
  const key = text(launch, 'api-key');
  return [
    ...openTo(launch, flags.has('api-key')),
    ...when(
      flags.has('trust-remote-code'),
      finding(
        'unsafe',
        'remote-code',
        '--trust-remote-code runs programs that come with the model, as you. The models that SpecKit knows by name need it not.',
      ),
    ),
    ...when(
      key !== '' && key !== 'true',
      finding(
        'unsafe',
        'key-in-command',
        'A key on the command line is shown to everybody on this machine by ps, and kept in the history of the shell. On loopback the server needs none.',
      ),
    ),
  ];
}

/** Whether others than this machine reach the server. In a container it is the published port that counts. */
function openTo(launch: Launch, hasKey: boolean): readonly Finding[] {
  const mend = hasKey ? 'A key does not make this safe: what it guards is sent unencrypted.' : 'It asks for no key.';
  if (launch.published !== undefined) {
    const open = launch.published.filter((port) => !/^(?:127\.\d+\.\d+\.\d+|localhost|\[::1\]):/.test(port));
    return open.map((port) =>
      finding(
        'unsafe',
        'open-port',
        `-p ${port} publishes the port to everybody in the network. ${mend} Write -p 127.0.0.1:${port.replace(/^0\.0\.0\.0:/, '')}.`,
      ),
    );
  }
  const host = text(launch, 'host');
  if (host === '')
    return when(
      launch.server === 'vllm',
      finding(
        'unsafe',
        'open-host',
        `Without --host vLLM listens on all addresses: everybody in the network reaches it. ${mend} Write --host 127.0.0.1.`,
      ),
    );
  const plain = host === '::1' ? '[::1]' : host;
  return when(
    !isLoopback(plain),
    finding(
      'unsafe',
      'open-host',
      `--host ${host} opens the server to everybody in the network. ${mend} Write --host 127.0.0.1.`,
    ),
  );
}

function failingIn(launch: Launch, card: Card, model: LocalModel | undefined): readonly Finding[] {
  const isSglang = launch.server === 'sglang';
  const isSm120 = card.architecture === 'sm120';
  const isMixture = model?.dimensions.isMixtureOfExperts === true;
  const named = launch.model ?? '';
  const backend = text(launch, 'attention-backend').toLowerCase();
  const format = text(launch, 'quantization').toLowerCase();
  const checkpoint = model?.checkpoints.find(({ repository }) => repository.toLowerCase() === named.toLowerCase());
  const quantisation = checkpoint?.isMadeAtStart === true ? undefined : checkpoint?.quantisation;
  const fraction = Number(launch.flags.get('mem-fraction-static') ?? Number.NaN);
  const batch = Number(launch.flags.get('cuda-graph-max-bs') ?? Number.NaN);
  const cards = Number(launch.flags.get(isSglang ? 'tp-size' : 'tensor-parallel-size') ?? 1);
  return [
    ...when(
      /(?:^|\/)qwen3-32b-instruct(?:-awq)?$/i.test(named),
      finding('fault', 'no-such-model', `There is no ${named}. The model is Qwen/Qwen3-32B-AWQ.`),
    ),
    ...when(cards > 1, finding('fault', 'several-cards', `It wants ${cards} GPUs. These numbers are for one.`)),
    ...when(
      isSm120 && isSglang && (backend === 'trtllm_mha' || backend === 'fa3'),
      finding(
        'fault',
        'attention-backend',
        `--attention-backend ${backend} is refused on this card: trtllm_mha is for SM100 only (sglang #9140), fa3 for Hopper and Ada. Write flashinfer.`,
      ),
    ),
    ...when(
      isSm120 && isSglang && isMixture && (format === 'fp8' || quantisation === 'fp8'),
      finding(
        'fault',
        'fp8-mixture',
        'A mixture of experts in FP8 crashes at the first pass on this card: its kernel wants 147,456 bytes of shared memory, and there are 101,376 (sglang #5995, #28019).',
      ),
    ),
    ...when(
      isSglang && isMixture && quantisation === 'awq' && format !== 'moe_wna16',
      finding('fault', 'awq-mixture', 'SGLang loads a mixture of experts in AWQ only with --quantization moe_wna16.'),
    ),
    ...when(
      isSm120 && isSglang && isMixture && quantisation === 'awq',
      finding(
        'note',
        'slow-mixture',
        'On an RTX 5090 vLLM made 556 tokens a second of a mixture of experts in AWQ where SGLang made 208, and began after 0.5 s instead of 1.6 s: more than 2 s at the 95th percentile would fail the bake-off.',
      ),
    ),
    ...when(
      isSm120 &&
        isSglang &&
        fraction >= 0.9 &&
        usableGibibytes(card) * (1 - fraction) < GRAPHS_LOST_GIB &&
        !(batch <= 1) &&
        !launch.flags.has('disable-cuda-graph'),
      finding(
        'fault',
        'graphs-out-of-memory',
        'With 0.90 and more an RTX 5090 ran out of memory while graphs were captured (sglang #35777). It starts with --cuda-graph-max-bs 1, or with 0.80 and --cuda-graph-backend-prefill disabled.',
      ),
    ),
    ...when(
      launch.flags.has('enable-torch-compile'),
      finding(
        'fault',
        'torch-compile',
        '--enable-torch-compile with graphs was 6 times slower on an RTX 5090 (sglang #35777).',
      ),
    ),
  ];
}

function notesOn(launch: Launch, card: Card, model: LocalModel | undefined): readonly Finding[] {
  const { server, flags } = launch;
  const isSglang = server === 'sglang';
  const type = text(launch, 'dtype');
  const hasStates = (model?.dimensions.attention.bytesPerRequest ?? 0) > 0;
  return [
    ...when(
      card.architecture === 'sm120',
      finding(
        'note',
        'cuda',
        'This card needs a driver and a Triton of CUDA 12.8 or newer; older ones say that sm_120 is not a recognized processor.',
      ),
    ),
    ...when(
      isSglang && hasStates,
      finding(
        'note',
        'states',
        'Some layers of this model keep a state for each request. SGLang divides the memory between states and tokens by a ratio of its own: hold the tokens against what it reports.',
      ),
    ),
    ...when(
      type === 'float16' || type === 'half',
      finding(
        'note',
        'float16',
        `--dtype ${type}: the models that SpecKit knows are stored in bf16, whose range float16 does not have. Leave it out.`,
      ),
    ),
    ...when(
      isSglang && !flags.has('mem-fraction-static'),
      finding(
        'note',
        'no-fraction',
        'Without --mem-fraction-static SGLang chooses the part of the memory itself, not knowing what else uses the card.',
      ),
    ),
    ...when(
      isSglang && !flags.has('enable-metrics'),
      finding(
        'note',
        'no-metrics',
        'Without --enable-metrics a server older than /v1/loads tells nothing of its load.',
      ),
    ),
  ];
}
