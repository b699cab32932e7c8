import { STAGES } from '../core/run/stage.ts';
import type { Terminal } from './terminal.ts';

/** A verb's code: loaded when the verb is used, returns the exit code. */
type Verb = (
  terminal: Terminal,
  positional: readonly string[],
  options: Readonly<Record<string, unknown>>,
) => Promise<number>;

/** One verb: how it is typed, what it does, and where its code is. `isBasic` verbs are the ones --help shows. */
export interface VerbRow {
  readonly usage: string;
  readonly summary: string;
  readonly isBasic?: true;
  /** Shows and decides nothing: may also be used by a command of a run. */
  readonly isLook?: true;
  readonly options?: readonly (readonly [flags: string, description: string])[];
  readonly load: () => Promise<Verb>;
}

/** Options of every verb, some with what holds when they are left out. */
export const GLOBAL_FLAGS: readonly (readonly [flags: string, description: string, otherwise?: string])[] = [
  ['--json', 'print one JSON object at the end and nothing else'],
  ['--events', 'print events as they happen, one JSON object a line'],
  ['-C, --directory <path>', 'work in this folder', '.'],
];

/** The word a person types first: `new` of `new [title]`. */
export function verbOf(usage: string): string {
  return usage.split(' ')[0] ?? '';
}

/** Answers to questions, for whoever is not there to be asked. */
const ANSWERS_OPTION = [
  '--answers <file>',
  'answer questions from a JSON file, by their ids: {"Q1": "in memory"}; exit 10 with --json prints those without an answer',
] as const;

/** What may be forbidden for one command. */
const CALL_OPTIONS = [
  ['--local-only', 'call only workers on hardware of yours'],
  ['--prefer-local', 'call local workers before the others'],
  ['--offline', 'call only workers on this very machine'],
  ['--ci', 'call only local workers and those that calls.ci_workers names'],
] as const;

const START_OPTIONS = [
  ...CALL_OPTIONS,
  ['--new', 'start a new run although one is unfinished'],
  ['--run-id <id>', 'start a new run with this id'],
] as const;

/** What `reflex plan` is told. */
const REFLEX_PLAN_OPTIONS = [
  [
    '--model <name>',
    "with plan: the model; the configured local worker's, or qwen2.5-coder-7b-instruct, when left out",
  ],
  ['--config <file>', 'with plan: the config.json of a model that SpecKit does not know'],
  ['--vram <gb>', 'with plan: the memory of the card; what nvidia-smi finds, or 32, when left out'],
  ['--card <name>', 'with plan: the card, e.g. rtx-5090, rtx-4090, h100'],
  ['--server <name>', 'with plan: sglang or vllm; the one that suits when left out'],
  ['--context <tokens>', 'with plan: tokens of prompt and answer together'],
  ['--desktop <gb>', 'with plan: what other programs use of the card; 2 when left out'],
  ['--check <command>', 'with plan: say what is unsafe or does not fit in this command; exit 1 where something is'],
] as const;

const stageRow = (stage: string, summary: string): VerbRow => ({
  usage: `${stage} <spec>`,
  summary,
  options: START_OPTIONS,
  load: async () => {
    const { runStage } = await import('./commands/run.ts');
    return (terminal, positional, options) => runStage(terminal, stage, positional, options);
  },
});

