import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sha256 } from '../base/hash.ts';
import { canBeLifted } from '../core/ledger/budget.ts';
import { differencesOf } from '../core/pipeline/attemptSignals.ts';
import type { RunContext } from '../core/pipeline/context.ts';
import { JUDGING, judgePair } from '../core/pipeline/judgePair.ts';
import { differenceText } from '../core/pipeline/prose.ts';
import { runPipeline, type PipelineEnd } from '../core/pipeline/runPipeline.ts';
import { RunStopped } from '../core/pipeline/stopped.ts';
import {
  outcomeOf,
  outcomeOfVerdicts,
  type AuditVerdict,
  type Order,
  type ScoredSpec,
} from '../core/router/scorecard.ts';
import type { RunEvent } from '../core/run/event.ts';
import { STAGES, type Stage } from '../core/run/stage.ts';
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

/** How far each side's run goes, and what its work is then: a document it wrote, the change it made, or what it says of one. */
const WORK: Readonly<
  Record<ComparedStage, { readonly until: Stage; readonly document?: string; readonly kind?: 'change' | 'verdict' }>
> = {
  specify: { until: 'specify', document: 'task_brief.md' },
  plan: { until: 'plan', document: 'plan.json' },
  tasks: { until: 'tasks', document: 'tasks.json' },
  // Done is what the project's own checks show on the whole change.
  implement: { until: 'validate', kind: 'change' },
  audit: { until: 'audit', kind: 'verdict' },
};

/** A side's work: its text as a judge reads it, and for an audit what it says of which tree. */
interface Work {
  readonly text: string;
  readonly verdict?: { readonly says: AuditVerdict; readonly tree: string };
}

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
  const b = isBefore(stage, a.scored)
    ? undefined
    : await runSide(services, comparison, { side: 'b', spec, upstream: a });
  const about = { spec: spec.id, text: sha256(spec.text), a: a.scored, judge: b?.judge ?? NOTHING };
  const { outcome, why } = weigh(stage, a, b);
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

/** Whether a side ended before the stage that is compared, which says nothing about its worker. */
const isBefore = (stage: ComparedStage, side: ScoredSpec['a']): boolean =>
  side.kind === 'failed' && !STAGES.slice(STAGES.indexOf(stage)).some((later) => later === side.at);

function weigh(stage: ComparedStage, a: Done, b: Done | undefined): Pick<ScoredSpec, 'outcome' | 'why'> {
  if (b === undefined || isBefore(stage, b.scored))
    return { outcome: 'not-compared', why: 'what comes before the stage did not succeed' };
  if (a.scored.kind === 'failed' && b.scored.kind === 'failed') return { outcome: 'not-compared', why: 'both failed' };
  if (b.scored.kind === 'failed') return { outcome: 'worse', why: 'only b failed' };
  if (a.scored.kind === 'failed') return { outcome: 'better', why: 'only a failed' };
  if (a.work?.verdict !== undefined && b.work?.verdict !== undefined)
    return weighVerdicts(a.work.verdict, b.work.verdict);
  if (a.scored.answer === b.scored.answer) return { outcome: 'equal', why: 'the same bytes' };
  if (b.orders === undefined) return { outcome: 'not-compared', why: 'no judge gave usable scores' };
  return { outcome: outcomeOf(b.orders), why: '' };
}

/** The checks run for each side: where they did not leave the same tree to both, the two were not asked the same. */
function weighVerdicts(
  a: NonNullable<Work['verdict']>,
  b: NonNullable<Work['verdict']>,
): Pick<ScoredSpec, 'outcome' | 'why'> {
  if (a.tree !== b.tree) return { outcome: 'not-compared', why: 'they did not judge the same change' };
  const why = a.says === b.says ? `both say ${a.says}` : `a says ${a.says}, b says ${b.says}`;
  return { outcome: outcomeOfVerdicts(a.says, b.says), why };
}

