import { existsSync } from 'node:fs';
import path from 'node:path';
import { billingOf } from '../core/ledger/billing.ts';
import { budgetLimits, limitedScopes, moneyLimit, SCOPE_NAMES } from '../core/ledger/budget.ts';
import { dollars } from '../core/ledger/money.ts';
import { shownGuidance } from '../core/prompt/projectGuidance.ts';
import { estimateTokens } from '../core/ledger/estimate.ts';
import {
  checkCall,
  forecast,
  HOTFIX_CALLS,
  PLANNED_CALLS,
  type Forecast,
  type PlannedCall,
  type PricedCall,
} from '../core/ledger/forecast.ts';
import { pricingOf } from '../core/ledger/prices.ts';
import { vaguePlaces } from '../core/maieutic/vagueness.ts';
import { isCheckWanted } from '../core/maieutic/wanted.ts';
import { scopeOf } from '../core/ledger/scope.ts';
import type { SpecInput } from '../core/pipeline/context.ts';
import { adviserOff, isAdviser } from '../core/policy/advisersAt.ts';
import { OWNER_OF_STAGE } from '../core/router/ownerOfStage.ts';
import { ladderOf } from '../core/router/rungs.ts';
import type { RoutedPolicy } from '../core/router/demotion.ts';
import { route } from '../core/router/route.ts';
import type { WorkerHealth } from '../core/router/routeRequest.ts';
import { STAGES, type Stage } from '../core/run/stage.ts';
import type { RunView } from '../core/run/view.ts';
import type { Configuration, WorkerSettings } from '../core/settings.ts';
import { bySeverity } from '../core/spec/problem.ts';
import type { LoadedConfiguration } from '../node/configuration.ts';
import { readProjectGuidance } from '../node/projectGuidance.ts';
import { loadPrompts } from '../node/prompts.ts';
import type { Repository } from '../node/repository.ts';
import { ledgerRun } from '../node/repositoryKey.ts';
import { listRunIds } from '../node/runStore.ts';
import { ledgerOf } from './cost.ts';
import { missingIn, sandboxReport, type SandboxReport } from './doctor.ts';
import type { Preview } from './preview.ts';
import { pastRuns } from './pastRuns.ts';
import { createProviders } from './providers.ts';
import type { RunDigests } from './runDigests.ts';
import { routedPolicy } from './scorecards.ts';
import { openProject, type Services } from './services.ts';
import { loadSpec } from './specs.ts';
import { readTextIfThere } from './textFile.ts';

/** Problems and questions that are named. */
const PROBLEMS = 50;

/**
 * What a run of a spec would do. Asks no model and writes nothing. Health is what is known without a call: keys that are missing. Throws a CommandProblem when the repository, its configuration or the spec cannot be read.
 */
