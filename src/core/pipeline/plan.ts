import type { Signal } from '../gates/signal.ts';
import { standsAgainst } from '../gates/standsAgainst.ts';
import type { Question, Verdict } from '../gates/verdict.ts';
import { obligations, type RunContext } from './context.ts';
import { ask, type Answered } from './ask.ts';
import { critiqueSchema, planSchema, type Critique, type Plan } from './outputs.ts';
import { decide, proceedOrStop } from './gate.ts';
import {
  briefText,
  checksText,
  contentsText,
  planText,
  relatedFiles,
  requirementIdsText,
  scenarioIdsText,
} from './prose.ts';
import { repositoryListText } from './fileList.ts';
import { createLibrarian, type Librarian } from './librarian.ts';
import { planFilesText } from './planFiles.ts';
import { roomAfter, roomOf } from './room.ts';
import { constitutionConflicts } from './constitution.ts';
import { planDocument } from './documents.ts';
import { clarify } from './clarify.ts';
import type { Settled } from './clarifyCheck.ts';
import { advisersOf } from './reviews.ts';
import type { Specified } from './specify.ts';
import { personsWorkIn } from './personsWork.ts';
import { nobodyLeft } from './nobodyLeft.ts';
import { longestText, schemaText } from './promptFor.ts';
import { RunStopped } from './stopped.ts';
import { workersLeft } from './workersLeft.ts';

/** Rounds of plan, critic and gate before the run stops: the gate asks or climbs long before. */
const ROUNDS = 6;
/** Versions of the plan that the maieutic check reads: what it has not found by then is the owner's to ask. */
const CHECKED_ROUNDS = 2;

/** A plan through its gate, with the critic's advisory points: they hold nothing back, and the later stages hear them. */
export interface Planned {
  readonly plan: Plan;
  readonly advice: readonly string[];
}

/** Stage plan: the architect plans, the critic reads it, the gate sends it back, up, or to a person. */
export async function plan(context: RunContext, specified: Specified): Promise<Planned> {
  if (context.size === 'hotfix') return hotfixPlan(context);
  const earlier: Verdict[] = [];
  const passOver: string[] = [];
  const before = [...specified.answers];
  const librarian = createLibrarian(context, 'plan', briefText(specified.brief, specified.answers));
  let points = '(none)';
  let { files } = specified;
  let former: Plan | undefined;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const key = `plan/${round}`;
    const answered = await askForPlan(
      context,
      { ...specified, files, answers: before },
      { key, former, points, passOver, librarian },
    );
    former = answered.value;
    const usesCritic = hasCritic(context, answered.value);
    const critique = usesCritic ? await askCritic(context, key, answered.value, { ...specified, files }) : undefined;
    const { open, facts, settled } = await clarify(context, {
      key,
      stage: 'plan',
      prefix: 'plan',
      made: answered.value,
      places: [],
      plan: answered.value,
      before,
      check: round <= CHECKED_ROUNDS ? 'mayAsk' : 'asksNoMore',
    });
    before.push(...settled);
    if (open.length === 0 && settled.some(({ isNews }) => isNews)) {
      // The plan was made without these answers.
      points = newsText(settled, critique);
      continue;
    }
    const signals = signalsOf(context, answered, critique, {
      open,
      failed: earlier.length,
      workersLeft: workersLeft(
        context,
        { role: 'architect', stage: 'plan' },
        { failed: [...passOver, answered.worker], unreached: [] },
      ),
      files,
    });
    const address = {
      key: `${key}/gate`,
      stage: 'plan' as const,
      earlier,
      facts,
      advisers: usesCritic ? [{ role: 'critic' as const, answered: critique !== undefined }] : [],
    };
    const verdict = decide(context, address, signals);
    if (verdict.kind === 'proceed') {
      const included = await personsWorkIn(context, key, pathsOf(answered.value));
      if (included.length > 0) {
        files = [...new Set([...files, ...included])].toSorted();
        points = [includedText(included), ...adviceOf(critique)].map((point) => `- ${point}`).join('\n');
        continue;
      }
      const planned = withAnswers(answered.value, before.slice(specified.answers.length));
      await context.documents.write('plan.json', `${JSON.stringify(planned, null, 2)}\n`);
      await context.documents.write('plan.md', planDocument(context.spec, planned));
      return { plan: planned, advice: adviceOf(critique) };
    }
    earlier.push(verdict);
    if (verdict.kind === 'escalate' && verdict.to === 'nextWorker') {
      passOver.push(answered.worker);
      context.steps.note('Escalation', {
        key,
        stage: 'plan',
        from: answered.worker,
        to: 'the next worker',
        text: verdict.reasons[0]?.text ?? '',
      });
    } else if (verdict.kind !== 'retry') proceedOrStop(context, address, verdict);
    const against = standsAgainst(verdict.reasons).map((reason) => reason.text);
    points = [...against.slice(0, 12), ...advisoriesOf(critique)].map((point) => `- ${point}`).join('\n');
  }
  throw new RunStopped('gateFailed', `The plan did not pass its gate in ${ROUNDS} rounds.`);
}

