import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { auto, answer, goodCode, goodTest, payloads, resume, said } from '../support/pipelineScript.ts';
import {
  configuration,
  scriptedProject,
  type ProjectOptions,
  type ScriptedProject,
} from '../support/scriptedProject.ts';
import { startScriptedModelServer, type ScriptedModelServer } from '../support/scriptedModelServer.ts';

/*
 * What [calls] forbids reaches no server. The cloud is a second server, which only its own workers know: any request at it is a call that was
 * made although it was forbidden.
 */

async function withCloud(work: (cloud: ScriptedModelServer) => Promise<void>): Promise<void> {
  const cloud = await startScriptedModelServer(() => ({ text: 'nobody may ask me' }));
  try {
    await work(cloud);
  } finally {
    await cloud.close();
  }
}

/** The workers `home` (local) and `cloud`, which is first in every chain. */
const bothWorkers = (url: string, cloudUrl: string, order = '["cloud", "home"]'): string =>
  configuration(url)
    .replace('[workers.cheap]', '[workers.home]\nlocal = true')
    .replace('[workers.strong]', '[workers.cloud]')
    .replace(/(\[workers\.cloud\][\s\S]*?base_url = )"[^"]*"/, `$1"${cloudUrl}/v1"`)
    .replaceAll('["cheap", "strong"]', order)
    .replace('judge = ["strong"]', `judge = ${order}`)
    .replace('critic = ["cheap"]', `critic = ${order}`);

const answers = { implement: [goodCode(), goodTest(), said('Done.')] };
const project = (cloud: ScriptedModelServer, more: Partial<ProjectOptions> = {}) =>
  scriptedProject({ answers, toml: (url) => bothWorkers(url, cloud.url), ...more });

/** The person's own config.toml. */
function writeOwn({ folder }: ScriptedProject, text: string): void {
  mkdirSync(folder.join('home/config'), { recursive: true });
  writeFileSync(folder.join('home/config/config.toml'), text);
}

const refusals = (of: ScriptedProject): readonly string[] => [
  ...new Set(payloads(of, 'RoutingDecision').flatMap(({ refused }) => refused.map(({ rule }) => rule))),
];

describe('what must not be called', () => {
  it('is not called under local_only, and what a local model judged a person judges after it', () =>
    withCloud(async (cloud) => {
      await using local = await project(cloud);
      const run = await auto(local, '--local-only');
      assert.deepEqual([run.exit, run.result.outcome, run.result.stage], [10, 'needsInput', 'audit'], run.result.text);
      assert.match(run.result.questions[0]?.text ?? '', /Only home, a local model, has judged\. Read the change/);
      await answer(local, run.result.questions[0]?.id ?? '', 'accept');
      // The run keeps what it began with.
      const done = await resume(local);
      assert.deepEqual([done.exit, done.result.outcome], [11, 'proposed'], done.result.text);
      assert.deepEqual(refusals(local), ['local-only']);
      const audit = payloads(local, 'StageTransition').find(({ stage, to }) => stage === 'audit' && to === 'done');
      assert.match(audit?.text ?? '', /^a person, after home/);
      const brief = await local.speckit('show', 'run-1');
      assert.match(brief.stdout, /only a local model judged: a person audited it after that/);
      assert.equal(cloud.requests.length, 0);
    }));

  it('is not called by a run that goes on under a stricter limit than it began with', () =>
    withCloud(async (cloud) => {
      await using strict = await project(cloud, { toml: (url) => bothWorkers(url, cloud.url, '["home", "cloud"]') });
      assert.equal((await auto(strict, '--pause', 'implement')).exit, 0);
      const run = await resume(strict, '--local-only');
      assert.deepEqual([run.exit, run.result.stage, cloud.requests.length], [10, 'audit', 0], run.result.text);
    }));

  it('is not called in CI unless it is named', () =>
    withCloud(async (cloud) => {
      await using silent = await project(cloud, { toml: (url) => bothWorkers(url, cloud.url, '["cloud"]') });
      const run = await auto(silent, '--ci');
      assert.deepEqual([run.exit, run.result.outcome, cloud.requests.length], [12, 'blocked', 0], run.result.text);
      assert.match(run.result.text, /calls\.ci_workers does not name it/);
      await using named = await project(cloud, {
        toml: (url) => `${bothWorkers(url, cloud.url, '["cloud"]')}\n[calls]\nci_workers = ["cloud"]\n`,
      });
      await auto(named, '--ci', '--pause', 'specify');
      assert.ok(cloud.requests.length > 0, 'its name lets it be called');
    }));

  it('is not called offline, although it says that it is local', () =>
    withCloud(async (cloud) => {
      // 0.0.0.0 reaches this machine and is not its loopback address: what is sent there would arrive.
      const elsewhere = cloud.url.replace('127.0.0.1', '0.0.0.0');
      const own = `[workers.cloud]\nprovider = "openai-chat"\nmodel = "far"\nlocal = true\nbase_url = "${elsewhere}/v1"\n`;
      const toml = (url: string): string =>
        bothWorkers(url, cloud.url, '["cloud"]').replace(/\[workers\.cloud\][\s\S]*?base_url = "[^"]*"\n/, '');
      await using far = await project(cloud, { toml });
      writeOwn(far, own);
      const run = await auto(far, '--offline');
      assert.deepEqual([run.exit, run.result.outcome, cloud.requests.length], [12, 'blocked', 0], run.result.text);
      await auto(far, '--new', '--run-id', 'run-2', '--pause', 'specify');
      assert.ok(cloud.requests.length > 0, 'without --offline it is called there');
    }));

  it('comes last where local workers are preferred', () =>
    withCloud(async (cloud) => {
      await using preferring = await project(cloud);
      const run = await auto(preferring, '--prefer-local', '--pause', 'implement');
      assert.deepEqual([run.exit, cloud.requests.length], [0, 0], run.result.text);
    }));

  it('stays forbidden when a repository would allow what its person forbids', () =>
    withCloud(async (cloud) => {
      await using own = await project(cloud, {
        toml: (url) => `${bothWorkers(url, cloud.url, '["cloud"]')}\n[calls]\nlocal_only = false\n`,
      });
      writeOwn(own, '[calls]\nlocal_only = true\n');
      const run = await auto(own);
      assert.deepEqual([run.exit, cloud.requests.length], [12, 0], run.result.text);
    }));
});
