import { z } from 'zod';
import type { ModelPrice, PriceOverrides } from '../ledger/prices.ts';
import { configurationSchema, WORKER_NAME, workerSchema } from '../settings.ts';
import { ROLE_OVERRIDE_MODES } from './roleOverrides.ts';

const price = z.number().min(0).max(100_000);

const ratesShape = {
  input_dollars: price.describe('dollars for a million input tokens'),
  output_dollars: price.describe('dollars for a million output tokens'),
  cache_read_dollars: price.optional().describe('dollars for a million input tokens read from a cache'),
  cache_write_dollars: price.optional().describe('dollars for a million input tokens written to a cache'),
};

/** What a person says one model costs, in dollars per million tokens. Left-out cache prices are the input price. */
const priceSchema = z.strictObject({
  ...ratesShape,
  long: z
    .strictObject({ above_tokens: z.int().positive().describe('input tokens above which it holds'), ...ratesShape })
    .optional()
    .describe('what a request costs as a whole once it has more input tokens'),
  batch: z
    .strictObject(ratesShape)
    .optional()
    .describe('what its provider takes in a batch: SpecKit makes none, and reads them in `speckit cost reconcile`'),
});

/** The tables that count only in a person's own config.toml: a repository must not be able to write them for whoever clones it. */
export const ownTablesSchema = z.strictObject({
  sandbox: z
    .enum(['auto', 'none'])
    .default('auto')
    .describe("none: commands of repositories run with all that you may do; otherwise in this system's sandbox"),
  trusted: z
    .strictObject({
      urls: z
        .array(z.url())
        .max(50)
        .default([])
        .describe("base URLs that workers of a repository's speckit.toml may use, exactly as written there"),
      network: z
        .array(z.string().min(1))
        .max(50)
        .default([])
        .describe('checks by name, or setup, that may use the network where their repository asks for it'),
      folders: z
        .array(z.string().min(1))
        .max(50)
        .default([])
        .describe('further folders or files that commands in a sandbox may read, e.g. a cache of your build tool'),
    })
    .prefault({})
    .describe("what you allow repositories' speckit.toml to do"),
  project_guidance: z
    .strictObject({
      role_overrides: z
        .enum(ROLE_OVERRIDE_MODES)
        .default('off')
        .describe(
          "what the role sections of a repository's AGENTS.md (model, temperature, context) may change: off nothing; cheaper_only the architect and the implementer, to workers of yours that cost no more; any_worker every role, to any worker of yours",
        ),
    })
    .prefault({})
    .describe("what you let a repository's AGENTS.md decide beside being read into every prompt"),
  reflex_server: z
    .strictObject({
      command: z
        .string()
        .min(1)
        .max(8_000)
        .describe(
          'the command that starts your local server, as one plain command: it runs without a shell, from your home folder',
        ),
      url: z
        .url()
        .optional()
        .describe('where the server is to be reached, with /v1; the base_url of the first local worker when left out'),
      environment: z
        .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string().max(4_000))
        .default({})
        .describe('variables for the server beside your own, e.g. CUDA_VISIBLE_DEVICES'),
      keys: z
        .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/))
        .max(20)
        .default([])
        .describe('names of variables that hold keys and that the server gets all the same, e.g. HF_TOKEN'),
      ready_seconds: z
        .int()
        .min(5)
        .max(7_200)
        .default(600)
        .describe('how long it may take to become ready, downloads and compilation included'),
      restarts: z
        .int()
        .min(0)
        .max(20)
        .default(3)
        .describe('how often it is started again after a crash, within ten minutes'),
      allow_remote: z.boolean().default(false).describe('whether the server may listen on more than this computer'),
    })
    .optional()
    .describe('the local server that `speckit reflex start` starts'),
  prices: z
    .record(z.string().min(1), priceSchema)
    .default({})
    .describe('prices of models that SpecKit knows none for, by exact model id'),
});

/** What a person's own file says about the server that SpecKit may start; undefined where it says nothing. */
export type ReflexServerSettings = z.infer<typeof ownTablesSchema>['reflex_server'];

/** A person's own config.toml: every setting of speckit.toml, and the tables above. */
export const userConfigurationSchema = z.strictObject({
  ...configurationSchema.shape,
  ...ownTablesSchema.shape,
  workers: z
    .record(
      WORKER_NAME,
      workerSchema.extend({
        base_url_env: z
          .string()
          .min(1)
          .optional()
          .describe('the environment variable that holds base_url; counts only in your own config.toml'),
      }),
    )
    .default({})
    .describe('models a role can be routed to, by name'),
});

/** The `prices` tables as the ledger reads them. Rates are whole microdollars for a million tokens. */
export function priceOverrides(prices: Readonly<Record<string, z.infer<typeof priceSchema>>>): PriceOverrides {
  return new Map(Object.entries(prices).map(([model, dollars]) => [model, modelPrice(dollars)]));
}

function modelPrice({ long, batch, ...dollars }: z.infer<typeof priceSchema>): ModelPrice {
  const base = { rates: ratesOf(dollars), ...(batch === undefined ? {} : { batch: ratesOf(batch) }) };
  return long === undefined ? base : { ...base, long: { aboveInputTokens: long.above_tokens, rates: ratesOf(long) } };
}

function ratesOf(dollars: Omit<z.infer<typeof priceSchema>, 'long' | 'batch'>): ModelPrice['rates'] {
  const rate = (amount: number) => Math.ceil(amount * 1_000_000 - 1e-6);
  return {
    input: rate(dollars.input_dollars),
    output: rate(dollars.output_dollars),
    cacheRead: rate(dollars.cache_read_dollars ?? dollars.input_dollars),
    cacheWrite: rate(dollars.cache_write_dollars ?? dollars.input_dollars),
  };
}