const pathsOf = ({ files }: Plan): readonly string[] => files.map(({ path }) => path);

/** What the next version of the plan is told of the person's work that it may build on. */
function includedText(files: readonly string[]): string {
  return `Work of the person that is not committed is part of the repository now. Plan on what these files hold: ${files.slice(0, 20).join(', ')}.`;
}

/** What the next version of the plan has to take in: the answers, and what the critic said of this one. */
function newsText(settled: readonly Settled[], critique: Critique | undefined): string {
  const answers = settled.filter(({ isNews }) => isNews).map(({ text, answer }) => `${text} Answered: ${answer}`);
  return [...answers, ...adviceOf(critique)].map((point) => `- ${point}`).join('\n');
}

/** The plan with what was answered about it in the place of its open questions, so that all later stages are told. */
function withAnswers(plan: Plan, settled: readonly Settled[]): Plan {
  if (settled.length === 0) return plan;
  const answers = settled
    .filter(({ answer }) => answer !== '')
    .map(({ text, answer }) => ({ text: `${text} Answered: ${answer}`, blocking: false }));
  const open = plan.open_questions.filter(({ text }) => !settled.some((known) => known.text === text));
  return { ...plan, open_questions: [...answers, ...open] };
}

const adviceOf = (critique: Critique | undefined): readonly string[] => (critique?.findings ?? []).map(findingText);

/** What the critic said beside what stands against the plan. */
const advisoriesOf = (critique: Critique | undefined): readonly string[] =>
  (critique?.findings ?? []).filter(({ severity }) => severity === 'advisory').map(findingText);

const findingText = ({ message, reference }: Critique['findings'][number]): string => `${message} (${reference})`;

interface PlanRound {
  readonly key: string;
  /** The version before this one, whoever made it. */
  readonly former: Plan | undefined;
  /** What stands against that, a line each. */
  readonly points: string;
  readonly passOver: readonly string[];
  readonly librarian: Librarian;
}

async function askForPlan(
  context: RunContext,
  specified: Specified,
  { key, former, points, passOver, librarian }: PlanRound,
): Promise<Answered<Plan>> {
  const relevant = relatedFiles([], specified.brief.relevant_files, specified.files);
  const fixed = {
    requirement_ids: requirementIdsText(context),
    scenario_ids: scenarioIdsText(context),
    brief: briefText(specified.brief, specified.answers),
    checks: checksText(context),
    earlier: former === undefined ? '(none)' : planText(former),
    critique: points,
  };
  const around = [longestText(context, 'plan'), schemaText(planSchema), ...Object.values(fixed)];
  const room = roomOf(context, { key, stage: 'plan' }, around);
  const shown = await planFilesText(context, room, { files: specified.files, relevant }, librarian);
  const answered = await ask(context, {
    key: `${key}/plan`,
    stage: 'plan',
    role: 'architect',
    name: 'plan',
    schema: planSchema,
    prompt: { id: 'plan', values: { ...fixed, ...shown } },
    passOver,
  });
  if (answered === undefined) throw nobodyLeft(context, { key: `${key}/plan`, role: 'architect', wanted: 'a plan' });
  return answered;
}

