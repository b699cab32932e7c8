import assert from 'node:assert/strict';
import type { EndpointRule, ReflexEndpointInput } from '../../../src/core/policy/endpointProblems.ts';
import { endpointProblems, reflexProblems } from '../../../src/core/policy/endpointProblems.ts';
import { configurationSchema, workerSchema } from '../../../src/core/settings.ts';

/** The rules broken by a worker that only a repository's file defines. */
function check(written: Readonly<Record<string, unknown>>, expected: readonly EndpointRule[]): void {
  const worker = workerSchema.parse({ provider: 'openai-chat', model: 'x', ...written });
  const repository = { w: written };
  const problems = endpointProblems({
    workers: { w: worker },
    repository,
    user: {},
    trustedUrls: ['http://10.0.0.1/v1'],
  });
  assert.deepEqual(
    problems.map((problem) => problem.rule),
    expected,
    String(written['base_url']),
  );
}

describe("the endpoint of a repository's worker", () => {
  it('may be loopback in every spelling', () => {
    for (const host of [
      'localhost',
      'LOCALHOST:80',
      '127.0.0.1',
      '127.9.9.9:1',
      '[::1]:30000',
      '0x7f000001',
      '2130706433',
      '127.1',
    ]) {
      check({ base_url: `http://${host}/v1`, local: true }, []);
    }
  });

  it('may be an official host, and nothing that only looks like one or like loopback', () => {
    for (const host of ['api.openai.com', 'API.OpenAI.com', 'api.openai.com:443', 'openrouter.ai']) {
      check({ base_url: `https://${host}/v1` }, []);
    }
    const others = [
      'http://api.openai.com/v1',
      'https://api.openai.com./v1',
      'https://api.openai.com:8443/v1',
      'https://api.openai.com.example.com/v1',
      'https://example.com/api.openai.com',
      'https://example.com#api.openai.com',
      'https://example.com\\@api.openai.com',
      'http://localhost.example.com/',
      'http://127.0.0.1.example.com/',
      'http://0.0.0.0/',
      'http://[::]/',
      'http://128.0.0.1/',
      'http://10.0.0.1/v1/',
      'http://10.0.0.1/v11',
    ];
    for (const url of others) check({ base_url: url }, ['untrusted-url']);
  });

  it('holds no credentials and speaks HTTP', () => {
    for (const url of [
      'http://127.0.0.1@example.com/',
      'https://:key@api.openai.com/v1',
      'ws://127.0.0.1/',
      'data:text/plain,x',
    ]) {
      check({ base_url: url }, ['bad-url']);
    }
  });

  it('gets a key only where that key belongs', () => {
    check({ key_env: 'OPENAI_API_KEY' }, []);
    check({ key_env: 'OPENAI_API_KEY', base_url: 'https://api.openai.com/v1' }, []);
    check({ key_env: 'ANTHROPIC_API_KEY', provider: 'anthropic' }, []);
    check({ key_env: 'openai_api_key' }, ['untrusted-key']);
    check({ key_env: 'OPENAI_API_KEY', provider: 'anthropic' }, ['untrusted-key']);
    check({ key_env: 'OPENAI_API_KEY', base_url: 'http://127.0.0.1/v1' }, ['untrusted-key']);
    check({ key_env: 'OPENAI_API_KEY', base_url: 'http://10.0.0.1/v1' }, ['untrusted-key']);
    check({ key_env: 'GITHUB_TOKEN', base_url: 'http://10.0.0.1/v1' }, ['untrusted-key']);
  });

  it('is local only on this machine or where the person said so', () => {
    check({ local: true, base_url: 'http://10.0.0.1/v1' }, []);
    check({ local: true }, ['not-local']);
    check({ local: true, base_url: 'https://api.deepseek.com' }, ['not-local']);
  });
});

describe("the settings of a worker with the editor's own models", () => {
  it('need nothing but the model', () => check({ provider: 'editor' }, []));
  it('hold nothing that only an endpoint has', () => {
    check({ provider: 'editor', base_url: 'https://api.openai.com/v1' }, ['not-for-editor']);
    check({ provider: 'editor', key_env: 'OPENAI_API_KEY', local: true }, ['not-for-editor', 'not-for-editor']);
    check({ provider: 'editor', extra_body: { temperature: 0 } }, ['not-for-editor']);
  });
});

describe('the endpoint of [reflex]', () => {
  const rules = (
    endpoint: string,
    {
      repository = {},
      user = {},
      workers = [],
      enabled = true,
    }: Partial<ReflexEndpointInput> & { enabled?: boolean } = {},
  ): readonly EndpointRule[] => {
    const { reflex } = configurationSchema.parse({ reflex: { enabled, endpoint } });
    const input = { reflex, repository, user, workers, trustedUrls: ['http://10.0.0.1/v1'] };
    return reflexProblems(input).map(({ rule }) => rule);
  };
  const written = (endpoint: string): Partial<ReflexEndpointInput> => ({ repository: { endpoint } });

  it("may be a repository's word on this machine, or what its person trusts or wrote", () => {
    assert.deepEqual(rules('http://127.0.0.1:3009/v1'), []);
    assert.deepEqual(rules('http://[::1]:8000/v1', written('http://[::1]:8000/v1')), []);
    assert.deepEqual(rules('http://10.0.0.1/v1', written('http://10.0.0.1/v1')), []);
    const own = { endpoint: 'http://gpu:3009/v1' };
    assert.deepEqual(rules('http://gpu:3009/v1', { user: own }), []);
    assert.deepEqual(rules('http://gpu:3009/v1', { user: own, repository: own }), []);
  });

  it("may not be a repository's word on another machine, whether it is enabled or not", () => {
    const url = 'http://gpu:3009/v1';
    assert.deepEqual(rules(url, written(url)), ['untrusted-url']);
    assert.deepEqual(rules(url, { ...written(url), user: { endpoint: 'http://other/v1' } }), ['untrusted-url']);
    assert.deepEqual(rules(url, { ...written(url), enabled: false }), ['untrusted-url']);
    assert.deepEqual(rules('http://0.0.0.0:3009/v1', written('http://0.0.0.0:3009/v1')), ['untrusted-url']);
  });

  it("may be nobody's who is paid, no other protocol, and holds no password", () => {
    assert.deepEqual(rules('https://openrouter.ai/v1', { user: { endpoint: 'https://openrouter.ai/v1' } }), [
      'not-local',
    ]);
    assert.deepEqual(rules('ftp://127.0.0.1/v1'), ['bad-url']);
    assert.deepEqual(rules('http://ada:secret@127.0.0.1/v1'), ['bad-url']);
  });

  it('leaves its name to nobody else while it is enabled', () => {
    assert.deepEqual(rules('http://127.0.0.1/v1', { workers: ['reflex'] }), ['reserved-name']);
    assert.deepEqual(rules('http://127.0.0.1/v1', { workers: ['reflex'], enabled: false }), []);
  });
});
