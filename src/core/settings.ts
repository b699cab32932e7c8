import { z } from 'zod';
import { commandRuleSchema } from './commandRuleSettings.ts';
import { gatesSchema } from './gateSettings.ts';
import { reflexSchema } from './reflexSettings.ts';
import { routingSchema, tierChains } from './routingSettings.ts';

/*
 * Every setting once: key, schema, default, doc. speckit.toml (repository) over the user's config.toml over these defaults.
 * The README's table, the template of `speckit init` and error messages derive from here.
 */

/** One model or recorded source a role can be routed to. */
export const workerSchema = z.strictObject({
  provider: z
    .enum(['openai-chat', 'openai-responses', 'anthropic', 'editor', 'recorded'])
    .describe('which protocol the endpoint speaks, or editor for the models that VS Code itself has'),
  model: z.string().min(1).describe("the model's id as its server, or VS Code (copilot/gpt-4o), knows it"),
  base_url: z.url().optional().describe('where the server is; the official endpoint when left out'),
  key_env: z.string().optional().describe('the environment variable that holds the key; none for a local server'),
  local: z
    .boolean()
    .default(false)
    .describe('true when the model runs on hardware of yours: calls cost nothing, and it never judges'),
  structured_output: z
    .enum(['json_schema', 'json_object', 'none'])
    .default('json_schema')
    .describe('what the server can be asked to constrain an answer to'),
  context_tokens: z.int().positive().default(128_000).describe('tokens that fit into one request and its answer'),
  max_output_tokens: z.int().positive().default(16_000).describe('most tokens asked for in one answer'),
  first_token_timeout_seconds: z.number().positive().default(120).describe('longest wait for the first token'),
  idle_timeout_seconds: z.number().positive().default(60).describe('longest silence between two tokens'),
  total_timeout_seconds: z.number().positive().default(900).describe('longest time for one call'),
  extra_body: z
    .record(z.string(), z.json())
    .default({})
    .describe('further members of the request body, e.g. chat_template_kwargs'),
});
export type WorkerSettings = z.infer<typeof workerSchema>;

/** How workers are named. */
export const WORKER_NAME = z.string().regex(/^[a-z][a-z0-9_-]*$/);

const seconds = z.number().positive();

/** A repository can only ask for it: a person grants it, for one run by an answer or for good in their own config.toml. */
const needsNetwork = z
  .boolean()
  .default(false)
  .describe('whether it needs the network: you are asked, unless your own config.toml trusts it by name');

/** One command of the project's own that tells whether a tree is sound. */
export const checkSchema = z.strictObject({
  command: z.string().min(1).describe('a shell line, run in the root of the tree'),
  kind: z.enum(['compile', 'test', 'lint', 'format', 'types', 'other']).default('other'),
  timeout_seconds: seconds.default(600),
  network: needsNetwork,
});
export type CheckSettings = z.infer<typeof checkSchema>;

/** A regular expression that compiles and matches something: one that matches nothing at all would mark every place of every text. */
const expression = z
  .string()
  .min(4)
  .max(300)
  .refine(isExpression, 'is no regular expression, or matches an empty text');

