import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Preview } from '../../src/app/preview.ts';
import { stagePrompts, workerIdentity } from '../../src/core/router/scorecard.ts';
import { workerSchema } from '../../src/core/settings.ts';
import { loadPrompts } from '../../src/node/prompts.ts';
import { eventsOf, RUN } from '../support/killedRun.ts';
import { configuration, installation, scriptedProject, type ScriptedProject } from '../support/scriptedProject.ts';
import { scorecard } from '../support/scorecard.ts';

const PROMPTS = stagePrompts('plan', (await loadPrompts(path.join(installation, 'prompts'))).templates);

/** A project whose architect is the dearer worker, and whose plan the cheaper one would take. */
const demoting = (more = '') =>
  scriptedProject({
    answersBy: 'turn',
    toml: (url) =>
      configuration(url, `\n[demotions.plan]\nfrom = "strong"\nto = "cheap"\n${more}`).replace(
        'architect = ["cheap", "strong"]',
        'architect = ["strong"]',
      ),
  });

const identity = (project: ScriptedProject, model: string): string =>
  workerIdentity(workerSchema.parse({ provider: 'openai-chat', model, base_url: `${project.server.url}/v1` }));

function writeCard(project: ScriptedProject, day: number, outcomes: Parameters<typeof scorecard>[0]): void {
  const at = `2026-11-${String(day).padStart(2, '0')}T00:00:00.000Z`;
  const sides = { a: identity(project, 'gpt-6.1-sol'), b: identity(project, 'gpt-6-luna') };
  const folder = path.join(project.root, '.speckit/eval');
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    path.join(folder, `ab-plan-${day}.json`),
    JSON.stringify(scorecard(outcomes, { at, prompts: PROMPTS, ...sides })),
  );
}

const equal = (count: number) => Array.from({ length: count }, () => 'equal' as const);

/** Who was chosen to plan, with the rules of the reasons and of who was passed over. */
async function planner(project: ScriptedProject): Promise<readonly (string | null)[]> {
  const events = await eventsOf(project);
  return events.flatMap((event) => {
    if (event.kind !== 'RoutingDecision' || event.payload.stage !== 'plan' || event.payload.role !== 'architect')
      return [];
    const { worker, reasons, refused } = event.payload;
    return [worker, ...[...reasons, ...refused].map(({ rule }) => rule).filter((rule) => rule.startsWith('demot'))];
  });
}

describe('a demotion to a cheaper worker', () => {
  it('is kept back without a proof, and the route and the run say why', async () => {
    await using project = await demoting();
    const explained = await project.speckit('route', 'explain', 'plan');
    assert.equal(explained.exit, 0, explained.stderr);
    assert.match(explained.stdout, /architect, by routing\.architect\n {2}-> strong /);
    assert.match(
      explained.stdout,
      /no cheap +demotion-unproven: cheap does not take plan in the place of strong: no scorecard/,
    );
    assert.equal((await project.speckit('plan', 'SPEC-001', '--run-id', RUN)).exit, 0);
    assert.deepEqual(await planner(project), ['strong', 'demotion-unproven', 'demotion-unproven']);
  });

  it('holds by its scorecard, which the policy freezes, and is rolled back by a later one for the next run', async () => {
    await using project = await demoting();
    writeCard(project, 1, equal(10));
    assert.match(
      (await project.speckit('route', 'explain', 'plan')).stdout,
      /-> cheap .*demoted: cheap takes plan in the place of strong: ab-plan-1\.json found an agreement of 100 % over 10 specs/s,
    );
    assert.match((await project.speckit('route', 'explain', 'tasks')).stdout, /-> strong /);
    const preview = JSON.parse((await project.speckit('auto', 'SPEC-001', '--dry-run', '--json')).stdout) as Preview;
    assert.deepEqual(preview.stages.find(({ stage }) => stage === 'plan')?.workers, ['cheap', 'strong']);
    const shown = await project.speckit('policy', 'show');
    assert.match(shown.stdout, /^demotions\.plan {2}cheap takes plan .* ab-plan-1\.json [0-9a-f]{12}$/m);
    assert.equal((await project.speckit('plan', 'SPEC-001', '--run-id', RUN)).exit, 0);
    assert.deepEqual(await planner(project), ['cheap', 'demoted']);
    assert.equal((await project.speckit('policy', 'diff', RUN)).exit, 0);
    const replayed = await project.speckit('replay', RUN);
    assert.equal(replayed.exit, 0, replayed.stdout + replayed.stderr);

    writeCard(project, 2, [...equal(8), 'worse', 'worse']);
    const diff = await project.speckit('policy', 'diff', RUN);
    assert.match(
      diff.stdout,
      /\(demotions\.plan\): cheap takes plan .* -> cheap does not take plan in the place of strong any more: ab-plan-2\.json found an agreement of 80 % over 10 specs, less than 85 %/s,
    );
    assert.equal((await project.speckit('plan', 'SPEC-001', '--new', '--run-id', 'run-2')).exit, 0);
    const second = JSON.parse((await project.speckit('policy', 'show', 'run-2', '--json')).stdout) as {
      readonly decided: readonly { readonly text: string }[];
    };
    assert.match(second.decided[0]?.text ?? '', /any more/);
    // The run that began with the proof goes on with what it froze, also when the proof is gone.
    rmSync(path.join(project.root, '.speckit'), { recursive: true });
    const first = JSON.parse((await project.speckit('policy', 'show', RUN, '--json')).stdout) as {
      readonly decided: readonly { readonly text: string }[];
    };
    assert.match(first.decided[0]?.text ?? '', /^cheap takes plan/);
    assert.equal((await project.speckit('resume', RUN)).exit, 11);
  });

  it('is rolled back by one switch, and proven by no file that is no scorecard', async () => {
    await using project = await demoting();
    writeCard(project, 1, equal(10));
    const file = path.join(project.root, 'speckit.toml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, `${text}\n[demotions]\nenabled = false\n`);
    assert.match((await project.speckit('route', 'explain', 'plan')).stdout, /-> strong .*demotions-off/s);
    writeFileSync(file, text);
    writeFileSync(path.join(project.root, '.speckit/eval/ab-plan-1.json'), '{"agreement": 1');
    assert.match((await project.speckit('route', 'explain', 'plan')).stdout, /-> strong .*demotion-unproven/s);
  });

  it('is refused in a configuration where it cannot be meant, by its line', async () => {
    await using project = await scriptedProject({ more: '\n[demotions.plan]\nfrom = "strong"\nto = "cheap"\n' });
    const { exit, stderr, stdout } = await project.speckit('config', 'check');
    assert.equal(exit, 4);
    assert.match(
      stderr + stdout,
      /speckit\.toml:\d+:\d+ demotions\.plan\.to names "cheap", who stands in routing\.architect/,
    );
  });
});
