import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sha256 } from '../base/hash.ts';
import { canBeLifted } from '../core/ledger/budget.ts';
import type { RunContext } from '../core/pipeline/context.ts';
import { JUDGING, judgePair } from '../core/pipeline/judgePair.ts';
import { runPipeline, type PipelineEnd } from '../core/pipeline/runPipeline.ts';
import { RunStopped } from '../core/pipeline/stopped.ts';
import { outcomeOf, type Order, type ScoredSpec } from '../core/router/scorecard.ts';
import type { RunEvent } from '../core/run/event.ts';
import type { ComparedStage } from '../core/settings.ts';
import { removeRunTree } from '../node/runTree.ts';
import { ALLOW_OVERFLOW } from './budgetOverride.ts';
import { CommandProblem } from './problem.ts';
import { NO_FILES } from './personFiles.ts';
import { takeOver } from './runs.ts';
import type { Project, Services } from './services.ts';
import { withSharedUpstream, type Upstream } from './sharedUpstream.ts';
import { readTextIfThere } from './textFile.ts';
import { treesFolder } from './trees.ts';
import { withRun, type Running } from './withRun.ts';

/** One comparison: its stage, its two sides with the policy each runs under, and where its runs lie. */
export interface Comparison {
  readonly stage: ComparedStage;
  readonly seed: number;
  readonly folder: string;
  readonly sides: Readonly<Record<'a' | 'b', { readonly project: Project; readonly worker: string }>>;
  /** Workers that must not judge. */
  readonly passOver: readonly string[];
}

/** What each stage hands on, among the documents it writes. */
const DOCUMENT: Readonly<Record<ComparedStage, string>> = {
  specify: 'task_brief.md',
  plan: 'plan.json',
  tasks: 'tasks.json',
};

/**
 * Lets both workers do the stage for one spec, in runs of their own beside the person's, and has their work judged. Goes on where it was killed: what has
 * been paid for is in the runs' logs. Throws a CommandProblem where it cannot go on now (a budget, a server, a stop), and it can be gone on with later.
 */
export async function compareSpec(
  services: Services,
  comparison: Comparison,
  spec: Running['spec'],
): Promise<ScoredSpec> {
  const { stage } = comparison;
  const a = await runSide(services, comparison, { side: 'a', spec });
  const isUpstream = a.scored.kind === 'failed' && a.scored.at !== stage;
  const b = isUpstream ? undefined : await runSide(services, comparison, { side: 'b', spec, upstream: a });
  const about = { spec: spec.id, text: sha256(spec.text), a: a.scored, judge: b?.judge ?? NOTHING };
  const { outcome, why } = weigh(a.scored, b);
  await removeTrees(services, comparison, spec);
  return {
    ...about,
    outcome,
    why,
    b: b?.scored ?? { ...NOTHING, kind: 'failed', run: '', at: '', why: 'not run' },
    orders: [...(b?.orders ?? [])],
  };
}

const KEPT = 'What was done is kept: the same command goes on with it';
/** Runs keep the limits they began with; see budgetOverride.ts. */
const keptText = (rule: string | undefined): string =>
  canBeLifted(rule) ? `${KEPT}, past the limit with ${ALLOW_OVERFLOW}=1.` : `${KEPT}.`;

const NOTHING = { calls: 0, microdollars: 0, unpriced_calls: 0, milliseconds: 0 };

function weigh(a: ScoredSpec['a'], b: Done | undefined): Pick<ScoredSpec, 'outcome' | 'why'> {
  if (b === undefined) return { outcome: 'not-compared', why: 'what comes before the stage did not succeed' };
  if (a.kind === 'failed' && b.scored.kind === 'failed') return { outcome: 'not-compared', why: 'both failed' };
  if (b.scored.kind === 'failed') return { outcome: 'worse', why: 'only b failed' };
  if (a.kind === 'failed') return { outcome: 'better', why: 'only a failed' };
  if (a.answer === b.scored.answer) return { outcome: 'equal', why: 'the same bytes' };
  if (b.orders === undefined) return { outcome: 'not-compared', why: 'no judge gave usable scores' };
  return { outcome: outcomeOf(b.orders), why: '' };
}

interface Done extends Upstream {
  readonly scored: ScoredSpec['a'];
  readonly document: string;
  readonly judge: ScoredSpec['judge'];
  readonly orders: readonly Order[] | undefined;
}

interface SideOfSpec {
  readonly side: 'a' | 'b';
  readonly spec: Running['spec'];
  /** The run of side a, whose answers come before the stage, and whose work is judged beside b's. */
  readonly upstream?: Done;
}

async function runSide(
  services: Services,
  comparison: Comparison,
  { side, spec, upstream }: SideOfSpec,
): Promise<Done> {
  const { project } = comparison.sides[side];
  const running = await placeOf(comparison, project, side, spec);
  return withRun(services, project, running, async (held) => {
    const context = upstream === undefined ? held : await withSharedUpstream(held, comparison.stage, upstream);
    const { log } = context;
    takeOver(services, context);
    const end = await runPipeline(context, comparison.stage);
    log.append('RunEnd', { outcome: end.outcome, stage: end.stage, text: end.text, tree: null });
    const document = await finished(comparison, running, end);
    const isJudged =
      document !== undefined && upstream !== undefined && upstream.document !== '' && upstream.document !== document;
    const orders = isJudged ? await judged(context, comparison, { a: upstream.document, b: document }) : undefined;
    await log.flush();
    return {
      events: log.events,
      blobs: context.blobs,
      scored: scoredOf(running.runId, comparison.stage, { end, document, events: log.events }),
      document: document ?? '',
      judge: spentOn(log.events, (key) => key.startsWith(`${JUDGING}/`)),
      orders,
    };
  });
}

