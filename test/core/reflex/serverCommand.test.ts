import assert from 'node:assert/strict';
import { keysIn, serverPort, serverReach, serverWords, withoutKeys } from '../../../src/core/reflex/serverCommand.ts';

function words(command: string): readonly string[] | string {
  const read = serverWords(command);
  return read.kind === 'ok' ? read.value : read.error;
}

describe('the command of a local server', () => {
  it('is one plain command, over several lines too', () => {
    assert.deepEqual(words('/opt/venv/bin/python -m sglang.launch_server \\\n  --model-path "a model" --port 3009\n'), [
      '/opt/venv/bin/python',
      '-m',
      'sglang.launch_server',
      '--model-path',
      'a model',
      '--port',
      '3009',
    ]);
  });

  for (const line of ['a | b', 'a; b', 'a && b', 'a > b', 'a $HOME', 'a "$HOME"', 'a `b`', 'a $(b)', 'a "b', ''])
    it(`is refused where a shell would be needed: ${line}`, () =>
      assert.match(String(words(line)), /^It is started without a shell/));

  it('says where variables and home folders belong', () => {
    assert.match(String(words('CUDA_VISIBLE_DEVICES=0 vllm serve x')), /^It begins with CUDA_VISIBLE_DEVICES=…/);
    assert.match(String(words('vllm serve ~/models/x')), /^~\/models\/x is not expanded/);
    assert.match(String(words('a --model-path=~/models/x')), /^--model-path=~\/models\/x is not expanded/);
  });
});

const LOOPBACK: readonly string[] = [
  'python -m sglang.launch_server --port 3009',
  'python -m sglang.launch_server --host 127.0.0.1',
  'python -m sglang.launch_server --host=localhost',
  'vllm serve m --host 127.0.0.1',
  'vllm serve m --host ::1',
  'llama-server -m m.gguf',
  'ollama serve',
  'docker run --gpus all -p 127.0.0.1:3009:30000 lmsysorg/sglang python3 -m sglang.launch_server --host 0.0.0.0',
  'docker run --rm --publish=[::1]:3009:30000 x --host 0.0.0.0',
  'docker run --network host x python3 -m sglang.launch_server --host 127.0.0.1',
  'docker start sglang',
];
const EVERYBODY: readonly string[] = [
  'python -m sglang.launch_server --host 0.0.0.0',
  'python -m sglang.launch_server --host=0.0.0.0',
  'python -m sglang.launch_server --host ::',
  'python -m sglang.launch_server --host [::]',
  'python -m sglang.launch_server --host 192.168.1.5',
  'vllm serve m --port 3009',
  'python -m vllm.entrypoints.openai.api_server --model m',
  'llama-server -m m.gguf --host 0.0.0.0',
  'docker run -p 3009:30000 x',
  'docker run -p 0.0.0.0:3009:30000 x',
  'docker run --publish 3009:30000 x --host 127.0.0.1',
  'podman run -P x',
  '/usr/bin/docker run --network=host x python3 -m sglang.launch_server --host 0.0.0.0',
];

describe('whom a server can be reached by', () => {
  const reach = (command: string, environment = {}): string => serverReach(command.split(' '), environment).kind;
  for (const command of LOOPBACK) it(`this computer alone: ${command}`, () => assert.equal(reach(command), 'loopback'));
  for (const command of EVERYBODY) it(`everybody: ${command}`, () => assert.equal(reach(command), 'everybody'));

  it('is told by OLLAMA_HOST too', () => {
    assert.equal(reach('ollama serve', { OLLAMA_HOST: '0.0.0.0' }), 'everybody');
    assert.equal(reach('ollama serve', { OLLAMA_HOST: 'http://0.0.0.0:11434' }), 'everybody');
    assert.equal(reach('ollama serve', { OLLAMA_HOST: '127.0.0.1:11434' }), 'loopback');
    assert.equal(reach('ollama serve', { OLLAMA_HOST: '[::1]:11434' }), 'loopback');
  });
});

describe('the port that a command names', () => {
  const CASES: readonly (readonly [string, number | undefined])[] = [
    ['python -m sglang.launch_server --port 3009', 3009],
    ['python -m sglang.launch_server --port=3009', 3009],
    ['vllm serve m', undefined],
    ['docker run -p 127.0.0.1:3009:30000 x --port 30000', 3009],
    ['docker run -p 3009:30000 x', 3009],
    ['docker run -p 1:1 -p 2:2 x', undefined],
    ['docker run --network host x --port 3009', 3009],
    ['docker run x --port 3009', undefined],
  ];
  for (const [command, expected] of CASES)
    it(`${command}: ${expected}`, () => assert.equal(serverPort(command.split(' ')), expected));
});

describe('keys in a command', () => {
  it('are found in both ways to write them, and hidden', () => {
    const found = keysIn(['x', '--api-key', 'k-123456', '--hf-token=t-123456', '--tokenizer', 'gpt2', '--port', '1']);
    assert.deepEqual(found, ['k-123456', 't-123456']);
    assert.equal(withoutKeys('api_key=k-123456, t-123456', found), 'api_key=[hidden], [hidden]');
    assert.equal(withoutKeys('abc', ['b']), 'abc');
  });
});
