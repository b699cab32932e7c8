import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { bakeoffReportSchema, type BakeoffReport } from '../../src/core/reflex/bakeoffReport.ts';
import { scriptedProject, GOOD_CODE, replaceFile, FILES, type ScriptedProject } from '../support/scriptedProject.ts';

const LOCAL = 'qwen2.5-coder-7b-instruct';
describe('try', function () {
  this.timeout(180_000);
  it('runs', async () => {
    await using project = await scriptedProject({
      models: [{ id: LOCAL, owned_by: 'vllm' }],
      toml: (url) => `[checks.test]
command = "node --test"
kind = "test"
timeout_seconds = 30

[workers.local]
provider = "openai-chat"
model = "${LOCAL}"
base_url = "${url}/v1"
local = true

[workers.cheap]
provider = "openai-chat"
model = "gpt-6-luna"
base_url = "${url}/v1"

[workers.strong]
provider = "openai-chat"
model = "gpt-6.1-sol"
base_url = "${url}/v1"

[routing]
architect = ["cheap", "strong"]
implementer = ["cheap", "strong"]
judge = ["strong"]
critic = ["cheap"]
`,
      answer: (request, name) => {
        if (name !== 'implement-single') return undefined;
        const code = JSON.stringify(request.body).includes(LOCAL) ? 'export const greet = (name) => `Hello, ${name}!`;\n' : GOOD_CODE;
        return { text: JSON.stringify({ patch: replaceFile('src/greet.js', FILES['src/greet.js'] as string, code), notes: 'n', confidence: 0.9 }) };
      },
    });
    const auto = await project.speckit('auto', 'SPEC-001', '--run-id', 'run-1');
    assert.equal(auto.exit, 11, auto.stderr + auto.stdout);
    const done = await project.speckit('reflex', 'bakeoff', '--from-history');
    console.log(done.exit, done.stdout, done.stderr);
  });
});