/** The names of a spec's two runs are made from what they are about, so that the same comparison finds them again. */
const runIdOf = ({ folder }: Comparison, side: 'a' | 'b', spec: Running['spec']): string =>
  `ab-${sha256(`${path.basename(folder)}/${spec.folder}/${spec.text}`).slice(0, 12)}-${side}`;

async function placeOf(
  comparison: Comparison,
  { repository }: Project,
  side: 'a' | 'b',
  spec: Running['spec'],
): Promise<Running & { readonly apart: NonNullable<Running['apart']> }> {
  const runId = runIdOf(comparison, side, spec);
  const folder = path.join(comparison.folder, runId);
  const root = path.join(folder, 'files');
  for (const file of [spec.path, '.specify/memory/constitution.md', 'memory/constitution.md', 'speckit.toml']) {
    const text = file === spec.path ? spec.text : await readTextIfThere(path.join(repository.root, file));
    if (text === undefined) continue;
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), text);
  }
  return {
    runId,
    spec,
    apart: { folder, root, memory: path.join(folder, 'documents'), standings: [], personFiles: () => NO_FILES },
  };
}

/**
 * The stage's document where it was done; undefined where the worker did not bring it through its gate. Throws for every end that says nothing about the
 * worker.
 */
async function finished(
  { stage }: Comparison,
  { spec, apart }: Running,
  end: PipelineEnd,
): Promise<string | undefined> {
  switch (end.outcome) {
    case 'paused':
      if (end.stage !== stage) break;
      return readFile(path.join(apart?.root ?? '', spec.folder, DOCUMENT[stage]), 'utf8');
    case 'gateFailed':
    case 'needsInput':
      return undefined;
    case 'blocked':
    case 'infrastructure':
    case 'configuration':
      throw new CommandProblem(end.outcome, `${spec.id}: ${end.text}\n${keptText(end.rule)}`);
    case 'stopped':
    case 'proposed':
    case 'applied':
    case 'rejected':
      break;
  }
  throw new CommandProblem('infrastructure', `Stopped at ${spec.id}. ${KEPT}.`);
}

async function judged(
  context: RunContext,
  { stage, seed, passOver }: Comparison,
  texts: { readonly a: string; readonly b: string },
): Promise<readonly Order[] | undefined> {
  const isEven = Number.parseInt(sha256(`${seed}/${context.spec.id}`).slice(0, 2), 16) % 2 === 0;
  try {
    return await judgePair(context, { stage, ...texts, firstRead: isEven ? 'a' : 'b', passOver });
  } catch (error) {
    if (!(error instanceof RunStopped)) throw error;
    throw new CommandProblem(
      error.outcome === 'blocked' ? 'blocked' : 'infrastructure',
      `${context.spec.id}: ${error.message}\n${keptText(error.rule)}`,
    );
  }
}

function scoredOf(
  run: string,
  stage: ComparedStage,
  {
    end,
    document,
    events,
  }: { readonly end: PipelineEnd; readonly document: string | undefined; readonly events: readonly RunEvent[] },
): ScoredSpec['a'] {
  const spent = spentOn(events, (key) => key.startsWith(`${stage}/`));
  return document === undefined
    ? { kind: 'failed', run, at: end.stage, why: end.text.slice(0, 500), ...spent }
    : { kind: 'done', run, answer: sha256(document), ...spent };
}

/** What calls with these keys came to. Answers that were taken from another run cost nothing and are not counted. */
function spentOn(events: readonly RunEvent[], isWanted: (key: string) => boolean): ScoredSpec['judge'] {
  const calls = events.flatMap((event) =>
    event.kind === 'LLMCall' && !event.payload.recorded && isWanted(event.payload.key) ? [event.payload] : [],
  );
  const settled = events.flatMap((event) =>
    event.kind === 'SpendSettle' && isWanted(event.payload.key) ? [event.payload] : [],
  );
  return {
    calls: calls.length,
    microdollars: settled.reduce((sum, { microdollars }) => sum + microdollars, 0),
    unpriced_calls: settled.filter(({ basis }) => basis === 'unpriced').length,
    milliseconds: calls.reduce((sum, { durationMs }) => sum + durationMs, 0),
  };
}

/** The trees of a compared spec are not needed any more; its logs and texts stay. */
async function removeTrees(services: Services, comparison: Comparison, spec: Running['spec']): Promise<void> {
  for (const side of ['a', 'b'] as const) {
    const { repository } = comparison.sides[side].project;
    const worktreesFolder = treesFolder(services, repository);
    const runId = runIdOf(comparison, side, spec);
    await removeRunTree({ repository, runId, worktreesFolder, refs: 'delete' }, services.host.signal);
  }
}

/** Removes what was said in a compared spec's runs: their logs keep the hashes. For a person who lets less be kept than all of it. */
export async function dropTexts(comparison: Comparison, spec: Running['spec']): Promise<void> {
  for (const side of ['a', 'b'] as const)
    for (const texts of ['blobs', 'files', 'documents'])
      await rm(path.join(comparison.folder, runIdOf(comparison, side, spec), texts), { recursive: true, force: true });
}
