import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { rightAnswer, writtenSuite } from '../support/bakeoffProject.ts';
import { OLD_CODE, payloads } from '../support/pipelineScript.ts';
import { configuration, GOOD_CODE, GOOD_TEST, replaceFile, scriptedProject } from '../support/scriptedProject.ts';
import { startScriptedModelServer } from '../support/scriptedModelServer.ts';

const PATCH =
  replaceFile('src/greet.js', OLD_CODE, GOOD_CODE).replace('*** End Patch\n', '') +
  replaceFile('test/greet.test.js', undefined, GOOD_TEST).replace('*** Begin Patch\n', '');
const SERVED = { id: 'qwen2.5-coder-7b-instruct', object: 'model', owned_by: 'sglang', max_model_len: 32_768 };

describe('the local server of [reflex]', function () {
  this.timeout(180_000);

  it('makes first attempts once its bake-off has passed, and no more when it is another one', async () => {
    const greets = { text: JSON.stringify({ patch: PATCH, notes: 'greets', confidence: 0.9 }) };
    const local = await startScriptedModelServer((request) => rightAnswer(request) ?? greets, { models: [SERVED] });
    await using _local = { [Symbol.asyncDispose]: () => local.close() };
    const reflex = `\n[reflex]\nenabled = false\nendpoint = "${local.url}/v1"\n`;
    await using project = await scriptedProject({
      toml: (url) => `${configuration(url)}${reflex}`,
      answer: (request) => rightAnswer(request),
    });
    const toml = path.join(project.root, 'speckit.toml');
    const change = (from: string, to: string): void =>
      writeFileSync(toml, readFileSync(toml, 'utf8').replace(from, to));
    const modeOf = async (runId: string): Promise<string> => {
      const run = await project.speckit('auto', 'SPEC-001', '--run-id', runId, '--pause', 'implement');
      assert.equal(run.exit, 0, run.stderr);
      const [decision] = payloads(project, 'RoutingDecision', runId).filter(({ mode }) => mode !== undefined);
      return `${decision?.mode} ${decision?.worker}: ${decision?.reason}`;
    };
    const suite = writtenSuite(project, 4);
    const words = ['reflex', 'bakeoff', '--suite', suite, '--worker', 'reflex', '--against', 'strong', '--trials', '6'];
    const passed = await project.speckit(...words);
    assert.equal(passed.exit, 0, passed.stderr);
    assert.match(passed.stdout, /^reflex beside strong: passed$/m);
    change('enabled = false', 'enabled = true');
    assert.equal(await modeOf('run-1'), 'reflex reflex: healthy_and_promoted');
    change('enabled = true', 'enabled = true\ntimeout_ms = 1400');
    assert.match(await modeOf('run-2'), /^cloud cheap: /);
    const explained = await project.speckit('route', 'explain', 'implement');
    assert.match(
      explained.stdout,
      /is about another set of values in \[reflex\] \(timeout_ms, json_schema, thresholds\): `speckit reflex bakeoff` proves this one/,
    );
  });
});
