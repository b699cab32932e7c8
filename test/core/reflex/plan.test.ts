import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { CARDS, knownCard, usableGibibytes, type Architecture, type Card } from '../../../src/core/reflex/card.ts';
import { checkCommand } from '../../../src/core/reflex/checkCommand.ts';
import { correctedBy, type Reported } from '../../../src/core/reflex/correctedBy.ts';
import { KV_FORMATS, kvBytesPerToken, weightBytes } from '../../../src/core/reflex/dimensions.ts';
import { commandText, launchCommand } from '../../../src/core/reflex/launchCommand.ts';
import { LOCAL_MODELS, localModel, type LocalModel } from '../../../src/core/reflex/localModels.ts';
import { budgetOf, capacityOf, GIB, type Budget } from '../../../src/core/reflex/memory.ts';
import {
  atFullLength,
  LEAST_CONTEXT,
  longestContext,
  planServer,
  type PlanRequest,
  type ServerPlan,
} from '../../../src/core/reflex/plan.ts';
import { readLaunch } from '../../../src/core/reflex/readLaunch.ts';

function model(id: string): LocalModel {
  const found = localModel(id);
  assert.ok(found !== undefined, id);
  return found;
}

function card(id: string): Card {
  const found = knownCard(id);
  assert.ok(found !== undefined, id);
  return found;
}

function planned(request: PlanRequest): ServerPlan {
  const plan = planServer(request);
  assert.ok(plan.kind === 'ok', JSON.stringify(plan));
  return plan.value;
}

/** GB of weights (10^9 bytes) and bytes a token, as the table of models-and-servers 1.6 has them. */
function checkFacts(id: string, gigabytes: readonly (number | undefined)[], perToken: readonly number[]): void {
  const { dimensions } = model(id);
  const formats = ['bf16', 'fp8', 'awq', 'nvfp4'] as const;
  const found = formats.map((format) => weightBytes(dimensions, format) / 1e9);
  for (const [index, wanted] of gigabytes.entries())
    if (wanted !== undefined)
      assert.ok(Math.abs((found[index] ?? 0) - wanted) < 0.2, `${id} ${formats[index]}: ${found[index]} for ${wanted}`);
  assert.deepEqual(
    KV_FORMATS.map((format) => kvBytesPerToken(dimensions, format)),
    perToken,
  );
}

describe('the arithmetic of a plan', () => {
  it('gives the figures of the page of facts', () => {
    checkFacts('qwen2.5-coder-7b-instruct', [15.2, 8.7, 5.6, 5.9], [57_344, 28_672]);
    checkFacts('qwen3-32b', [65.5, 34.3, 19.3, 20.7], [262_144, 131_072]);
    checkFacts('qwen3-coder-30b-a3b-instruct', [61.1, 31.2, 16.8, 18.1], [98_304, 49_152]);
    checkFacts('qwen3.6-35b-a3b', [70, undefined], [20_480, 10_240]);
    checkFacts('qwen3.6-27b', [55.6, undefined], [65_536, 32_768]);
    checkFacts('devstral-small-2-24b-instruct', [], [163_840, 81_920]);
  });

  it('comes near what others measured on an RTX 5090, and on the safe side of what ran out of memory', () => {
    const coder = planned({ model: model('qwen3-coder-30b-a3b-instruct'), card: card('rtx-5090'), server: 'vllm' });
    const { capacity } = coder.chosen;
    assert.equal(coder.chosen.checkpoint.quantisation, 'awq');
    assert.ok(capacity < 131_072 && Math.abs(capacity - 122_880) < 0.1 * 122_880, `${capacity} tokens`);
    const devstral = model('devstral-small-2-24b-instruct');
    const alone = planned({
      model: devstral,
      card: card('rtx-5090'),
      server: 'vllm',
      context: 90_000,
      desktopGibibytes: 0,
    });
    assert.deepEqual([alone.chosen.checkpoint.quantisation, alone.chosen.kv], ['awq', 'bf16']);
    // vLLM measured 135,926 tokens at 0.95 without anything else on the card.
    const qwen = planned({ model: model('qwen3.8-27b'), card: card('rtx-5090'), server: 'vllm', desktopGibibytes: 0 });
    const fp8 = qwen.ways.find(({ checkpoint, kv }) => checkpoint.quantisation === 'nvfp4' && kv === 'fp8');
    assert.ok(fp8 !== undefined && fp8.capacity < 152_917 && fp8.capacity > 60_000, `${fp8?.capacity} tokens`);
  });
});