interface Done extends Upstream {
  readonly scored: ScoredSpec['a'];
  readonly work: Work | undefined;
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
  const project = beginningWith(comparison.sides[side].project, upstream);
  const { stage } = comparison;
  const running = await placeOf(comparison, project, side, spec);
  return withRun(services, project, running, async (held) => {
    const context = upstream === undefined ? held : await withSharedUpstream(held, stage, upstream);
    const { log } = context;
    takeOver(services, context);
    const end = await runPipeline(context, WORK[stage].until, stage === 'audit' ? 'first' : 'all');
    log.append('RunEnd', { outcome: end.outcome, stage: end.stage, text: end.text, tree: null });
    const work = await finished(comparison, { context, running, end });
    const other = upstream?.work?.text;
    const isJudged = work !== undefined && work.verdict === undefined && other !== undefined && other !== work.text;
    const orders = isJudged ? await judged(context, comparison, { a: other, b: work.text }) : undefined;
    await log.flush();
    return {
      events: log.events,
      blobs: context.blobs,
      scored: scoredOf(running.runId, stage, { end, work, events: log.events }),
      work,
      judge: spentOn(log.events, (key) => key.startsWith(`${JUDGING}/`)),
      orders,
    };
  });
}

/** The project at the commit the other side began with, whatever has been committed since: both begin with the same files. */
function beginningWith(project: Project, upstream: Done | undefined): Project {
  const start = upstream?.events.find((event) => event.kind === 'RunStart');
  if (start?.kind !== 'RunStart') return project;
  return { ...project, repository: { ...project.repository, head: start.payload.baseCommit } };
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

interface Ended {
  readonly context: RunContext;
  readonly running: Running;
  readonly end: PipelineEnd;
}

/**
 * A side's work where it was done; undefined where the worker did not bring it through its gate. Throws for every end that says nothing about the
 * worker.
 */
async function finished({ stage }: Comparison, { context, running, end }: Ended): Promise<Work | undefined> {
  const { spec } = running;
  switch (end.outcome) {
    case 'paused':
      if (end.stage !== WORK[stage].until) break;
      return workOf(stage, context, running);
    case 'gateFailed':
    case 'needsInput':
      // An audit that holds a change back is done, too.
      return WORK[stage].kind === 'verdict' ? workOf(stage, context, running) : undefined;
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

async function workOf(stage: ComparedStage, context: RunContext, running: Running): Promise<Work | undefined> {
  const { document, kind } = WORK[stage];
  if (kind === 'verdict') return verdictOf(context);
  if (document !== undefined) {
    const file = path.join(running.apart?.root ?? '', running.spec.folder, document);
    return { text: await readFile(file, 'utf8') };
  }
  const { base, current } = context.workspace;
  const changes = await differencesOf(context, `${JUDGING}/${current.evidence}`, base.tree);
  return { text: differenceText(changes).text };
}

/** What the judge's answer came to at the gate of the audit, by itself: what the advisers say is shared, and decides there too. */
function verdictOf({ log, workspace }: RunContext): Work | undefined {
  const decided = log.events.find((event) => event.kind === 'GateDecision' && event.payload.stage === 'audit');
  if (decided?.kind !== 'GateDecision') return undefined;
  const answer = log.events.findLast(
    ({ kind, payload }) => kind === 'LLMCall' && AUDITED.test(payload.key) && payload.answer !== null,
  );
  const rules = decided.payload.reasons.map(({ rule }) => rule);
  const says = rules.includes('audit-blocks') ? 'block' : rules.includes('audit-unlocks') ? 'unlock' : undefined;
  if (says === undefined || answer?.kind !== 'LLMCall') return undefined;
  return { text: answer.payload.answer?.sha256 ?? '', verdict: { says, tree: workspace.current.evidence } };
}

/** Keys of the calls in which a judge audits, apart from those of its advisers. */
const AUDITED = /^audit\/\d+\/judge\//;

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
    work,
    events,
  }: { readonly end: PipelineEnd; readonly work: Work | undefined; readonly events: readonly RunEvent[] },
): ScoredSpec['a'] {
  const spent = spentOn(events, (key) => (stage === 'audit' ? AUDITED.test(key) : key.startsWith(`${stage}/`)));
  if (work === undefined) return { kind: 'failed', run, at: end.stage, why: end.text.slice(0, 500), ...spent };
  const { text, verdict } = work;
  return verdict === undefined
    ? { kind: 'done', run, answer: sha256(text), ...spent }
    : { kind: 'done', run, answer: text, verdict: verdict.says, ...spent };
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