/** Every verb once, in the order help shows them. */
export const VERBS: readonly VerbRow[] = [
  {
    usage: 'sample',
    summary: 'try it: the bundled sample with recorded answers, no key needed',
    isBasic: true,
    options: [['--folder <path>', 'where to put the sample project']],
    load: async () => (await import('./commands/sample.ts')).runSample,
  },
  {
    usage: 'init',
    summary: 'find checks and models, write speckit.toml',
    isBasic: true,
    options: [
      ['--offline', 'look for local models only'],
      ['--reconfigure', 'look again and show what would change'],
      ['--force', 'write over an existing speckit.toml'],
    ],
    load: async () => (await import('./commands/init.ts')).runInit,
  },
  {
    usage: 'new [title]',
    summary: 'write a new spec from the template',
    isBasic: true,
    options: [['--from <file>', 'take the text of a file in']],
    load: async () => (await import('./commands/new.ts')).runNew,
  },
  {
    usage: 'auto <spec>',
    summary: 'run the whole pipeline up to a proposal',
    isBasic: true,
    options: [
      ...START_OPTIONS,
      ANSWERS_OPTION,
      ['--pause <stage>', 'stop after a stage for a look, e.g. plan'],
      ['--dry-run', 'only say what it would do, what it may cost and how long it may take'],
    ],
    load: async () => (await import('./commands/run.ts')).runAuto,
  },
  {
    usage: 'status',
    summary: 'all specs and runs, and what needs you',
    isLook: true,
    isBasic: true,
    load: async () => (await import('./commands/status.ts')).runStatus,
  },
  {
    usage: 'approve <run>',
    summary: 'approve a proposal and apply it',
    isBasic: true,
    options: [
      ['--file <path>', 'only this file'],
      ['--hunk <number>', 'only this hunk of the file'],
      ['--task <id>', 'only what this task changed, e.g. T2'],
      ['--leave-out-open', 'apply what is approved and leave the rest out'],
      ['--unchecked <why>', 'apply it although the checks have not passed on exactly this; the reason is recorded'],
    ],
    load: async () => (await import('./commands/approve.ts')).runApprove,
  },
  {
    usage: 'clarify <target>',
    summary: 'show open questions of a spec or run, or answer them',
    options: [
      ['--answer <id=text>', 'answer a question'],
      ANSWERS_OPTION,
      ['--into-spec', 'write the answer into spec.md too: what was made of the spec is stale then'],
    ],
    load: async () => (await import('./commands/clarify.ts')).runClarify,
  },
  {
    usage: 'analyze <spec>',
    summary: 'check the documents against each other, without a model',
    isLook: true,
    load: async () => (await import('./commands/documents.ts')).runAnalyze,
  },
  {
    usage: 'checklist <spec>',
    summary: 'score the spec by a rubric, without a model',
    isLook: true,
    load: async () => (await import('./commands/documents.ts')).runChecklist,
  },
  ...STAGES.map((stage) =>
    stageRow(
      stage,
      stage === 'unlock' ? 'run up to the proposal that awaits approval' : `run up to and including ${stage}`,
    ),
  ),
  {
    usage: 'show <run>',
    summary: 'the timeline of a run',
    isLook: true,
    load: async () => (await import('./commands/show.ts')).runShow,
  },
  {
    usage: 'replay <run>',
    summary: 'run a recorded run again from its log, and say what is not the same',
    load: async () => (await import('./commands/replay.ts')).runReplay,
  },
  {
    usage: 'explain <run> [stage]',
    summary: 'why each gate decided as it did',
    isLook: true,
    load: async () => (await import('./commands/show.ts')).runExplain,
  },
  {
    usage: 'diff <run>',
    summary: 'the proposed change',
    isLook: true,
    load: async () => (await import('./commands/show.ts')).runDiff,
  },
  {
    usage: 'reject <run>',
    summary: 'send a proposal back, with the reason for the next attempt',
    options: [
      ['--why <text>', 'what is wrong'],
      ['--file <path>', 'only this file'],
      ['--hunk <number>', 'only this hunk of the file'],
      ['--task <id>', 'only what this task changed, e.g. T2'],
    ],
    load: async () => (await import('./commands/approve.ts')).runReject,
  },
  {
    usage: 'edit <run>',
    summary: 'put your own text in the place of a proposed file',
    options: [
      ['--file <path>', 'the file of the proposal'],
      ['--from <path>', 'the file that holds its new text'],
      ['--merged', 'the text holds your own changes of the file too: after a conflict'],
    ],
    load: async () => (await import('./commands/approve.ts')).runEdit,
  },
  {
    usage: 'undo <run>',
    summary: 'take an applied change back',
    load: async () => (await import('./commands/approve.ts')).runUndo,
  },
  {
    usage: 'resume <run>',
    summary: 'go on with a run from where it stopped',
    options: [...CALL_OPTIONS, ANSWERS_OPTION, ['--pause <stage>', 'stop after a stage for a look']],
    load: async () => (await import('./commands/run.ts')).runResume,
  },
  {
    usage: 'stop <run>',
    summary: 'stop a run at work in another process',
    load: async () => (await import('./commands/stop.ts')).runStop,
  },
  {
    usage: 'pause <run>',
    summary: 'let the step under way end, then stop: nothing that was paid for is lost',
    load: async () => (await import('./commands/stop.ts')).runPause,
  },
  {
    usage: 'tell <run> <text>',
    summary: 'tell a run something: its implementer hears it before its next call',
    options: [['--about <what>', 'what it is about, e.g. "src/a.js, hunk 2"']],
    load: async () => (await import('./commands/tell.ts')).runTell,
  },
  {
    usage: 'watch <run>',
    summary: 'follow a run at work in another process',
    load: async () => (await import('./commands/watch.ts')).runWatch,
  },
  {
    usage: 'export <run>',
    summary: 'write what may leave of a run into a folder: facts, and the texts you name',
    options: [
      ['--to <folder>', 'a new or empty folder'],
      ['--include <contents>', 'any of prompts,answers,output,changes,notes,policy'],
    ],
    load: async () => (await import('./commands/export.ts')).runExport,
  },
  {
    usage: 'log <action> <run>',
    summary: 'log verify RUN: whether what a run recorded is whole and unchanged',
    isLook: true,
    load: async () => (await import('./commands/log.ts')).runLog,
  },
  {
    usage: 'gc',
    summary: 'remove old runs, their files, and texts beyond the limits of [retention], and what killed bake-offs left',
    options: [
      ['--dry-run', 'only say what would be removed'],
      ['--unfinished', 'also runs that were not applied, among them those that await approval'],
    ],
    load: async () => (await import('./commands/gc.ts')).runGc,
  },
  {
    usage: 'policy <check|test|allow|scope|show|diff|validate> [command...]',
    summary:
      "judge a command by the rules, test the rules, allow one command for good, list the rules about files; show the effective policy, compare it with a run's, or check it",
    isLook: true,
    options: [['--batch', 'judge the lines of stdin, JSON objects {id, cmd}, and answer each with one']],
    load: async () => (await import('./commands/policy.ts')).runPolicy,
  },
  {
    usage: 'config <check>',
    summary: 'whether the configuration can be used as it stands: the same as policy validate',
    isLook: true,
    load: async () => (await import('./commands/policies.ts')).runConfig,
  },
  {
    usage: 'route <explain> <subject>',
    summary: 'which worker a command or a role would get, by which rule, and why not the others',
    isLook: true,
    options: [
      ...CALL_OPTIONS,
      ['--attempt <number>', 'suppose this attempt: those before it failed'],
      ['--risk <level>', 'suppose a change of low or high risk'],
      ['--tokens <number>', 'suppose a request of so many tokens'],
      ['--lines <number>', 'suppose a change of so many lines'],
    ],
    load: async () => (await import('./commands/route.ts')).runRoute,
  },
  {
    usage: 'patch <action>',
    summary: 'for programs: `patch apply --batch` applies patches in JSON lines to the files in them',
    isLook: true,
    options: [['--batch', 'read {id, files, patch, format} a line from stdin, write {id, ok, files, error, matches}']],
    load: async () => (await import('./commands/patch.ts')).runPatch,
  },
  {
    usage: 'cost [target] [file]',
    summary: "what was spent: of a spec, a day or a month; cost reconcile FILE.csv: against a provider's export",
    isLook: true,
    options: [
      ['--day', 'today (UTC), over all repositories'],
      ['--month', 'this month (UTC); so without a spec'],
    ],
    load: async () => (await import('./commands/cost.ts')).runCost,
  },
  {
    usage: 'eval <what>',
    summary:
      'eval ab: let two workers do one stage for some specs, have a judge score them blind, and write a scorecard; eval drift: how each model did from week to week',
    options: [
      ...CALL_OPTIONS,
      ['--stage <stage>', 'specify, plan, tasks, implement or audit'],
      ['--a <worker>', 'who does the stage now'],
      ['--b <worker>', 'the cheaper worker that would'],
      ['--specs <pattern>', 'names or ids of specs, e.g. "SPEC-0*"; all when left out'],
      ['--seed <number>', 'decides which order is judged first; 1 when left out'],
    ],
    load: async () => (await import('./commands/eval.ts')).runEval,
  },
  {
    usage: 'models <action>',
    summary: 'models list: the prices that are known, of which day, and what the workers here cost',
    isLook: true,
    load: async () => (await import('./commands/models.ts')).runModels,
  },
  {
    usage: 'reflex <action>',
    summary:
      'the local server: reflex health, models, status; reflex plan, what a model needs and the command that serves it; reflex start, stop, restart (with the command of your own config.toml), logs; reflex bakeoff, the same tasks by it and by the cloud, and the report that it is promoted by',
    isLook: true,
    options: [
      [
        '--worker <name>',
        'the local worker that is meant; the one of [reflex], or the first of routing.implementer, when left out',
      ],
      ['--follow', 'with logs: go on printing what comes'],
      ['--lines <number>', 'with logs: how many of the last lines; 100 when left out'],
      ...REFLEX_PLAN_OPTIONS,
      [
        '--suite <name>',
        'with bakeoff: a suite that came with SpecKit, or the folder of your own; reflex_patchloop_v1 when left out',
      ],
      [
        '--from-history',
        'with bakeoff: in the place of a suite the tasks of your own finished runs of this repository, each on the tree it began with, with the tests it ended with; the newest 40',
      ],
      [
        '--against <worker>',
        'with bakeoff: the cloud worker; the first one of routing.implementer that is not local when left out',
      ],
      ['--trials <number>', 'with bakeoff: how often each task is done by each side; 1 when left out'],
      ['--budget <dollars>', 'with bakeoff: most it may spend; 5 when left out'],
      ['--resume', 'with bakeoff: go on with the last one that was stopped'],
      ['--ci', 'with bakeoff: exit 1 when it does not pass, or is worse than the last one'],
    ],
    load: async () => (await import('./commands/reflex.ts')).runReflex,
  },
  {
    usage: 'doctor',
    summary: 'what was found here: keys, local servers, agents, checks',
    isLook: true,
    load: async () => (await import('./commands/doctor.ts')).runDoctor,
  },
];