const architectures: readonly Architecture[] = ['sm120', 'sm100', 'sm90', 'sm89', 'older', 'unknown'];
const anyModel = fc.constantFrom(...LOCAL_MODELS);
const anyCard: fc.Arbitrary<Card> = fc.oneof(
  fc.constantFrom<Card>(...CARDS),
  fc.record({
    name: fc.constant('a card'),
    gibibytes: fc.double({ min: 1, max: 200, noNaN: true }),
    architecture: fc.constantFrom(...architectures),
  }),
);
const anyRequest: fc.Arbitrary<PlanRequest> = fc.record(
  {
    model: anyModel,
    card: anyCard,
    server: fc.constantFrom('sglang' as const, 'vllm' as const),
    context: fc.integer({ min: 256, max: 262_144 }),
    desktopGibibytes: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 4, noNaN: true })),
  },
  { requiredKeys: ['model', 'card'] },
);
const RUNS = { numRuns: 1000 };

const together = ({ desktop, margin, context, activations, graphs, states, weights, kv }: Budget): number =>
  desktop + margin + context + activations + graphs + states + weights + kv;

describe('any plan', () => {
  it('stays within the memory that was given, with every way it calls possible', () =>
    fc.assert(
      fc.property(anyRequest, (request) => {
        const plan = planServer(request);
        if (plan.kind === 'error') {
          const needed = plan.error.kind === 'tooSmall' ? plan.error.neededGibibytes : undefined;
          if (needed === undefined) return;
          const { context: _, card: small, ...rest } = request;
          const on = (gibibytes: number): string => planServer({ ...rest, card: { ...small, gibibytes } }).kind;
          assert.deepEqual([on(needed), on(needed - 1)], ['ok', 'error'], 'the card that would do is the smallest one');
          return;
        }
        const { chosen, ways } = plan.value;
        const longest = longestContext(plan.value.model, chosen);
        if (longest >= LEAST_CONTEXT)
          assert.equal(planServer({ ...request, context: longest }).kind, 'ok', 'the longest context can be asked for');
        for (const way of ways.filter(({ capacity }) => capacity > 0)) {
          assert.ok(together(way.budget) <= way.budget.usable, 'the parts are no more than the whole');
          assert.ok(way.capacity * kvBytesPerToken(plan.value.model.dimensions, way.kv) <= way.budget.kv);
        }
        assert.ok(chosen.budget.usable <= usableGibibytes(request.card) * GIB);
        assert.ok(chosen.budget.usable < request.card.gibibytes * GIB);
        assert.ok(chosen.context <= chosen.capacity && chosen.context <= plan.value.model.dimensions.nativeContext);
        assert.ok(atFullLength(chosen) >= 1);
        assert.ok(chosen.context >= Math.min(LEAST_CONTEXT, plan.value.wanted));
        assert.ok(request.context === undefined || chosen.context === request.context);
      }),
      RUNS,
    ));

  it('never gives less context for more memory', () =>
    fc.assert(
      fc.property(anyRequest, fc.double({ min: 0, max: 100, noNaN: true }), (request, more) => {
        const larger = { ...request, card: { ...request.card, gibibytes: request.card.gibibytes + more } };
        const [small, large] = [planServer(request), planServer(larger)];
        if (small.kind === 'error') return;
        assert.ok(large.kind === 'ok', 'what fits fits with more memory too');
        assert.ok(large.value.chosen.context >= small.value.chosen.context);
      }),
      RUNS,
    ));

  it('never gives a way less cache for more memory, or more for a larger desktop', () =>
    fc.assert(
      fc.property(
        anyModel,
        anyCard,
        fc.constantFrom('sglang' as const, 'vllm' as const),
        fc.constantFrom(1, 2, 4),
        fc.double({ min: 0, max: 50, noNaN: true }),
        (of, on, server, sequences, more) => {
          const [checkpoint] = of.checkpoints;
          assert.ok(checkpoint !== undefined);
          const tokens = (gibibytes: number, desktopGibibytes: number): number => {
            const load = { card: { ...on, gibibytes }, server, sequences, desktopGibibytes };
            const way = { checkpoint, kv: 'bf16' as const };
            return capacityOf(of.dimensions, way, budgetOf(of.dimensions, way, load));
          };
          assert.ok(tokens(on.gibibytes + more, 2) >= tokens(on.gibibytes, 2));
          assert.ok(tokens(on.gibibytes, 2 + more) <= tokens(on.gibibytes, 2));
        },
      ),
      RUNS,
    ));

  it('makes a command that stands the check, and that a shell reads as it is meant', () =>
    fc.assert(
      fc.property(anyRequest, fc.integer({ min: 1, max: 65_535 }), (request, port) => {
        const plan = planServer(request);
        if (plan.kind === 'error') return;
        const lines = launchCommand(plan.value, port);
        const text = commandText(lines);
        const { card, desktopGibibytes } = request;
        const checked = checkCommand(text, { card, ...(desktopGibibytes !== undefined && { desktopGibibytes }) });
        assert.ok(checked.kind === 'ok', text);
        assert.deepEqual(
          checked.value.findings.filter(({ kind }) => kind !== 'note'),
          [],
          text,
        );
        const { chosen, server } = plan.value;
        assert.equal(checked.value.fit?.capacity, chosen.capacity, text);
        assert.equal(checked.value.launch.flags.get('host'), '127.0.0.1');
        assert.equal(checked.value.launch.flags.get('port'), String(port));
        const context = checked.value.launch.flags.get(server === 'sglang' ? 'context-length' : 'max-model-len');
        assert.equal(context, String(chosen.context));
      }),
      RUNS,
    ));
});

