import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { hashOf } from '../base/hash.ts';
import { REFLEX } from '../core/reflex/worker.ts';
import { ladderOf } from '../core/router/rungs.ts';
import { withOnlyWorker } from '../core/router/onlyWorker.ts';
import {
  agreementOf,
  OUTCOMES,
  scoredSpecSchema,
  scorecardSchema,
  stagePrompts,
  workerIdentity,
  type Scorecard,
  type ScoredSpec,
} from '../core/router/scorecard.ts';
import { COMPARED_STAGES, type ComparedStage, type Configuration } from '../core/settings.ts';
import { writeFileAtomically } from '../node/atomicFile.ts';
import { loadPrompts } from '../node/prompts.ts';
import { evalsFolder } from '../node/runStore.ts';
import { compareSpec, dropTexts, type Comparison } from './comparedSpec.ts';
import { evalNames, makeEvalFolder } from './evalFolder.ts';
import { CommandProblem } from './problem.ts';
import { EVAL_FOLDER } from './scorecards.ts';
import { scorecardText } from './scorecardText.ts';
import { openProject, type Project, type Services } from './services.ts';
import { listSpecFolders } from './specFolders.ts';
import { loadSpec } from './specs.ts';
import { readTextIfThere } from './textFile.ts';
import type { Running } from './withRun.ts';

/** `specs` is a pattern for the names or ids of specs: `*` stands for any characters, `?` for one. `a` does the stage now, `b` is the cheaper worker. */
export interface EvalRequest {
  readonly stage: string;
  readonly a: string;
  readonly b: string;
  readonly specs: string;
  readonly seed: number;
}

/** A finished comparison; `file` is the scorecard, from the root of the repository. */
export interface EvalReport {
  readonly file: string;
  readonly card: Scorecard;
}

/** Specs of one comparison. */
const MOST_SPECS = 100;

/**
 * Runs both workers on the stage for each spec and has their work judged blind, then writes the scorecard. `onSpec` hears of each spec as it is done. A
 * comparison that was stopped goes on where it was when it is asked for again in the same words. Throws a CommandProblem where it cannot begin or go on.
 */
export async function evaluatePair(
  services: Services,
  request: EvalRequest,
  onSpec: (scored: ScoredSpec) => void,
): Promise<EvalReport> {
  const stage = COMPARED_STAGES.find((candidate) => candidate === request.stage);
  if (stage === undefined)
    throw new CommandProblem(
      'usage',
      `Two workers can be compared at ${COMPARED_STAGES.join(', ')}; not at "${request.stage}".`,
    );
  const project = await openProject(services);
  const prompts = await loadPrompts(path.join(services.host.installation, 'prompts'));
  const { configuration, priceVersion } = project.loaded;
  const [a, b] = [workerOf(configuration, request.a), workerOf(configuration, request.b)];
  if (a.identity === b.identity)
    throw new CommandProblem(
      'usage',
      `${a.worker} and ${b.worker} are the same model at the same server: there is nothing to compare.`,
    );
  refusePair(configuration, stage, [request.a, request.b]);
  const specs = await specsOf(project, request.specs);
  const versions = {
    program: services.host.program,
    prompts: prompts.sha256,
    stage_prompts: stagePrompts(stage, prompts.templates),
    prices: priceVersion,
  };
  const folder = await folderOf(project, hashOf({ stage, a, b, versions, seed: request.seed, specs: request.specs }));
  const comparison = comparisonOf(project, { stage, seed: request.seed, folder }, { a: a.worker, b: b.worker });
  const scored: ScoredSpec[] = [];
  for (const spec of specs) {
    const one = await scoredOnce(services, comparison, spec);
    scored.push(one);
    onSpec(one);
  }
  const at = new Date(services.clock.now()).toISOString();
  const runsIn = path.relative(project.repository.commonDir, folder).replaceAll(path.sep, '/');
  const card = cardOf({ stage, at, seed: request.seed, runs_in: runsIn, a, b, versions }, scored);
  return { file: await writeCard(project.repository.root, folder, card), card };
}

/** Workers that are never compared at a stage, for they never have it. */
function refusePair({ workers }: Configuration, stage: ComparedStage, names: readonly string[]): void {
  const local = names.find((name) => workers[name]?.local === true);
  if (stage === 'audit' && local !== undefined)
    throw new CommandProblem('usage', `${local} is local: a local model never judges, so there is nothing to compare.`);
  if (stage === 'implement' && names.includes(REFLEX))
    throw new CommandProblem(
      'usage',
      'Reflex is compared by `speckit reflex bakeoff`: it makes single attempts, and is no worker of a chain.',
    );
}

/** A worker as a scorecard names it. */
function workerOf({ workers }: Configuration, name: string): Scorecard['a'] {
  const settings = Object.hasOwn(workers, name) ? workers[name] : undefined;
  if (settings === undefined)
    throw new CommandProblem(
      'usage',
      `There is no [workers.${name}]. Workers: ${Object.keys(workers).slice(0, 20).join(', ') || 'none'}.`,
    );
  const { provider, model } = settings;
  return { worker: name, provider, model, identity: workerIdentity(settings) };
}