export async function readPreview(services: Services, digests: RunDigests, specId: string): Promise<Preview> {
  const { repository, loaded } = await openProject(services);
  const configuration = await routedPolicy(services, repository.root, loaded.configuration);
  const spec = await loadSpec(repository.root, configuration, specId);
  const providers = await createProviders(services.host, configuration);
  const views = await viewsOf(repository.commonDir, digests);
  const newest = views.find((view) => view.specFolder === spec.folder);
  const known = Object.fromEntries(
    Object.keys(configuration.workers).map((worker) => [worker, providers.health(worker)]),
  );
  const estimatedTokens = estimateTokens(spec.text);
  const stages = STAGES.map((stage) =>
    stageOf(stage, { configuration, health: known, size: spec.size, estimatedTokens }),
  );
  const left = leftFor(services, repository, { configuration, specId: spec.id });
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
    budgetMicrodollars: left.microdollars,
    estimate: await estimateOf({ services, repository, loaded, policy: configuration, spec, stages, views, left }),
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
  readonly configuration: RoutedPolicy;
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
  const chain = ladderOf(role, stage, configuration).rungs.flat();
  const why = [...new Set([...choice.reasons, ...choice.refused].map(({ text }) => text))];
  if (choice.kind === 'none' && choice.reasons[0]?.rule === 'key-missing')
    return { stage, role, workers: [], why: `${why.join(' ')}. The run would stop here until it is.` };
  if (choice.kind === 'none')
    return {
      stage,
      role,
      workers: [],
      why: [...why, ...(role === 'judge' ? ['A person audits.'] : [])].join(' '),
    };
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

interface EstimateFacts {
  readonly services: Services;
  readonly repository: Repository;
  readonly loaded: LoadedConfiguration;
  readonly policy: RoutedPolicy;
  readonly spec: SpecInput & { readonly size: Preview['size'] };
  readonly stages: Preview['stages'];
  readonly views: readonly RunView[];
  readonly left: Left;
}

async function estimateOf({
  services,
  repository,
  loaded,
  policy,
  spec,
  stages,
  views,
  left,
}: EstimateFacts): Promise<Forecast> {
  const { root } = repository;
  const { configuration, prices } = loaded;
  const { templates } = await loadPrompts(path.join(services.host.installation, 'prompts'));
  const sizeOf = (prompt: string): number => estimateTokens(templates.get(prompt)?.text ?? '');
  const read = await readProjectGuidance(root);
  const guidance = shownGuidance(read.kind === 'text' ? read.text : '');
  const always = [spec.text, await constitutionOf(root), guidance].map(estimateTokens);
  const shared = always.reduce((sum, tokens) => sum + tokens, sizeOf('preamble'));
  const calls = (spec.size === 'hotfix' ? HOTFIX_CALLS : [...PLANNED_CALLS, ...checksOf(spec, configuration)]).flatMap(
    (planned): readonly PricedCall[] => {
      const worker = workerOf(planned, configuration, stages);
      if (worker === undefined) return [];
      const pricing = pricingOf(worker.model, billingOf(worker), prices);
      return [{ ...planned, pricing, promptTokens: shared + sizeOf(planned.prompt) }];
    },
  );
  const paid = views.filter(
    (view) => view.size === spec.size && view.proposal !== undefined && view.spend.recordedCalls < view.spend.calls,
  );
  const past = pastRuns(services, repository, paid, { loaded, policy });
  const estimate = forecast(calls, past, left.microdollars);
  return {
    ...estimate,
    basis: `${freeText(calls) ?? estimate.basis}; at most ${dollars(left.microdollars)} by ${left.limit}`,
  };
}

/** The maieutic checks that are sure before anything is made: of a vague spec, and at depth high. */
function checksOf({ spec, problems }: SpecInput, { gates }: Configuration): readonly PlannedCall[] {
  const sure = { nBlocking: 0, confidence: 1, minConfidence: gates.min_confidence };
  const nVague = vaguePlaces(spec, problems).length;
  return (['specify', 'plan'] as const)
    .filter((stage) => isCheckWanted(gates.clarify_depth, { ...sure, nVague: stage === 'specify' ? nVague : 0 }))
    .map(checkCall);
}

async function constitutionOf(root: string): Promise<string> {
  const own = await readTextIfThere(path.join(root, '.specify/memory/constitution.md'));
  return own ?? (await readTextIfThere(path.join(root, 'memory/constitution.md'))) ?? '';
}

/** The worker that would be asked first; an adviser who is not asked is none. */
function workerOf(
  { stage, role }: PlannedCall,
  configuration: Configuration,
  stages: Preview['stages'],
): WorkerSettings | undefined {
  const { workers } = configuration;
  if (isAdviser(role)) {
    const first = ladderOf(role, stage, configuration).rungs[0]?.[0];
    return adviserOff(role, configuration) === undefined ? workers[first ?? ''] : undefined;
  }
  return workers[stages.find((row) => row.stage === stage)?.workers[0] ?? ''];
}

/** Why nothing is paid, where that is sure. */
function freeText(calls: readonly PricedCall[]): string | undefined {
  if (calls.length === 0 || calls.some(({ pricing }) => pricing.kind !== 'free' && pricing.kind !== 'recorded'))
    return undefined;
  const isRecorded = calls.every(({ pricing }) => pricing.kind === 'recorded');
  return isRecorded ? 'recorded answers: nothing is paid' : 'workers on hardware of yours: nothing is paid';
}

interface Left {
  readonly microdollars: number;
  /** Whose limit leaves the least, in words. */
  readonly limit: string;
}

/** What the limits leave for a new run of the spec. A ledger that is not there has spent nothing, and is not made for a preview. */
function leftFor(
  services: Services,
  repository: Repository,
  { configuration, specId }: { readonly configuration: Configuration; readonly specId: string },
): Left {
  const limits = budgetLimits(configuration);
  using ledger = existsSync(path.join(services.folders.data, 'ledger.sqlite')) ? ledgerOf(services) : undefined;
  const place = { run: ledgerRun(repository, 'a-new-run'), spec: specId, stage: '', time: services.clock.now() };
  const left = limitedScopes(limits)
    .filter((scope) => scope !== 'stage')
    .map((scope) => {
      const spent = ledger?.totals(scopeOf(scope, place));
      const used =
        spent === undefined ? 0 : spent.settledMicrodollars + spent.inDoubtMicrodollars + spent.reservedMicrodollars;
      return { microdollars: Math.max(0, moneyLimit(limits, scope) - used), limit: `${SCOPE_NAMES[scope]} limit` };
    });
  return left.reduce((least, other) => (other.microdollars < least.microdollars ? other : least));
}