const reports: fc.Arbitrary<Reported> = fc.record(
  {
    capacity: fc.integer({ min: 1, max: 5_000_000 }),
    fraction: fc.double({ min: 0.1, max: 1, noNaN: true }),
    kv: fc.constantFrom('bf16' as const, 'fp8' as const),
    weightGibibytes: fc.double({ min: 0.1, max: 100, noNaN: true }),
  },
  { requiredKeys: [] },
);

describe('a plan corrected by what a server reports', () => {
  it('is the plan itself where the server has what was estimated', () =>
    fc.assert(
      fc.property(anyRequest, (request) => {
        const plan = planServer(request);
        if (plan.kind === 'error') return;
        const { chosen, server, model: of } = plan.value;
        const reported: Reported = {
          server,
          model: chosen.checkpoint.repository,
          capacity: chosen.capacity,
          fraction: chosen.budget.fraction,
          kv: chosen.kv,
        };
        const corrected = correctedBy(plan.value, reported);
        assert.equal(corrected.correction.kind, 'sameSettings');
        assert.equal(corrected.plan.chosen.capacity, chosen.capacity);
        assert.equal(corrected.plan.chosen.context, chosen.context);
        assert.deepEqual(correctedBy(plan.value, { ...reported, model: of.id }), corrected);
      }),
      RUNS,
    ));

  it('is corrected once, however often it is corrected', () =>
    fc.assert(
      fc.property(anyRequest, reports, (request, reported) => {
        const plan = planServer(request);
        if (plan.kind === 'error') return;
        const once = correctedBy(plan.value, reported);
        const twice = correctedBy(once.plan, reported);
        assert.deepEqual(twice.plan, once.plan);
        assert.ok(once.plan.chosen.context <= once.plan.model.dimensions.nativeContext);
      }),
      RUNS,
    ));

  const plan = planned({ model: model('qwen2.5-coder-7b-instruct'), card: card('rtx-5090'), server: 'sglang' });
  const check = (reported: Reported, expected: object): void => {
    const { correction, plan: corrected } = correctedBy(plan, reported);
    assert.deepEqual({ kind: correction.kind, tokens: corrected.chosen.capacity }, expected);
  };
  const capacity = plan.chosen.capacity;

  it('takes the tokens of the same settings, and converts those of others', () => {
    check({ capacity: 150_000, fraction: 0.86, kv: 'bf16' }, { kind: 'sameSettings', tokens: 150_000 });
    check({ capacity: 150_000 }, { kind: 'sameSettings', tokens: 150_000 });
    check({ capacity: 300_000, fraction: 0.86, kv: 'fp8' }, { kind: 'otherSettings', tokens: 150_000 });
    // A fraction of 0.06 less is 0.06 of 29.4 GiB less, in tokens of 57,344 bytes.
    check({ capacity: 150_000, fraction: 0.8, kv: 'bf16' }, { kind: 'otherSettings', tokens: 183_030 });
    check({ capacity: 10_000, fraction: 0.86, kv: 'bf16' }, { kind: 'sameSettings', tokens: 10_000 });
    const { plan: small } = correctedBy(plan, { capacity: 10_000, fraction: 0.86, kv: 'bf16' });
    assert.equal(small.chosen.context, 9216);
  });

  it('stands where there is nothing to correct it by', () => {
    check({}, { kind: 'not', tokens: capacity });
    check({ capacity: 1, server: 'vllm' }, { kind: 'not', tokens: capacity });
    check({ capacity: 1, model: 'Qwen/Qwen2.5-Coder-7B-Instruct-AWQ' }, { kind: 'not', tokens: capacity });
    check({ capacity: 1, model: '/models/Qwen2.5-Coder-7B-Instruct/' }, { kind: 'sameSettings', tokens: 1 });
  });
});

