import assert from 'node:assert/strict';
import { auto, payloads, resume } from '../support/pipelineScript.ts';
import { configuration, scriptedProject } from '../support/scriptedProject.ts';

const WITH_TEMPERATURE = (url: string): string =>
  `${configuration(url)
    .replace('[workers.cheap]\nprovider = "openai-chat"', '[workers.cheap]\nprovider = "anthropic"')
    .replace('gpt-6-luna', 'claude-haiku-5-5')
    .replace(`base_url = "${url}/v1"`, `base_url = "${url}"`)}
[workers.cheap.extra_body]
temperature = 0.2
top_p = 0.9
thinking = { type = "enabled", budget_tokens = 2000 }

[workers.strong.extra_body]
temperature = 0.3
`;

describe('a parameter that a provider refuses', function () {
  this.timeout(60_000);

  it('is left out of what is sent and told once, while others get it', async () => {
    await using project = await scriptedProject({ toml: WITH_TEMPERATURE });
    const first = await project.speckit('auto', 'SPEC-001', '--run-id', 'run-1', '--pause', 'plan');
    assert.equal(first.exit, 0, first.stderr);
    assert.match(
      first.stderr + first.stdout,
      /cheap: temperature is not sent to claude-haiku-5-5: Anthropic's current API/,
    );
    const run = await resume(project);
    assert.equal(run.exit, 11, run.stderr);
    const sent = project.server.requests.map(({ body }) => {
      const { model, temperature, top_p, thinking } = body as Readonly<Record<string, unknown>>;
      return JSON.stringify({ model, temperature, top_p, thinking });
    });
    assert.deepEqual(
      [...new Set(sent)],
      [
        '{"model":"claude-haiku-5-5","thinking":{"budget_tokens":2000,"type":"enabled"}}',
        '{"model":"gpt-6.1-sol","temperature":0.3}',
      ],
    );
    assert.deepEqual(
      payloads(project, 'ParameterLeftOut').map(({ worker, parameter }) => `${worker} ${parameter}`),
      ['cheap temperature', 'cheap top_p'],
    );
    const checked = await project.speckit('policy', 'validate');
    assert.deepEqual(
      [checked.exit, /workers\.cheap: top_p is not sent/.test(checked.stdout)],
      [1, true],
      checked.stdout,
    );
  });

  it('is sent to a server of the same protocol that has other models', async () => {
    await using project = await scriptedProject({
      toml: (url) => WITH_TEMPERATURE(url).replace('claude-haiku-5-5"', 'qwen3-coder"\nlocal = true'),
    });
    assert.equal((await auto(project, '--pause', 'specify')).exit, 0);
    const [request] = project.server.requests;
    assert.equal((request?.body as { readonly temperature?: number } | undefined)?.temperature, 0.2);
    assert.deepEqual(payloads(project, 'ParameterLeftOut'), []);
  });
});
