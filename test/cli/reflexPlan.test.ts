import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { commandLine } from '../support/commandLine.ts';
import { makeRepository } from '../support/gitRepository.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

interface Way {
  readonly weights: string;
  readonly context: number;
  readonly cacheTokens: number;
  readonly memory: Readonly<Record<string, number>>;
}
interface Planned {
  readonly isEstimate: boolean;
  readonly model: { readonly id: string };
  readonly card: { readonly name: string; readonly architecture: string };
  readonly plan: Way;
  readonly ways: readonly Way[];
  readonly command: { readonly text: string; readonly lines: readonly { words: string[]; why: string }[] };
  readonly reported: { readonly kind: string };
  readonly exitCode: number;
}

describe('speckit reflex plan', function () {
  this.timeout(60_000);

  it('says outside of every repository what fits, and how to serve it on this machine alone', async () => {
    using folder = temporaryFolder();
    const place = { cwd: folder.path, home: folder.path };
    const text = await commandLine(place, 'reflex', 'plan', '--card', 'rtx-5090');
    assert.equal(text.exit, 0, text.stderr);
    assert.match(text.stdout, /^An estimate, until a server has started/);
    assert.match(text.stdout, /^ {2}weights, bf16 +14\.19 {2}by the formula$/m);
    assert.match(
      text.stdout,
      /^python -m sglang\.launch_server \\\n {2}--model-path Qwen\/Qwen2\.5-Coder-7B-Instruct \\$/m,
    );
    assert.match(text.stdout, /^ {2}--host 127\.0\.0\.1 +only for this machine;/m);
    assert.doesNotMatch(text.stdout, /--host 0\.0\.0\.0/);
    const json = await commandLine(
      place,
      '--json',
      'reflex',
      'plan',
      '--model',
      'qwen3-coder-30b-a3b-instruct',
      '--vram',
      '32',
      '--server',
      'vllm',
      '--context',
      '65536',
    );
    const planned = JSON.parse(json.stdout) as Planned;
    assert.deepEqual(
      [planned.isEstimate, planned.model.id, planned.card.architecture, planned.plan.weights, planned.plan.context],
      [true, 'qwen3-coder-30b-a3b-instruct', 'sm120', 'awq', 65_536],
    );
    assert.deepEqual([planned.reported.kind, planned.exitCode, json.exit], ['none', 0, 0]);
    assert.match(planned.command.text, /^vllm serve QuantTrio\/.* \\\n[\s\S]*--max-model-len 65536 \\\n/);
    assert.ok(planned.command.lines.every(({ words, why }) => words.length > 0 && why.length > 10));
    assert.ok(Object.values(planned.plan.memory).every((bytes) => Number.isInteger(bytes)));
    assert.equal(planned.ways.length, 8);
  });

  it('finds the card of this machine, and reads a config.json beside the person', async () => {
    using folder = temporaryFolder();
    const config = { model_type: 'qwen2', hidden_size: 2048, intermediate_size: 11_008, num_attention_heads: 16 };
    await makeRepository(folder.join('repository'), {
      'config.json': JSON.stringify({
        ...config,
        num_hidden_layers: 36,
        num_key_value_heads: 2,
        max_position_embeddings: 32_768,
        vocab_size: 151_936,
        tie_word_embeddings: true,
      }),
      'bin/nvidia-smi': '',
    });
    const smi = folder.join('repository/bin/nvidia-smi');
    writeFileSync(smi, '#!/bin/sh\necho "900, 16303, 3, 41, 18.20, 360.00, NVIDIA GeForce RTX 5080"\n');
    chmodSync(smi, 0o755);
    const place = {
      cwd: folder.join('repository'),
      home: folder.path,
      environment: { PATH: `${folder.join('repository/bin')}:${process.env['PATH']}` },
    };
    const words = ['reflex', 'plan', '--config', 'config.json', '--model', 'Qwen/Qwen2.5-Coder-3B-Instruct'] as const;
    const { exit, stdout, stderr } = await commandLine(place, ...words);
    assert.equal(exit, 0, stderr);
    assert.match(stdout, /^Card +RTX 5080, 16 GB, 15\.7 GiB of it usable \(found by nvidia-smi\)$/m);
    assert.match(stdout, /^Model +Qwen\/Qwen2\.5-Coder-3B-Instruct \(read from config\.json\)$/m);
    assert.match(stdout, /^> bf16 +5\.7 +bf16 +36864 /m);
  });

  it('checks a command that somebody has, and exits by what it found', async () => {
    using folder = temporaryFolder();
    const place = { cwd: folder.path, home: folder.path };
    const served = '--gpu-memory-utilization 0.87 --max-model-len 16384 --max-num-seqs 4';
    const check = (command: string, ...words: readonly string[]) =>
      commandLine(place, 'reflex', 'plan', '--vram', '32', '--check', command, ...words);
    const open = await check(`vllm serve Qwen/Qwen2.5-Coder-7B-Instruct --host 0.0.0.0 ${served}`);
    assert.equal(open.exit, 1);
    assert.match(open.stdout, /^ {2}unsafe +--host 0\.0\.0\.0 opens the server to everybody in the network\./m);
    const sound = await check(`vllm serve Qwen/Qwen2.5-Coder-7B-Instruct --host 127.0.0.1 ${served}`);
    assert.deepEqual(
      [sound.exit, /^Nothing unsafe, and it should fit\.$/m.test(sound.stdout)],
      [0, true],
      sound.stdout,
    );
    const large = await check('sglang serve --model-path Qwen/Qwen3-32B --mem-fraction-static 0.85', '--json');
    const { isSound, findings, exitCode } = JSON.parse(large.stdout) as {
      isSound: boolean;
      findings: { kind: string; rule: string }[];
      exitCode: number;
    };
    assert.deepEqual([large.exit, exitCode, isSound], [1, 1, false]);
    assert.ok(findings.some(({ kind, rule }) => kind === 'doesNotFit' && rule === 'weights'));
    const other = await check('make serve');
    assert.deepEqual([other.exit, /no command that starts SGLang or vLLM/.test(other.stderr)], [4, true]);
  });

  const mistakes: readonly (readonly [words: readonly string[], message: RegExp])[] = [
    [['--model', 'qwen4-coder'], /^speckit: The dimensions of qwen4-coder are not known here\..*--config FILE\.$/m],
    [
      ['--card', 'rtx-5080', '--model', 'qwen3-32b'],
      /does not fit on RTX 5080 with 16 GB: .* a card of about 24 GB would do/,
    ],
    [['--vram', '0'], /--vram is a number of GB from 1 to 1024\./],
    [['--vram', 'lots'], /--vram is a number of GB/],
    [['--context', '3.5'], /--context is a whole number of tokens/],
    [['--server', 'ollama'], /--server is sglang or vllm\./],
    [['--card', 'voodoo'], /SpecKit does not know the card voodoo\. --card is one of rtx-5090,/],
    [['--config', 'missing.json'], /missing\.json cannot be read \(ENOENT\)/],
    [['--config', '.'], /cannot be read \(EISDIR\)/],
  ];
  it('says of each mistake what is wrong with it', async () => {
    using folder = temporaryFolder();
    const place = { cwd: folder.path, home: folder.path };
    for (const [words, message] of mistakes) {
      const result = await commandLine(place, 'reflex', 'plan', ...words);
      assert.deepEqual([result.exit, result.stdout], [4, ''], words.join(' '));
      assert.match(result.stderr, message, words.join(' '));
    }
    const verb = await commandLine(place, 'reflex', 'plna');
    assert.deepEqual([verb.exit, /How it is used: speckit reflex .*plan/.test(verb.stderr)], [4, true], verb.stderr);
  });
});