describe('a launch command', () => {
  it('is read in each of its forms', () => {
    const flags = (text: string): object => {
      const read = readLaunch(text);
      assert.ok(read.kind === 'ok', text);
      const { flags: found, ...rest } = read.value;
      return { ...rest, flags: Object.fromEntries(found) };
    };
    assert.deepEqual(flags('CUDA_VISIBLE_DEVICES=0 python3 -m sglang.launch_server --model a/b --tp=2 --host "::1"'), {
      server: 'sglang',
      model: 'a/b',
      flags: { 'model-path': 'a/b', 'tp-size': '2', host: '::1' },
    });
    assert.deepEqual(flags('/opt/bin/vllm serve --enforce-eager a/b --max_model_len 32k -tp 1'), {
      server: 'vllm',
      model: 'a/b',
      flags: { 'enforce-eager': true, 'max-model-len': '32k', 'tensor-parallel-size': '1' },
    });
    assert.deepEqual(flags('docker run -p8000:8000 --publish 127.0.0.1:1:1 vllm/vllm-openai --model a/b'), {
      server: 'vllm',
      model: 'a/b',
      published: ['8000:8000', '127.0.0.1:1:1'],
      flags: { model: 'a/b' },
    });
    assert.deepEqual(flags('docker run --network host lmsysorg/sglang sglang serve --model-path a/b'), {
      server: 'sglang',
      model: 'a/b',
      flags: { 'model-path': 'a/b' },
    });
  });

  const rules = (text: string, desktopGibibytes = 2): readonly string[] => {
    const checked = checkCommand(text, { card: card('rtx-5090'), desktopGibibytes });
    assert.ok(checked.kind === 'ok', text);
    return checked.value.findings.filter(({ kind }) => kind !== 'note').map(({ rule }) => rule);
  };

  it('is open where others than this machine reach it', () => {
    const vllm = 'vllm serve Qwen/Qwen2.5-Coder-7B-Instruct --gpu-memory-utilization 0.85';
    assert.deepEqual(rules(vllm), ['open-host']);
    for (const host of ['0.0.0.0', '::', '192.168.0.4', 'gpu.lan', '127.0.0.1.example.com'])
      assert.deepEqual(rules(`${vllm} --host ${host}`), ['open-host'], host);
    for (const host of ['127.0.0.1', 'localhost', '::1', '127.3.2.1'])
      assert.deepEqual(rules(`${vllm} --host ${host}`), [], host);
    assert.deepEqual(rules('sglang serve --model-path Qwen/Qwen2.5-Coder-7B-Instruct'), []);
    const container =
      'vllm/vllm-openai --host 0.0.0.0 --model Qwen/Qwen2.5-Coder-7B-Instruct --gpu-memory-utilization 0.85';
    assert.deepEqual(rules(`docker run -p 0.0.0.0:1:1 ${container}`), ['open-port']);
    assert.deepEqual(rules(`docker run -p 127.0.0.1:1:1 ${container}`), []);
    assert.deepEqual(rules(`docker run --network=host ${container}`), ['open-host']);
  });

  it('fits by the card, not by chance', () => {
    const vllm = 'vllm serve --host 127.0.0.1 Qwen/Qwen3-32B-AWQ --max-num-seqs 4';
    assert.deepEqual(rules(`${vllm} --gpu-memory-utilization 0.88 --max-model-len 16384`), []);
    assert.deepEqual(rules(`${vllm} --gpu-memory-utilization 0.88 --max-model-len 40960`), ['context']);
    assert.deepEqual(rules(`${vllm} --gpu-memory-utilization 0.88 --max-model-len 40960 --kv-cache-dtype fp8`), []);
    assert.deepEqual(rules(`${vllm} --gpu-memory-utilization 0.88 --max-model-len 131072`), ['context']);
    assert.deepEqual(rules(`${vllm} --gpu-memory-utilization 0.97 --max-model-len 16384`), ['fraction']);
    assert.deepEqual(rules('vllm serve --host 127.0.0.1 Qwen/Qwen3-32B --gpu-memory-utilization 0.88'), ['weights']);
    const sglang = 'sglang serve --model-path Qwen/Qwen2.5-Coder-14B-Instruct-AWQ';
    assert.deepEqual(rules(`${sglang} --mem-fraction-static 0.93`), ['graphs-out-of-memory', 'fraction']);
    assert.deepEqual(rules(`${sglang} --mem-fraction-static 0.93 --cuda-graph-max-bs 1`, 0), []);
    assert.deepEqual(rules(`${sglang} --mem-fraction-static 0.8`), []);
  });
});