function isExpression(source: string): boolean {
  try {
    return !new RegExp(source, 'gm').test('');
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** How much of the talk with models a run keeps once it has ended, from the strictest on. What each means: core/run/capture.ts. */
export const CAPTURE_MODES = ['none', 'prompts_only', 'full_io'] as const;
export type CaptureMode = (typeof CAPTURE_MODES)[number];

/** When a security reviewer reads a change, from the seldomest on. */
export const SECURITY_REVIEWS = ['never', 'high_risk', 'always'] as const;
export type SecurityReview = (typeof SECURITY_REVIEWS)[number];

/** How hard a command is: simple, medium, complex, critical. */
export const TIERS = ['S', 'M', 'C', 'X'] as const;
export type Tier = (typeof TIERS)[number];

/** The commands that have a tier, each with the one it has unless [tiers] says otherwise. */
export const TIER_OF_COMMAND = {
  status: 'S',
  clarify: 'M',
  checklist: 'M',
  tasks: 'M',
  new: 'C',
  specify: 'C',
  plan: 'C',
  analyze: 'C',
  implement: 'C',
  validate: 'C',
  auto: 'C',
  audit: 'X',
  unlock: 'X',
} as const satisfies Readonly<Record<string, Tier>>;
export type TieredCommand = keyof typeof TIER_OF_COMMAND;
export const TIERED_COMMANDS = Object.keys(TIER_OF_COMMAND) as readonly TieredCommand[];

const stageTokens = z.int().min(4_000).default(100_000).describe('estimated tokens of one request of this stage');

/** The stages at which `speckit eval ab` compares two workers, and which a cheaper one can take by its proof. */
export const COMPARED_STAGES = ['specify', 'plan', 'tasks', 'implement', 'audit'] as const;
export type ComparedStage = (typeof COMPARED_STAGES)[number];

const demotionSchema = z.strictObject({
  from: z.string().min(1).describe("the worker of the stage's chain that does it now"),
  to: z.string().min(1).describe('the cheaper worker that is called before it once a scorecard proves it'),
});

const limitDollars = z.number().nonnegative();

/** What a tier does otherwise than [routing] and [gates] say for all of them. */
const tierSchema = z.strictObject({
  commands: z
    .array(z.enum(TIERED_COMMANDS))
    .default([])
    .describe('commands that belong to this tier instead of their usual one'),
  ...tierChains,
  attempts_per_worker: z
    .int()
    .min(1)
    .max(5)
    .optional()
    .describe('failed attempts before the next worker; gates.attempts_per_worker when left out'),
  climb: z.boolean().default(true).describe('false: a person is asked instead of a dearer worker'),
});

export const configurationSchema = z.strictObject({
  spec: z
    .strictObject({
      folder: z.string().default('specs').describe('folder of the specs, relative to the repository root'),
      id_prefix: z
        .string()
        .regex(/^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*-$/)
        .default('SPEC-')
        .describe('what new ids begin with'),
      id_digits: z.int().min(2).max(6).default(3).describe('digits of a new id'),
    })
    .prefault({}),
  setup: z
    .strictObject({
      command: z
        .string()
        .optional()
        .describe("a shell line that makes a fresh tree ready for the checks, e.g. 'npm ci'"),
      timeout_seconds: seconds.default(900),
      network: needsNetwork,
    })
    .prefault({}),
  checks: z
    .record(z.string().regex(/^[a-z][a-z0-9_-]*$/), checkSchema)
    .default({})
    .describe("the project's own commands, by name"),
  commands: z
    .strictObject({
      rules: z
        .array(commandRuleSchema)
        .max(200)
        .default([])
        .describe(
          'your rules over the built-in ones; those of your own config.toml and of speckit.toml count together',
        ),
    })
    .prefault({})
    .describe('which commands run, which ask, which never run: speckit policy check -- COMMAND'),
  workers: z.record(WORKER_NAME, workerSchema).default({}).describe('models a role can be routed to, by name'),
  routing: routingSchema,
  calls: z
    .strictObject({
      local_only: z
        .boolean()
        .default(false)
        .describe('true: only workers on hardware of yours are called; what they judge, a person judges after them'),
      prefer_local: z
        .boolean()
        .default(false)
        .describe('true: local workers of a chain come before the others, except to judge'),
      offline: z.boolean().default(false).describe('true: only workers on this very machine are called'),
      ci: z
        .boolean()
        .default(false)
        .describe('true: of the workers that are not local, only those named here are called'),
      ci_workers: z.array(z.string().min(1)).max(20).default([]).describe('workers that ci allows, by name'),
    })
    .prefault({})
    .describe('who must not be called at all; your own config.toml can only forbid more'),
  tiers: z
    .partialRecord(z.enum(TIERS), tierSchema)
    .default({})
    .describe(
      'S simple, M medium, C complex, X critical: speckit route explain COMMAND says which one a command is of',
    ),
  model_chains: z
    .record(
      z.string().regex(/^[a-z][a-z0-9_-]*$/),
      z.strictObject({
        primary: z.string().min(1).describe('the worker that is called'),
        fallbacks: z
          .array(z.string().min(1))
          .max(5)
          .default([])
          .describe('workers that stand in, in this order, while it cannot be reached; never because its work was bad'),
      }),
    )
    .default({})
    .describe('a worker and those that stand in for it, under a name that [routing] and [tiers] can use as one'),
  demotions: z
    .strictObject({
      enabled: z.boolean().default(true).describe('false: every demotion is rolled back at once'),
      specify: demotionSchema
        .optional()
        .describe('who takes specify in the place of a dearer worker: { from = "strong", to = "cheap" }'),
      plan: demotionSchema
        .optional()
        .describe('who takes plan in the place of a dearer worker: { from = "strong", to = "cheap" }'),
      tasks: demotionSchema
        .optional()
        .describe('who takes tasks in the place of a dearer worker: { from = "strong", to = "cheap" }'),
      implement: demotionSchema
        .optional()
        .describe('who takes implement in the place of a dearer worker: { from = "strong", to = "cheap" }'),
      audit: demotionSchema
        .optional()
        .describe(
          'who takes audit in the place of a dearer worker: { from = "strong", to = "cheap" }; never a local one',
        ),
    })
    .prefault({})
    .describe(
      'cheaper workers that take a stage once `speckit eval ab` has found them no worse in 90 % of ten specs; under 85 % the dearer one is back',
    ),
  reflex: reflexSchema,
  gates: gatesSchema,
  advisers: z
    .strictObject({
      security_review: z
        .enum(SECURITY_REVIEWS)
        .default('high_risk')
        .describe(
          'when a security reviewer reads the whole change; a person decides where nobody could read it; your own config.toml can only ask for more',
        ),
      performance_review: z
        .enum(['large_or_hot', 'always', 'never'])
        .default('large_or_hot')
        .describe('when a performance reviewer reads the whole change'),
      large_change_lines: z.int().positive().default(500).describe('a change of more lines than this is large'),
      hot_paths: z
        .array(z.string().min(1).max(200))
        .max(100)
        .default([])
        .describe(
          "files and folders where time matters, e.g. 'src/parser/' or 'src/*/codec.ts'; beside those that the constitution names for it",
        ),
      librarian: z
        .boolean()
        .default(true)
        .describe('whether a librarian chooses the files that are shown first where not all fit into a prompt'),
      tutor: z
        .boolean()
        .default(true)
        .describe('whether a tutor explains the failing output before the next worker tries a task'),
    })
    .prefault({})
    .describe('who advises beside the owner of a stage: speckit route explain audit; the critic is gates.critic'),
  budget: z
    .strictObject({
      run_dollars: z.number().nonnegative().default(2).describe('most dollars one run may spend'),
      day_dollars: z.number().nonnegative().default(20).describe('most dollars a day, over all runs of this user'),
      run_tokens: z.int().positive().default(2_000_000).describe('most tokens (in and out) one run may use'),
    })
    .prefault({}),
  cost: z
    .strictObject({
      per_call_limit_usd: limitDollars.optional().describe('most dollars one call may reserve'),
      per_stage_limit_usd: limitDollars.optional().describe('most dollars one stage of a run may spend'),
      per_spec_limit_usd: limitDollars.default(2).describe('most dollars all runs of one spec may spend together'),
      daily_limit_usd: limitDollars
        .optional()
        .describe('most dollars a day, over all runs of this user; the lower of this and budget.day_dollars holds'),
      monthly_limit_usd: limitDollars.default(50).describe('most dollars a month (UTC), over all runs of this user'),
      alert_threshold: z
        .number()
        .min(0.01)
        .max(1)
        .default(0.8)
        .describe('share of a limit from which on you are told; and again at 90 and 100 %'),
      at_limit: z
        .enum(['stop', 'local_only'])
        .default('stop')
        .describe(
          'what becomes of a run when a limit in dollars is reached: it stops, or goes on with local workers alone',
        ),
      unpriced: z
        .enum(['ask', 'refuse'])
        .default('ask')
        .describe(
          'what becomes of a call of a cloud model whose price nobody knows: you are asked in that run, or it is refused',
        ),
      currency: z
        .string()
        .regex(/^[A-Z]{3}$/)
        .default('USD')
        .describe('the currency that `speckit cost` tells beside dollars; limits stay in dollars'),
      exchange_rate: z.number().positive().default(1).describe('what one dollar is worth in that currency'),
    })
    .prefault({})
    .describe(
      'limits in dollars beside those of a run; a person lifts them for a run with SPEC_OPS_ALLOW_BUDGET_OVERFLOW=1',
    ),
  limits: z
    .strictObject({
      turns_per_attempt: z.int().min(1).max(100).default(24).describe('model calls in one attempt at a task'),
      output_bytes: z.int().min(1_000).default(1_000_000).describe('bytes kept of one command'),
      prompt_output_bytes: z.int().min(500).default(12_000).describe("bytes of a command's output shown to a model"),
      file_bytes: z.int().min(1_000).default(60_000).describe('bytes of one file shown to a model'),
      circuit_seconds: z
        .number()
        .positive()
        .max(3_600)
        .default(30)
        .describe(
          'how long a model server that failed three times running is left alone; doubled each time it fails again',
        ),
      command_processes: z
        .int()
        .min(8)
        .max(20_000)
        .default(1_024)
        .describe('processes of one command at a time, in a sandbox'),
      command_memory_mb: z
        .int()
        .min(64)
        .max(4_000_000)
        .default(8_192)
        .describe('megabytes of memory of one command and all it starts, in a sandbox'),
      command_disk_mb: z
        .int()
        .min(16)
        .max(4_000_000)
        .default(10_240)
        .describe('megabytes by which the disk may fill while one command runs, in a sandbox'),
    })
    .prefault({}),
  prompt_tokens: z
    .strictObject({
      specify: stageTokens,
      plan: stageTokens,
      implement: stageTokens.describe('estimated tokens of the first request of an attempt; what follows is appended'),
      audit: stageTokens,
    })
    .prefault({})
    .describe(
      "how much a stage's prompt may hold: what counts least for it is left out, named in the prompt, and recorded",
    ),
  capture: z
    .strictObject({
      mode: z
        .enum(CAPTURE_MODES)
        .default('full_io')
        .describe(
          'texts of models kept once a run has ended: full_io all, prompts_only what they were asked, none nothing but hashes; your own config.toml can only keep less',
        ),
    })
    .prefault({}),
  secrets: z
    .strictObject({
      patterns: z
        .array(expression)
        .max(50)
        .default([])
        .describe(
          "regular expressions of this project's own secrets, e.g. 'acme_[0-9a-f]{32}'; common kinds are known without",
        ),
    })
    .prefault({})
    .describe('what is replaced by a mark wherever text enters a run or is written by it'),
  retention: z
    .strictObject({
      run_days: z
        .number()
        .nonnegative()
        .default(90)
        .describe('`speckit gc` removes an applied run, its log too, after so many days'),
      tree_days: z
        .number()
        .nonnegative()
        .default(7)
        .describe(
          '`speckit gc` removes the files of an applied run, and those of a bake-off that was killed, after so many days; their logs stay',
        ),
      runs_megabytes: z
        .number()
        .positive()
        .default(2_000)
        .describe('megabytes all runs of a repository may take before `speckit gc` removes the oldest applied ones'),
      evidence_megabytes: z
        .number()
        .positive()
        .default(25)
        .describe('megabytes of recorded texts a spec may keep before `speckit gc` drops those that no verdict cites'),
    })
    .prefault({}),
});
export type Configuration = z.infer<typeof configurationSchema>;