/** Whether the plan's one adviser is asked. */
function hasCritic(context: RunContext, { files }: Plan): boolean {
  const advisers = advisersOf(context, 'plan', { files: files.map(({ path }) => path) });
  return advisers.some(({ role, asked }) => role === 'critic' && asked);
}

async function askCritic(
  context: RunContext,
  key: string,
  plan: Plan,
  specified: Specified,
): Promise<Critique | undefined> {
  const changed = plan.files.map((file) => file.path).filter((path) => specified.files.includes(path));
  const fixed = { plan: planText(plan) };
  const at = { key: `${key}/critic`, stage: 'plan' } as const;
  const room = roomOf(context, at, [longestText(context, 'critic-plan'), schemaText(critiqueSchema), fixed.plan]);
  const files = repositoryListText(context, specified.files, room);
  const contents = await contentsText(context, `${at.key}/contents`, changed, { room: roomAfter(room, files) });
  const answered = await ask(context, {
    key: `${key}/critic`,
    stage: 'plan',
    role: 'critic',
    name: 'critique',
    schema: critiqueSchema,
    prompt: { id: 'critic-plan', values: { ...fixed, files, contents } },
    passOver: [],
  });
  return answered?.value;
}

interface Facts {
  /** Questions that wait for a person. */
  readonly open: readonly Question[];
  readonly failed: number;
  readonly workersLeft: number;
  /** Files of the repository. */
  readonly files: readonly string[];
}

/** Tests that the plan names in files that neither exist nor are planned: nothing could ever show their requirements. */
function untestable(plan: Plan, files: readonly string[]): readonly string[] {
  const known = new Set([...files, ...plan.files.map((file) => file.path)]);
  return plan.tests
    .filter((test) => !known.has(test.file))
    .map((test) => `${test.requirement} (its test ${test.file} is not in the plan)`);
}

function signalsOf(
  context: RunContext,
  answered: Answered<Plan>,
  critique: Critique | undefined,
  { open, failed, workersLeft, files }: Facts,
): readonly Signal[] {
  const { value, worker } = answered;
  const covered = new Set(value.steps.flatMap((step) => step.requirements));
  const ids = obligations(context.spec.spec).map((requirement) => requirement.id);
  return [
    { kind: 'ownerConfidence', role: 'architect', worker, value: value.confidence },
    {
      kind: 'coverage',
      subject: 'plan',
      missing: [...ids.filter((id) => !covered.has(id)), ...untestable(value, files)],
      total: ids.length,
    },
    { kind: 'openQuestions', blocking: [...open] },
    { kind: 'constitution', conflicts: [...constitutionConflicts(context, value)] },
    { kind: 'attempts', worker, failedHere: failed, failedTotal: failed, workersLeft: Math.max(0, workersLeft) },
    ...(critique?.findings ?? []).map((finding) => ({
      kind: 'counterSignal' as const,
      source: 'critic' as const,
      severity: finding.severity,
      message: finding.message,
      reference: finding.reference,
    })),
  ];
}

/** The plan of a hotfix follows from its spec: one file, one step, every requirement. It still passes the plan's gate. */
async function hotfixPlan(context: RunContext): Promise<Planned> {
  const { spec, title } = context.spec;
  const path = spec.files[0]?.file ?? '';
  const requirements = spec.requirements.map((requirement) => requirement.id);
  const value: Plan = {
    summary: `Hotfix: ${title}. One file changes.`,
    files: [{ path, action: 'modify', why: 'named by the spec' }],
    steps: [{ id: 'S1', title, requirements, files: [path], success_signal: "the project's checks pass" }],
    tests: [],
    risks: [],
    confidence: 1,
    open_questions: [],
  };
  const address = { key: 'plan/1/gate', stage: 'plan' as const };
  proceedOrStop(
    context,
    address,
    decide(
      context,
      address,
      signalsOf(context, { value, worker: 'the spec itself', local: true }, undefined, {
        open: [],
        failed: 0,
        workersLeft: 0,
        files: [path],
      }),
    ),
  );
  // It follows from the spec alone, so that what is included changes nothing of it.
  await personsWorkIn(context, 'plan/1', [path]);
  await context.documents.write('plan.json', `${JSON.stringify(value, null, 2)}\n`);
  return { plan: value, advice: [] };
}
