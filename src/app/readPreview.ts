import { budgetLimits } from '../core/ledger/budget.ts';
import { dollars } from '../core/ledger/money.ts';
import { estimateTokens } from '../core/ledger/estimate.ts';
import { OWNER_OF_STAGE } from '../core/router/ownerOfStage.ts';
import { route } from '../core/router/route.ts';
import type { WorkerHealth } from '../core/router/routeRequest.ts';
import { STAGES, type Stage } from '../core/run/stage.ts';
import type { RunView } from '../core/run/view.ts';
import type { Configuration } from '../core/settings.ts';
import { bySeverity } from '../core/spec/problem.ts';
import { listRunIds } from '../node/runStore.ts';
import { missingIn, sandboxReport, type SandboxReport } from './doctor.ts';
import type { Preview } from './preview.ts';
import { createProviders } from './providers.ts';
import type { RunDigests } from './runDigests.ts';
import { openProject, type Services } from './services.ts';
import { loadSpec } from './specs.ts';

/** Problems and questions that are named. */
const PROBLEMS = 50;

/**
 * What a run of a spec would do. Asks no model and writes nothing. Health is what is known without a call: keys that are missing. What other runs have
 * spent today is not looked at. Throws a CommandProblem when the repository, its configuration or the spec cannot be read.
 */
export async function readPreview(services: Services, digests: RunDigests, specId: string): Promise<Preview> {
  const { repository, loaded } = await openProject(services);
  const { configuration } = loaded;
  const spec = await loadSpec(repository.root, configuration, specId);
  const providers = await createProviders(services.host, configuration.workers);
  const views = await viewsOf(repository.commonDir, digests);
  const newest = views.find((view) => view.specFolder === spec.folder);
  const known = Object.fromEntries(
    Object.keys(configuration.workers).map((worker) => [worker, providers.health(worker)]),
  );
  const estimatedTokens = estimateTokens(spec.text);
  const stages = STAGES.map((stage) =>
    stageOf(stage, { configuration, health: known, size: spec.size, estimatedTokens }),
  );
  const { runMicrodollars } = budgetLimits(configuration);
  const asked = stages.flatMap(({ workers }) => workers);
  const sandbox = sandboxReport(await services.sandbox(), loaded.own.sandbox === 'none');
  return {
    specId: spec.id,
    title: spec.title,
    size: spec.size,
    unfinished: newest?.applied === undefined ? newest?.runId : undefined,
    stages,
    commands: commandsOf(configuration),
    confinement: confinementOf(configuration, sandbox),
    problems: [
      ...(sandbox.kind === 'none' && !sandbox.isWaived ? [`There is no sandbox here: ${sandbox.why}`] : []),
      ...(await missingIn(repository.root, services.host)),
      ...bySeverity(spec.problems.filter(({ severity, rule }) => severity !== 'info' && rule !== OPEN_MARKER)).map(
        ({ path, line, message }) => `${path}:${line} ${message}`,
      ),
      ...spec.spec.clarifications.map(({ id, question }) => `${id} is open: ${question}`),
    ].slice(0, PROBLEMS),
    budgetMicrodollars: runMicrodollars,
    estimate: freeText(configuration, asked) ?? estimateOf(views, spec.size, runMicrodollars),
  };
}

/** The lint rule that says of each open marker what the list of questions says better. */
const OPEN_MARKER = 'open-clarification';

/** The folds of all readable runs, newest first. */
async function viewsOf(commonDir: string, digests: RunDigests): Promise<readonly RunView[]> {
  const views: RunView[] = [];
  for (const runId of (await listRunIds(commonDir)).toReversed()) {
    const digest = await digests.read(commonDir, runId);
    if (digest.kind === 'ok') views.push(digest.value.view);
  }
  return views;
}

interface StageFacts {
  readonly configuration: Configuration;
  readonly health: Readonly<Record<string, WorkerHealth>>;
  readonly size: Preview['size'];
  readonly estimatedTokens: number;
}