async function specsOf({ repository, loaded }: Project, pattern: string): Promise<readonly Running['spec'][]> {
  const { configuration } = loaded;
  const names = await listSpecFolders(repository.root, configuration.spec.folder);
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const wanted = new RegExp(`^${source}$`);
  const specs = await Promise.all(names.map((name) => loadSpec(repository.root, configuration, name)));
  // No model plans a hotfix: there would be nothing to compare.
  const found = specs.filter(
    ({ id, folder, size }) => size !== 'hotfix' && [id, path.posix.basename(folder)].some((name) => wanted.test(name)),
  );
  if (found.length === 0) throw new CommandProblem('usage', `No spec of standard size is called ${pattern}.`);
  if (found.length > MOST_SPECS)
    throw new CommandProblem(
      'usage',
      `${found.length} specs are called ${pattern}: at most ${MOST_SPECS} are compared at once.`,
    );
  return found;
}

function comparisonOf(
  project: Project,
  about: Pick<Comparison, 'stage' | 'seed' | 'folder'>,
  workers: { readonly a: string; readonly b: string },
): Comparison {
  const { configuration } = project.loaded;
  const side = (worker: string) => {
    const only = withOnlyWorker(configuration, about.stage, worker);
    if (only === undefined)
      throw new CommandProblem(
        'configuration',
        `Each tier has a stage of its own in [tiers], so that ${about.stage} cannot be given to one worker alone. Leave one tier without a stage.`,
      );
    return { worker, project: { ...project, loaded: { ...project.loaded, configuration: only } } };
  };
  // Verdicts are compared as they are: nobody scores them.
  if (about.stage === 'audit') return { ...about, passOver: [], sides: { a: side(workers.a), b: side(workers.b) } };
  const model = configuration.workers[workers.b]?.model;
  const passOver = Object.entries(configuration.workers).flatMap(([name, settings]) =>
    settings.model === model ? [name] : [],
  );
  const judges = ladderOf('judge', 'audit', configuration).rungs.flat();
  if (judges.every((name) => passOver.includes(name)))
    throw new CommandProblem(
      'configuration',
      `Nobody can judge: ${judges.join(', ') || 'routing.judge names no worker'}${judges.length === 0 ? '' : ` would judge work of the model ${model}, which is its own`}. Name another worker in routing.judge.`,
    );
  return { ...about, passOver, sides: { a: side(workers.a), b: side(workers.b) } };
}

const DONE = 'scorecard.json';

/** The folder of the newest comparison about this that has not ended, or a new one. */
async function folderOf({ repository }: Project, about: string): Promise<string> {
  const evals = evalsFolder(repository.commonDir);
  for (let number = 1; ; number += 1) {
    const folder = path.join(evals, `${about.slice(0, 12)}-${number}`);
    if ((await readTextIfThere(path.join(folder, DONE))) !== undefined) continue;
    await mkdir(folder, { recursive: true });
    return folder;
  }
}

/** What was found of a spec is kept, so that a comparison that goes on does not open its runs again; of their texts what the capture mode lets stay. */
async function scoredOnce(services: Services, comparison: Comparison, spec: Running['spec']): Promise<ScoredSpec> {
  const file = path.join(comparison.folder, `${hashOf([spec.folder, spec.text]).slice(0, 16)}.json`);
  const kept = await readTextIfThere(file);
  const scored =
    kept === undefined ? await compareSpec(services, comparison, spec) : scoredSpecSchema.parse(JSON.parse(kept));
  if (kept === undefined) await writeFileAtomically(file, Buffer.from(`${JSON.stringify(scored)}\n`));
  if (comparison.sides.a.project.loaded.configuration.capture.mode !== 'full_io') await dropTexts(comparison, spec);
  return scored;
}

function cardOf(
  about: Pick<Scorecard, 'stage' | 'at' | 'seed' | 'runs_in' | 'a' | 'b' | 'versions'>,
  specs: readonly ScoredSpec[],
): Scorecard {
  const sum = (side: 'a' | 'b' | 'judge', key: 'microdollars' | 'milliseconds'): number =>
    specs.reduce((total, spec) => total + spec[side][key], 0);
  const each = (value: (side: 'a' | 'b' | 'judge') => number) => ({
    a: value('a'),
    b: value('b'),
    judge: value('judge'),
  });
  const failed = (side: 'a' | 'b'): number =>
    specs.filter((spec) => spec[side].kind === 'failed' && spec[side].run !== '').length;
  return scorecardSchema.parse({
    schema_version: 1,
    ...about,
    specs,
    ...agreementOf(specs),
    outcomes: Object.fromEntries(
      OUTCOMES.map((outcome) => [outcome, specs.filter((spec) => spec.outcome === outcome).length]),
    ),
    failures: { a: failed('a'), b: failed('b') },
    dollars: each((side) => sum(side, 'microdollars') / 1_000_000),
    seconds: each((side) => Math.round(sum(side, 'milliseconds') / 100) / 10),
  });
}

async function writeCard(root: string, folder: string, card: Scorecard): Promise<string> {
  const into = await makeEvalFolder(root);
  const name = `ab-${card.stage}-${card.at.replaceAll(/[-:]/g, '').slice(0, 15)}`;
  const taken = new Set(await evalNames(root));
  const free = taken.has(`${name}.json`) ? `${name}-${path.basename(folder)}` : name;
  const json = Buffer.from(`${JSON.stringify(card, undefined, 2)}\n`);
  await writeFileAtomically(path.join(into, `${free}.json`), json);
  await writeFileAtomically(path.join(into, `${free}.md`), Buffer.from(scorecardText(card)));
  await writeFileAtomically(path.join(folder, DONE), json);
  return `${EVAL_FOLDER}/${free}.json`;
}