const NOTHING = { runMicrodollars: 0, dayMicrodollars: 0, runTokens: 0 };

function stageOf(stage: Stage, facts: StageFacts): Preview['stages'][number] {
  const { configuration, health, size, estimatedTokens } = facts;
  if (stage === 'unlock')
    return { stage, role: 'person', workers: [], why: 'A person decides; nothing is applied before.' };
  const role = OWNER_OF_STAGE[stage];
  if (size === 'hotfix' && role === 'architect')
    return { stage, role, workers: [], why: 'A hotfix asks no model here: the spec names the one file.' };
  const choice = route(
    { role, stage, attempt: 1, failures: {}, estimatedTokens, needsTools: role === 'implementer' && size !== 'hotfix' },
    configuration,
    health,
    { settled: NOTHING, reserved: NOTHING, limits: budgetLimits(configuration) },
  );
  const chain = role === 'validator' ? [] : configuration.routing[role];
  const why = [...choice.reasons, ...choice.refused].map(({ text }) => text);
  if (choice.kind === 'none')
    return { stage, role, workers: [], why: [...why, ...(role === 'judge' ? ['A person audits.'] : [])].join(' ') };
  const refused = new Set(choice.refused.map(({ worker }) => worker));
  // Those after the first are called when it fails; one that is refused now is not.
  const workers = chain.filter((worker) => !refused.has(worker) && health[worker]?.kind !== 'down');
  return { stage, role, workers, why: why.join(' ') };
}

function confinementOf({ setup, checks }: Configuration, sandbox: SandboxReport): string {
  if (sandbox.kind === 'none')
    return sandbox.isWaived
      ? 'They run with all that you may do: your own config.toml says so.'
      : 'There is no sandbox here: you are asked before they run.';
  const asking = Object.entries({ setup, ...checks }).flatMap(([name, { network }]) => (network ? [name] : []));
  const network = asking.length === 0 ? 'without the network' : `with the network only for ${asking.join(', ')}`;
  return `They run in ${sandbox.kind}, ${network}.`;
}

function commandsOf({ setup, checks }: Configuration): Preview['commands'] {
  return [
    ...(setup.command === undefined ? [] : [{ name: 'setup', command: setup.command }]),
    ...Object.entries(checks).map(([name, { command }]) => ({ name, command })),
  ];
}

/** Why nothing is paid, where that is sure. */
function freeText({ workers }: Configuration, asked: readonly string[]): Preview['estimate'] | undefined {
  const used = asked.flatMap((name) => workers[name] ?? []);
  if (used.length === 0 || !used.every(({ local, provider }) => local || provider === 'recorded')) return undefined;
  const isRecorded = used.every(({ provider }) => provider === 'recorded');
  const basis = isRecorded ? 'recorded answers: nothing is paid' : 'workers on hardware of yours: nothing is paid';
  return { microdollars: 0, basis };
}

/** The median of what earlier runs of this repository came to that reached a proposal and paid for it. */
function estimateOf(views: readonly RunView[], size: Preview['size'], budget: number): Preview['estimate'] {
  const paid = views
    .filter((view) => view.size === size && view.proposal !== undefined && view.spend.recordedCalls < view.spend.calls)
    .map(({ spend }) => spend.settled)
    .sort((left, right) => left - right);
  const middle = Math.floor(paid.length / 2);
  const high = paid[middle];
  if (high === undefined)
    return { microdollars: undefined, basis: `no earlier run here; at most ${dollars(budget)} by the budget` };
  const low = paid[paid.length % 2 === 1 ? middle : middle - 1] ?? high;
  const microdollars = Math.round((low + high) / 2);
  return {
    microdollars,
    basis: `median of ${paid.length} earlier ${paid.length === 1 ? 'run' : 'runs'} here; at most ${dollars(budget)} by the budget`,
  };
}
